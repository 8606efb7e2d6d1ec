"""Items, works and parts.

An item is ``lab:SLUG`` or ``quiz:SLUG`` of a section. A work is a submission or an attempt. A part
is what gets points of its own: a cell (``NOTEBOOK/GRADE_ID``) or a question (its id).
"""

import hashlib
import uuid
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from app.catalog.rules import ItemKind

KINDS = (ItemKind.LAB, ItemKind.QUIZ)
STEP = Decimal("0.01")
LONGEST_WORD = 300
"""What rubrics keep of a key or a subject, in characters."""


class State(StrEnum):
    """Which works of an item are gone through."""

    WAITING = "waiting"
    DONE = "done"
    ALL = "all"


@dataclass(frozen=True)
class Ref:
    """An item of a section."""

    kind: ItemKind
    slug: str

    @classmethod
    def of(cls, key: str) -> "Ref":
        """``lab:quality`` → Ref. Raises ValueError for anything else than a lab or a quiz."""
        kind, _, slug = key.partition(":")
        made = cls(ItemKind(kind), slug)
        if made.kind not in KINDS or not slug:
            raise ValueError(key)
        return made

    @property
    def key(self) -> str:
        return f"{self.kind.value}:{self.slug}"


def lab_part(notebook: str, grade_id: str) -> str:
    """The part that a cell is. Names of notebooks hold no slash."""
    return f"{notebook}/{grade_id}"


def part_cell(part: str) -> tuple[str, str]:
    """The notebook and the grade id of a lab's part."""
    notebook, _, grade_id = part.partition("/")
    return notebook, grade_id


def rubric_key(section_id: uuid.UUID, item: str, part: str) -> str:
    """Where a rubric is attached for PART of ITEM."""
    return _word("marking", str(section_id), item, part)


def rubric_subject(work_id: uuid.UUID, part: str, judge_id: uuid.UUID | None = None) -> str:
    """What is judged by it: PART of a work. Where two judge apart from each other, each has a
    subject of her own, by JUDGE_ID."""
    return _word("marking", str(work_id), *([f"by-{judge_id}"] if judge_id else []), part)


def _word(*parts: str) -> str:
    """PARTS in one word; of a long one only the hash, since rubrics keep 300 characters."""
    word = ":".join(parts)
    if len(word) <= LONGEST_WORD:
        return word
    return f"{parts[0]}:{parts[1]}:{hashlib.sha256(word.encode()).hexdigest()}"


def scaled(total: Decimal, maximum: Decimal, worth: Decimal) -> Decimal:
    """TOTAL of MAXIMUM as points of something that is WORTH so many, half up to a hundredth.

    A rubric without points (MAXIMUM 0) gives none.
    """
    if maximum <= 0:
        return Decimal(0)
    return min(worth, (total * worth / maximum).quantize(STEP, ROUND_HALF_UP))
