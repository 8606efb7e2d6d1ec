"""Whose work a path or a line of a table means. Pure."""

import unicodedata
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = ["FATE_NAMES", "Fate", "Known", "Line", "Match", "Which", "Work", "counting", "plain_key"]


class Which(StrEnum):
    """Which submissions of each person or team."""

    COUNTING = "counting"
    NEWEST = "newest"
    ALL = "all"


@dataclass(frozen=True)
class Work:
    """One submission."""

    id: uuid.UUID
    number: int
    score: float | None


@dataclass(frozen=True)
class Line:
    """All that one person, or one team, handed in to a lab."""

    folder: str
    code: str
    """Names it without saying whose it is."""
    keys: frozenset[str]
    """Student numbers and handles of everybody whose work it is, as ``plain_key`` has them."""
    works: tuple[Work, ...]
    """By number; never empty."""

    def chosen(self, which: Which) -> tuple[Work, ...]:
        if which is Which.ALL:
            return self.works
        return (counting(self.works) if which is Which.COUNTING else self.works[-1],)


def counting(works: tuple[Work, ...]) -> Work:
    """The best that has points, the earliest of equals; the newest while none has."""
    scored = [work for work in works if work.score is not None]
    return max(scored, key=lambda w: (w.score or 0, -w.number)) if scored else works[-1]


def plain_key(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()


class Fate(StrEnum):
    """What becomes of a file or a line of points."""

    NEW = "new"
    REPLACES = "replaces"
    SAME = "same"
    OWN = "own"
    CHANGED = "changed"
    UNMATCHED = "unmatched"
    AMBIGUOUS = "ambiguous"
    NOT_A_NUMBER = "not-a-number"
    OUT_OF_RANGE = "out-of-range"
    NO_CELL = "no-cell"
    WAITS = "waits"
    CONFLICT = "conflict"
    TWICE = "twice"
    TOO_LONG = "too-long"


FATE_NAMES: dict[Fate, LazyText] = {
    Fate.NEW: _l("New: the student gets it"),
    Fate.REPLACES: _l("Takes the place of an earlier file"),
    Fate.SAME: _l("Is there already"),
    Fate.OWN: _l("Left out: the student’s own file, unchanged"),
    Fate.CHANGED: _l("Points or comment change"),
    Fate.UNMATCHED: _l("Left out: no submission fits"),
    Fate.AMBIGUOUS: _l("Left out: more than one submission fits"),
    Fate.NOT_A_NUMBER: _l("Left out: the points are not a number"),
    Fate.OUT_OF_RANGE: _l("Left out: more or less points than the cell has"),
    Fate.NO_CELL: _l("Left out: this submission has no such cell"),
    Fate.WAITS: _l("Left out: the submission has not been run yet"),
    Fate.CONFLICT: _l("Left out: somebody changed it since the download"),
    Fate.TWICE: _l("Left out: is further up already"),
    Fate.TOO_LONG: _l("Left out: the comment or name is too long"),
}


@dataclass(frozen=True)
class Match:
    """A submission, or why there is none; REST is what stands below it in a path."""

    work: Work | None
    fate: Fate | None = None
    rest: str = ""


class Known:
    """The lines of one lab of one section: nothing else can be matched."""

    def __init__(self, lines: Iterable[Line], which: Which = Which.COUNTING) -> None:
        self._which = which
        self._by_id = {}
        self._by_name: Mapping[str, set[int]] = defaultdict(set)
        self._lines = list(lines)
        for place, line in enumerate(self._lines):
            for work in line.works:
                self._by_id[str(work.id)] = work
            for name in (line.folder, line.code, *line.keys):
                self._by_name[plain_key(name)].add(place)

    def path(self, path: str) -> Match:
        """By the outermost folder that names somebody; else by the name of the file."""
        parts = path.split("/")
        for place, part in enumerate(parts):
            found = self._named(part, whole=place < len(parts) - 1)
            if isinstance(found, Work):
                return Match(found, rest="/".join(parts[place + 1 :]) or part)
            if found is Fate.AMBIGUOUS:
                return Match(None, Fate.AMBIGUOUS)
            if isinstance(found, Line):
                rest = parts[place + 1 :]
                number = _number(rest[0]) if len(rest) > 1 else None
                if number is None:
                    work: Work | None = counting(found.works)
                else:
                    work, rest = _numbered(found, number), rest[1:]
                if work is None:
                    return Match(None, Fate.UNMATCHED)
                return Match(work, rest="/".join(rest) or part)
        return Match(None, Fate.UNMATCHED)

    def row(self, names: Iterable[str], number: str) -> Match:
        """By the first of NAMES that is not empty: an id, a folder, a code, a student number."""
        for name in names:
            if not name.strip():
                continue
            found = self._named(name, whole=True)
            if isinstance(found, Work):
                return Match(found)
            if isinstance(found, Line):
                if not number.strip():
                    return Match(counting(found.works))
                wanted = int(number) if number.strip().isdecimal() else -1
                work = _numbered(found, wanted)
                return Match(work, None if work else Fate.UNMATCHED)
            return Match(None, found or Fate.UNMATCHED)
        return Match(None, Fate.UNMATCHED)

    def _named(self, name: str, *, whole: bool) -> Work | Line | Fate | None:
        """What NAME names; without WHOLE it is a file: what comes before “_” or “.” counts."""
        key = plain_key(name)
        tries = [key] if whole else []
        tries += [key.split("_")[0]] if whole else [key.split("_")[0].split(".")[0]]
        for one in tries:
            if one in self._by_id:
                return self._by_id[one]
            places = self._by_name.get(one, set())
            if len(places) > 1:
                return Fate.AMBIGUOUS
            if places:
                return self._lines[next(iter(places))]
        return None


def _number(folder: str) -> int | None:
    kind, _dash, number = folder.casefold().partition("submission-")
    return int(number) if not kind and number.isdecimal() and len(number) < 6 else None


def _numbered(line: Line, number: int) -> Work | None:
    return next((work for work in line.works if work.number == number), None)
