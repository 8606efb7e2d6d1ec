"""Dividing people into groups: by lot, and from a list. Pure."""

import csv
import hashlib
import io
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = [
    "FATE_NAMES",
    "MOST_GROUPS",
    "NAME_LENGTH",
    "Fate",
    "GroupLine",
    "Placed",
    "fates",
    "parse_groups",
    "split",
]

MOST_GROUPS, NAME_LENGTH, MOST_LINES = 200, 60, 5000
COLUMNS = {
    "who": {
        "student_number", "student number", "student id", "number", "學號", "學生學號",
        "email", "e-mail", "mail", "電子郵件", "電子信箱", "信箱",
    },
    "group": {"group", "group name", "組別", "分組", "小組", "組"},
}  # fmt: skip

T = TypeVar("T", bound=Hashable)


def split(people: Collection[T], sizes: Sequence[int], seed: str) -> dict[T, int]:
    """Each of PEOPLE in one of the groups that have SIZES members already: by lot, as even as it
    goes. The same people and SEED give the same groups, in whatever order they come.

    Raises ValueError when there is no group.
    """
    if not sizes:
        raise ValueError("no group")
    filled = list(sizes)
    found = {}
    for person in sorted(people, key=lambda one: (_lot(seed, one), str(one))):
        place = min(range(len(filled)), key=lambda number: (filled[number], number))
        filled[place] += 1
        found[person] = place
    return found


def _lot(seed: str, person: Hashable) -> str:
    return hashlib.sha256(f"{seed}:{person}".encode()).hexdigest()


@dataclass(frozen=True)
class GroupLine:
    """A line of a list: WHO is a student number or a mail address, lower case."""

    line: int
    who: str
    group: str


class Fate(StrEnum):
    """What a line does."""

    PLACED = "placed"
    MOVED = "moved"
    SAME = "same"
    UNKNOWN = "unknown"
    TWICE = "twice"
    ELSEWHERE = "elsewhere"
    BAD = "bad"


FATE_NAMES: dict[Fate, LazyText] = {
    Fate.PLACED: _l("Comes into the group"),
    Fate.MOVED: _l("Changes the group"),
    Fate.SAME: _l("Is in this group already"),
    Fate.UNKNOWN: _l("Left out: does not take this section"),
    Fate.TWICE: _l("Left out: is further up already"),
    Fate.ELSEWHERE: _l("Left out: another set has a group of this name"),
    Fate.BAD: _l("Left out: a group’s name has 1 to 60 characters"),
}


@dataclass(frozen=True)
class Placed:
    """A line and what it does."""

    line: GroupLine
    fate: Fate
    person: Hashable = None


def parse_groups(content: bytes) -> tuple[list[GroupLine], LazyText | None]:
    """The lines of a CSV file (UTF-8 or Big5), or why it cannot be read."""
    for encoding in ("utf-8-sig", "cp950"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        return [], _l("This is not a text file. Save the list as CSV (UTF-8).")
    if "\0" in text:
        return [], _l("This is not a text file. Save the list as CSV (UTF-8).")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        return [], _l("This is not CSV: check the quotes.")
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    places = {
        name: next((n for n, title in enumerate(header) if title in titles), None)
        for name, titles in COLUMNS.items()
    }
    who, group = places["who"], places["group"]
    if who is None or group is None:
        return [], _l(
            "The first line must name the columns student_number (學號) or email (電子郵件), and "
            "group (組別)."
        )
    if len(rows) > MOST_LINES:
        return [], _l("There are too many lines: %(most)s at most.", most=MOST_LINES)
    return [
        GroupLine(number, row[who].strip().lower(), row[group].strip())
        for number, row in enumerate(rows[1:], 2)
        if len(row) > max(who, group) and row[who].strip()
    ], None


def fates(
    lines: Sequence[GroupLine],
    known: Mapping[str, Hashable],
    now: Mapping[Hashable, str],
    taken: Collection[str],
) -> list[Placed]:
    """What each line does. KNOWN maps numbers and addresses to people of the section, NOW maps
    people to their group of the set, TAKEN are names of groups in other sets."""
    seen: set[Hashable] = set()
    found = []
    for line in lines:
        person = known.get(line.who)
        if person is None:
            fate = Fate.UNKNOWN
        elif person in seen:
            fate = Fate.TWICE
        elif not 0 < len(line.group) <= NAME_LENGTH:
            fate = Fate.BAD
        elif line.group in taken:
            fate = Fate.ELSEWHERE
        elif now.get(person) == line.group:
            fate = Fate.SAME
        else:
            fate = Fate.MOVED if person in now else Fate.PLACED
        if person is not None:
            seen.add(person)
        found.append(Placed(line, fate, person))
    return found
