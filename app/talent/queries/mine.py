"""What a student reads of herself, and what suits her."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Person
from app.briefs import queries as briefs
from app.briefs.models import Brief
from app.briefs.rules import Place
from app.evidence import queries as evidence
from app.evidence.queries import Standing
from app.kernel.database import db
from app.skills.models import Skill
from app.talent.models import TalentBlock, TalentFile, TalentProfile
from app.talent.rules import Fact, FactKind, Suits, Wants, recommend

__all__ = ["Suggested", "blocks_of", "profile_of", "recommended", "shown_by"]

MOST_RECOMMENDED = 20


def profile_of(person: Person) -> TalentProfile | None:
    return db.session.scalar(
        select(TalentProfile)
        .where(TalentProfile.person_id == person.id)
        .options(selectinload(TalentProfile.files).joinedload(TalentFile.file))
    )


def blocks_of(person: Person) -> Sequence[TalentBlock]:
    return db.session.scalars(
        select(TalentBlock)
        .where(TalentBlock.person_id == person.id)
        .options(joinedload(TalentBlock.organisation))
        .order_by(TalentBlock.made_at, TalentBlock.id)
    ).all()


def shown_by(person: Person) -> tuple[Standing, ...]:
    """What PERSON's work shows now: what companies see besides what she writes."""
    return evidence.standing(person.id)


@dataclass(frozen=True)
class Suggested:
    """A brief with why it suits her. SKILLS: what its facts name."""

    brief: Brief
    facts: tuple[Fact, ...]
    missing_count: int
    skills: dict[uuid.UUID, Skill]
    lab_count: int
    """How many labs would show something that is missing."""


def recommended(person: Person) -> list[Suggested]:
    """Open briefs in the order of how well they suit PERSON; a constant number of statements."""
    rows = {brief.id: brief for brief in briefs.open_briefs(person)}
    profile = profile_of(person)
    levels: dict[uuid.UUID, int] = {}
    for held in shown_by(person):
        levels[held.skill.id] = max(levels.get(held.skill.id, 0), held.level)
    suits = Suits(
        levels,
        frozenset(profile.industries if profile else ()),
        frozenset(profile.counties if profile else ()),
    )
    found = recommend(suits, [_wants(brief) for brief in rows.values()])[:MOST_RECOMMENDED]
    known = {row.skill_id: row.skill for one in found for row in rows[one.brief_id].terms.skills}
    missing = {
        fact.skill_id
        for one in found
        for fact in one.facts
        if fact.kind is FactKind.MISSING and fact.skill_id is not None
    }
    proofs = evidence.proofs_by_skill([known[key] for key in missing])
    made = []
    for one in found:
        labs = {
            (proof.course_slug, proof.item_key)
            for fact in one.facts
            if fact.kind is FactKind.MISSING and fact.skill_id is not None
            for proof in proofs.get(fact.skill_id, ())
            if proof.level >= fact.wanted
        }
        skills = {fact.skill_id: known[fact.skill_id] for fact in one.facts if fact.skill_id}
        made.append(Suggested(rows[one.brief_id], one.facts, one.missing_count, skills, len(labs)))
    return made


def _wants(brief: Brief) -> Wants:
    terms = brief.terms
    return Wants(
        brief.id,
        {row.skill_id: row.level for row in terms.skills if row.is_required},
        {row.skill_id: row.level for row in terms.skills if not row.is_required},
        terms.industry or "",
        terms.county or "",
        terms.place is Place.REMOTE,
        terms.apply_until,
    )
