"""Everything that she may choose to show, by kind of part."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.portfolio.models import PortfolioBlock
from app.portfolio.queries.competed import ChallengeFact, challenges_of
from app.portfolio.queries.learned import CourseFact, LabFact, courses_of, labs_of, taken_by
from app.portfolio.queries.proven import CredentialFact, SkillFact, credentials_of, skills_of
from app.portfolio.rules import CHOOSING, BlockKind

__all__ = ["Facts", "facts_of"]


@dataclass(frozen=True)
class Facts:
    """What the house knows of her now; a kind that nobody asked for is empty."""

    courses: tuple[CourseFact, ...] = ()
    labs: tuple[LabFact, ...] = ()
    challenges: tuple[ChallengeFact, ...] = ()
    skills: tuple[SkillFact, ...] = ()
    credentials: tuple[CredentialFact, ...] = ()

    @cached_property
    def _by_kind(self) -> dict[BlockKind, dict[str, Any]]:
        kinds: dict[BlockKind, tuple[Any, ...]] = {
            BlockKind.COURSES: self.courses,
            BlockKind.LABS: self.labs,
            BlockKind.CHALLENGES: self.challenges,
            BlockKind.SKILLS: self.skills,
            BlockKind.CREDENTIALS: self.credentials,
        }
        return {kind: {fact.ref: fact for fact in facts} for kind, facts in kinds.items()}

    def by_ref(self, kind: BlockKind) -> dict[str, Any]:
        """What there is of KIND, by reference, newest first."""
        return self._by_kind.get(kind, {})


def facts_of(person_id: uuid.UUID, blocks: Iterable[PortfolioBlock]) -> Facts:
    """What BLOCKS may need, and no more."""
    blocks = list(blocks)
    kinds = {block.kind for block in blocks} & CHOOSING
    taken = taken_by(person_id) if kinds & {BlockKind.COURSES, BlockKind.LABS} else ()
    with_code = frozenset(
        one.ref
        for block in blocks
        if block.kind is BlockKind.LABS
        for one in block.holds.chosen
        if "code" in one.shows
    )
    return Facts(
        courses=tuple(courses_of(person_id, taken)) if BlockKind.COURSES in kinds else (),
        labs=tuple(labs_of(person_id, taken, with_code=with_code))
        if BlockKind.LABS in kinds
        else (),
        challenges=tuple(challenges_of(person_id)) if BlockKind.CHALLENGES in kinds else (),
        skills=tuple(skills_of(person_id)) if BlockKind.SKILLS in kinds else (),
        credentials=tuple(credentials_of(person_id)) if BlockKind.CREDENTIALS in kinds else (),
    )
