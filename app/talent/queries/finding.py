"""Finding students. Who may not be found by a company never comes into a list, a count or a page
of it: every statement begins with who may be."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import selectinload

from app.accounts.models import Membership, Person
from app.accounts.rules import Role
from app.briefs.rules.purposes import TALENT_SEARCH
from app.evidence import queries as evidence
from app.evidence.models import Evidence
from app.evidence.queries import Standing
from app.evidence.rules import Vouching
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import page_count, page_within
from app.portfolio.models import PortfolioFile
from app.privacy.queries import consented_people
from app.skills import queries as skills
from app.skills.models import Skill
from app.talent.models import TalentBlock, TalentFile, TalentProfile
from app.talent.rules import Query, Shown, fits, in_order

__all__ = [
    "Card", "Page", "card", "cards", "file_of", "found_by", "search", "skill_choices", "visible",
]  # fmt: skip

SIZE = 20


@dataclass(frozen=True)
class Card:
    """What a company sees of a student: no name, no school, no picture, no address."""

    profile: TalentProfile
    standings: tuple[Standing, ...]


@dataclass(frozen=True)
class Page:
    rows: Sequence[Card]
    total: int
    page: int
    pages: int


def visible(organisation_id: uuid.UUID) -> ColumnElement[bool]:
    """Whose profile this organisation may find now; for statements on ``TalentProfile``."""
    student = exists().where(
        Membership.person_id == TalentProfile.person_id,
        Membership.role == Role.STUDENT,
        Membership.ended_at.is_(None),
    )
    known = exists().where(
        Person.id == TalentProfile.person_id,
        Person.suspended_at.is_(None),
        Person.erased_at.is_(None),
    )
    blocked = exists().where(
        TalentBlock.person_id == TalentProfile.person_id,
        TalentBlock.organisation_id == organisation_id,
    )
    return and_(
        TalentProfile.person_id.in_(consented_people(TALENT_SEARCH.name)),
        student.correlate(TalentProfile),
        known.correlate(TalentProfile),
        ~blocked.correlate(TalentProfile),
    )


def found_by(organisation_id: uuid.UUID, query: Query) -> list[Shown]:
    """Everybody whom QUERY finds for this organisation, in order."""
    statement = select(TalentProfile).where(visible(organisation_id))
    known = skills.resolve([wanted.key for wanted in query.skills])
    for wanted in query.skills:
        skill = known.get(wanted.key)
        if skill is None:
            return []
        # Necessary, not enough: what the pieces show together is weighed below.
        statement = statement.where(
            exists()
            .where(
                Evidence.person_id == TalentProfile.person_id,
                Evidence.skill_id == skill.id,
                Evidence.level >= wanted.level,
            )
            .correlate(TalentProfile)
        )
    profiles = db.session.scalars(statement).all()
    standings = evidence.standings_of([p.person_id for p in profiles]) if query.skills else {}
    shown = [_shown(profile, standings.get(profile.person_id, ())) for profile in profiles]
    return list(in_order(query, (one for one in shown if fits(query, one))))


def _shown(profile: TalentProfile, standings: Collection[Standing]) -> Shown:
    levels: dict[str, dict[Vouching, int]] = {}
    for one in standings:
        levels.setdefault(one.skill.key, {})[one.vouching] = one.level
    return Shown(
        profile.person_id,
        profile.code,
        tuple(profile.counties),
        profile.is_remote,
        tuple(profile.languages),
        tuple(profile.industries),
        profile.hours,
        profile.available_from,
        profile.available_until,
        levels,
    )


def search(organisation_id: uuid.UUID, query: Query, page: int) -> Page:
    """Page PAGE of whom QUERY finds; a constant number of statements."""
    found = found_by(organisation_id, query)
    page = page_within(page, len(found), SIZE)
    here = found[(page - 1) * SIZE : page * SIZE]
    rows = cards(organisation_id, [one.person_id for one in here])
    return Page(rows, len(found), page, page_count(len(found), SIZE))


def cards(organisation_id: uuid.UUID, person_ids: Sequence[uuid.UUID]) -> list[Card]:
    """What this organisation sees of some students, in the order of their ids."""
    if not person_ids:
        return []
    profiles = {
        row.person_id: row
        for row in db.session.scalars(
            select(TalentProfile)
            .where(TalentProfile.person_id.in_(person_ids), visible(organisation_id))
            .options(selectinload(TalentProfile.files).joinedload(TalentFile.file))
        )
    }
    standings: Mapping[uuid.UUID, tuple[Standing, ...]] = evidence.standings_of(profiles)
    return [
        Card(profiles[person_id], standings.get(person_id, ()))
        for person_id in person_ids
        if person_id in profiles
    ]


def card(organisation_id: uuid.UUID, code: str) -> Card:
    """One student by her address. Raises NotVisible, whether she is hidden or never was."""
    person_id = db.session.scalar(
        select(TalentProfile.person_id).where(TalentProfile.code == code, visible(organisation_id))
    )
    found = cards(organisation_id, [person_id]) if person_id else []
    if not found:
        raise NotVisible(code)
    return found[0]


def file_of(organisation_id: uuid.UUID, code: str, file_id: uuid.UUID) -> PortfolioFile:
    """A file that she shows to who finds her. Raises NotVisible."""
    for row in card(organisation_id, code).profile.files:
        if row.file_id == file_id:
            return row.file
    raise NotVisible(str(file_id))


def skill_choices() -> Sequence[Skill]:
    """Every skill that can be shown: from the frameworks, whoever shows it."""
    return skills.claimed_skills()
