"""What students of a section showed in it, for its staff."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.evidence import policies
from app.evidence.models import Evidence, SkillMapping, SupervisedRepeat
from app.evidence.queries.ledger import Standing, live, parts, standings_from
from app.evidence.rules import PASS, Vouching
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import PAGE_SIZE, Listed, page_within
from app.learning import queries as learning
from app.learning.models import Enrolment, Section
from app.learning.queries import SectionDesk
from app.skills.models import Skill

__all__ = [
    "SectionRow", "desk_of", "mapping_in", "mappings_of", "repeat_in", "repeats_of", "section_rows",
    "section_skills", "student_evidence",
]  # fmt: skip


@dataclass(frozen=True)
class SectionRow:
    """A student and a skill of which she has evidence here."""

    person: Person
    skill: Skill
    standings: dict[Vouching, Standing]
    pieces: Sequence[Evidence]

    @property
    def waits(self) -> bool:
        """Whether somebody could confirm it: it is shown, and nobody vouches for it yet."""
        return Vouching.AUTOGRADED in self.standings and Vouching.CONFIRMED not in self.standings


def desk_of(person: Person, code: str) -> SectionDesk:
    """The section CODE for its staff; a school's office sees no evidence. Raises NotVisible."""
    desk = learning.section_desk(person, code)
    if not policies.can_see_evidence(person, desk.section):
        raise NotVisible(code)
    return desk


def _rows_in(section: Section) -> Any:
    return (
        select(Evidence)
        .join(Enrolment, Enrolment.person_id == Evidence.person_id)
        .where(
            Evidence.section_id == section.id,
            Enrolment.section_id == section.id,
            Enrolment.withdrawn_at.is_(None),
            live(),
        )
        .options(*parts(), joinedload(Evidence.person))
        .order_by(Evidence.recorded_at, Evidence.id)
    )


def section_rows(
    section: Section,
    *,
    search: str = "",
    skill: str = "",
    waiting: bool = False,
    page: int | None = 1,
) -> Listed[SectionRow]:
    """Who takes SECTION and what she showed in it, by name and skill; one statement."""
    rows = db.session.scalars(_rows_in(section)).unique().all()
    standings = standings_from(rows)
    pairs: dict[tuple[uuid.UUID, uuid.UUID], list[Evidence]] = {}
    for row in rows:
        pairs.setdefault((row.person_id, row.skill_id), []).append(row)
    found = [
        SectionRow(
            pieces[0].person,
            pieces[0].skill,
            {s.vouching: s for s in standings.get(person_id, ()) if s.skill.id == skill_id},
            pieces,
        )
        for (person_id, skill_id), pieces in pairs.items()
    ]
    words = search.lower().split()
    found = [
        row for row in found
        if all(word in f"{row.person.name} {row.person.handle}".lower() for word in words)
        and (not skill or row.skill.key == skill)
        and (not waiting or row.waits)
    ]  # fmt: skip
    found.sort(key=lambda row: (row.person.name, row.person.handle, row.skill.key))
    if page is None:
        return Listed(found, len(found), 1)
    page = page_within(page, len(found))
    return Listed(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], len(found), page)


def section_skills(section: Section) -> Sequence[Skill]:
    """The skills of which there is evidence here."""
    return db.session.scalars(
        select(Skill)
        .where(Skill.id.in_(select(Evidence.skill_id).where(Evidence.section_id == section.id)))
        .order_by(Skill.key)
    ).all()


def student_evidence(section: Section, person_id: uuid.UUID) -> Sequence[SectionRow]:
    """What one student showed in SECTION, by skill. Raises NotVisible when she does not take it."""
    enrolment = learning.student_in(section, person_id)
    rows = db.session.scalars(_rows_in(section).where(Evidence.person_id == person_id)).unique()
    pieces: dict[uuid.UUID, list[Evidence]] = {}
    for row in rows:
        pieces.setdefault(row.skill_id, []).append(row)
    standings = standings_from(row for group in pieces.values() for row in group)
    return [
        SectionRow(
            enrolment.person,
            group[0].skill,
            {s.vouching: s for s in standings.get(person_id, ()) if s.skill.id == skill_id},
            sorted(group, key=lambda row: (row.share < PASS, -row.share, row.recorded_at)),
        )
        for skill_id, group in sorted(pieces.items(), key=lambda pair: pair[1][0].skill.key)
    ]


def repeats_of(section: Section, person_id: uuid.UUID | None = None) -> Sequence[SupervisedRepeat]:
    """Supervised repeats of a section, the latest first."""
    statement = (
        select(SupervisedRepeat)
        .where(SupervisedRepeat.section_id == section.id)
        .options(
            joinedload(SupervisedRepeat.person),
            joinedload(SupervisedRepeat.ordered_by),
            joinedload(SupervisedRepeat.attested_by),
        )
        .order_by(SupervisedRepeat.starts_at.desc(), SupervisedRepeat.id)
    )
    if person_id is not None:
        statement = statement.where(SupervisedRepeat.person_id == person_id)
    return db.session.scalars(statement).all()


def repeat_in(section: Section, repeat_id: uuid.UUID) -> SupervisedRepeat:
    """Raises NotVisible."""
    found = db.session.get(SupervisedRepeat, repeat_id)
    if found is None or found.section_id != section.id:
        raise NotVisible(str(repeat_id))
    return found


def mappings_of(course_id: uuid.UUID) -> Sequence[SkillMapping]:
    """What editors of a course mapped, by item."""
    return db.session.scalars(
        select(SkillMapping)
        .where(SkillMapping.course_id == course_id, SkillMapping.ended_at.is_(None))
        .options(
            joinedload(SkillMapping.skill).joinedload(Skill.framework),
            joinedload(SkillMapping.made_by),
        )
        .order_by(SkillMapping.item_key, SkillMapping.made_at)
    ).all()


def mapping_in(course_id: uuid.UUID, mapping_id: uuid.UUID) -> SkillMapping:
    """Raises NotVisible."""
    found = db.session.get(SkillMapping, mapping_id)
    if found is None or found.course_id != course_id:
        raise NotVisible(str(mapping_id))
    return found
