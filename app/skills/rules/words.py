"""Words of skills."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

PROGRAMME = "banyan"
"""The slug of the programme's own framework: its codes need no prefix."""

LEVELS = (1, 2, 3)
"""What a framework that says nothing of levels has is level 1 alone."""

AREAS = ("tools", "data", "modelling", "deployment", "governance")

RELATIONS = (
    "isChildOf", "isPeerOf", "isPartOf", "exactMatchOf", "precedes", "isRelatedTo", "replacedBy",
    "exemplar", "hasSkillLevel", "isTranslationOf",
)  # fmt: skip
"""Kinds of associations that CASE 1.1 names; others are kept as they come."""


@dataclass(frozen=True)
class Named:
    """A skill as a lab's version names it.

    ``key`` is a skill's key, or what the lab called it before it was mapped; ``level`` is from 1;
    ``weight`` is above 0 and at most 1: how much of the proof this piece is; ``cells`` are grade
    ids of the tests that prove it, none for the whole lab.
    """

    key: str
    level: int = 1
    weight: Decimal = Decimal(1)
    cells: tuple[str, ...] = ()


def named_in(skills: Iterable[Mapping[str, Any]]) -> list[Named]:
    """What ``LabVersion.skills`` says, whichever form it was written in."""
    return [
        Named(
            str(row["slug"]),
            int(row.get("level") or 1),
            Decimal(str(row.get("weight") or 1)),
            tuple(row.get("cells") or ()),
        )
        for row in skills
        if row.get("slug")
    ]
