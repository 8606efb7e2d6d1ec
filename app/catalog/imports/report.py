"""What came over, what changed and what did not: one line for each thing of the source."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.catalog.imports.words import FATES, SAID, SYSTEMS, WHATS

Value = str | int


class Fate(StrEnum):
    CAME = "came"
    CHANGED = "changed"
    LEFT = "left"


@dataclass(frozen=True)
class Note:
    """How something changed, or why it was left out and what to do: a code of ``words.SAID``."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        said = SAID[self.code]
        return said % dict(self.values) if self.values else str(said)


def note(code: str, **values: Value) -> Note:
    """A note; texts of the source that it quotes are cut short."""
    return Note(code, {k: v[:160] if isinstance(v, str) else v for k, v in values.items()})


@dataclass(frozen=True)
class Element:
    """One thing of the source and what became of it."""

    what: str
    """A key of ``words.WHATS``."""
    title: str
    place: str
    """Where it stands in the source: a path, perhaps with an identifier."""
    fate: Fate
    became: str = ""
    """What it is now, as ``lesson:chapter-one``; empty when it was left out."""
    notes: tuple[Note, ...] = ()

    @property
    def what_title(self) -> str:
        return str(WHATS[self.what])

    @property
    def fate_title(self) -> str:
        return str(FATES[self.fate.value])


@dataclass(frozen=True)
class Report:
    """What an import did, or would do."""

    system: str
    """A key of ``words.SYSTEMS``."""
    version: str
    elements: tuple[Element, ...]

    @property
    def source(self) -> str:
        """What was imported, in words."""
        return f"{SYSTEMS[self.system]} {self.version}".strip()

    def count(self, fate: str) -> int:
        return sum(element.fate == fate for element in self.elements)

    def table(self) -> list[tuple[str, dict[str, int]]]:
        """For each sort of thing its title and how many had which fate, in the order met."""
        counts: dict[str, Counter[str]] = {}
        for element in self.elements:
            counts.setdefault(element.what, Counter())[element.fate.value] += 1
        return [
            (str(WHATS[what]), {fate.value: found[fate.value] for fate in Fate})
            for what, found in counts.items()
        ]

    def to_json(self) -> dict[str, Any]:
        """As it is kept; ``from_json`` reads it."""
        return {
            "system": self.system,
            "version": self.version,
            "elements": [
                {
                    "what": element.what,
                    "title": element.title,
                    "place": element.place,
                    "fate": element.fate.value,
                    "became": element.became,
                    "notes": [{"code": n.code, "values": dict(n.values)} for n in element.notes],
                }
                for element in self.elements
            ],
        }

    def to_words(self) -> dict[str, Any]:
        """As ``to_json``, with every note also in the reader's language."""
        document = self.to_json()
        document["counts"] = {fate.value: self.count(fate) for fate in Fate}
        for element, row in zip(self.elements, document["elements"], strict=True):
            for said, kept in zip(element.notes, row["notes"], strict=True):
                kept["text"] = str(said)
        return document

    def rows(self) -> list[tuple[str, ...]]:
        """For a table: fate, kind, title, place, what it became, notes, in the reader's words."""
        return [
            (e.fate_title, e.what_title, e.title, e.place, e.became, " ".join(map(str, e.notes)))
            for e in self.elements
        ]

    def to_text(self) -> str:
        """For reading: what was left out first."""
        lines = [self.source, ""]
        for fate in (Fate.LEFT, Fate.CHANGED, Fate.CAME):
            found = [element for element in self.elements if element.fate is fate]
            lines.append(f"{FATES[fate.value]}: {len(found)}")
            for element in found:
                became = f" -> {element.became}" if element.became else ""
                lines.append(f"  {element.what_title}: {element.title} ({element.place}){became}")
                lines += [f"    {said}" for said in element.notes]
            lines.append("")
        return "\n".join(lines)


def from_json(document: Mapping[str, Any]) -> Report:
    """The report of a document that ``to_json`` made."""
    return Report(
        document["system"],
        document["version"],
        tuple(
            Element(
                row["what"], row["title"], row["place"], Fate(row["fate"]), row["became"],
                tuple(Note(n["code"], n["values"]) for n in row["notes"]),
            )
            for row in document["elements"]
        ),
    )  # fmt: skip


class Log:
    """Collects the elements of a report while something is read."""

    def __init__(self) -> None:
        self.elements: list[Element] = []

    def add(
        self, what: str, title: str, place: str, became: str, notes: Iterable[Note] = ()
    ) -> None:
        """Something that came over; changed when there is anything to say about it."""
        said = _once(notes)
        fate = Fate.CHANGED if said else Fate.CAME
        self.elements.append(Element(what, title, place, fate, became, said))

    def left(self, what: str, title: str, place: str, *notes: Note) -> None:
        """Something that was left out, and why."""
        self.elements.append(Element(what, title, place, Fate.LEFT, "", _once(notes)))


def _once(notes: Iterable[Note]) -> tuple[Note, ...]:
    kept: list[Note] = []
    for said in notes:
        if said not in kept:
            kept.append(said)
    return tuple(kept)
