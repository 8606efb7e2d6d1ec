"""Rounds as their readers find them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Person
from app.accounts.policies import is_officer
from app.briefs.models import Brief
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page
from app.learning.models import Enrolment, Section, SectionStaff
from app.learning.rules import StaffRole
from app.rounds import policies
from app.rounds.models import Round, RoundClosing, RoundEntry, RoundProject
from app.rounds.rules import State

__all__ = [
    "Counts", "counts_of", "going", "project_in", "round_by_code", "round_for", "round_kept_by",
    "rounds_for",
]  # fmt: skip

_PARTS = (
    joinedload(Round.section).selectinload(Section.staff),
    selectinload(Round.projects).joinedload(RoundProject.brief).joinedload(Brief.organisation),
    selectinload(Round.projects).joinedload(RoundProject.supervisor),
    selectinload(Round.supervisors),
)


@dataclass(frozen=True)
class Counts:
    """What everybody may know while a round is going on."""

    applicants: int
    projects: int


def _visible_to(person: Person) -> ColumnElement[bool]:
    """Rounds of the programme for everybody who is signed in; of a section for who is in it, keeps
    it, or offers something in it. Drafts for whoever could keep them."""
    enrolled = exists().where(
        Enrolment.section_id == Round.section_id,
        Enrolment.person_id == person.id,
        Enrolment.withdrawn_at.is_(None),
    )
    teaches = exists().where(
        SectionStaff.section_id == Round.section_id,
        SectionStaff.person_id == person.id,
        SectionStaff.ended_at.is_(None),
    )
    instructs = teaches.where(SectionStaff.role == StaffRole.INSTRUCTOR)
    companies = {m.organisation_id for m in person.live_memberships}
    offers = (
        exists()
        .where(RoundProject.round_id == Round.id, RoundProject.brief_id == Brief.id)
        .where(Brief.organisation_id.in_(companies))
    )
    keeps = or_(instructs, Round.section_id.is_(None)) if is_officer(person) else instructs
    public = Round.state != State.DRAFT
    return or_(keeps, public & or_(Round.section_id.is_(None), teaches, enrolled, offers))


def round_for(person: Person, code: str) -> Round:
    """The round CODE as PERSON may see it. Raises NotVisible."""
    found = db.session.scalar(
        select(Round).where(Round.code == code, _visible_to(person)).options(*_PARTS)
    )
    if found is None or (found.state is State.DRAFT and not policies.can_keep(person, found)):
        raise NotVisible(code)
    return found


def round_kept_by(person: Person, code: str) -> Round:
    """Raises NotVisible unless PERSON keeps it."""
    found = round_by_code(code)
    if found is None or not policies.can_keep(person, found):
        raise NotVisible(code)
    return found


def round_by_code(code: str) -> Round | None:
    """For the command line and jobs: whoever asks is the house itself."""
    return db.session.scalar(select(Round).where(Round.code == code).options(*_PARTS))


def rounds_for(
    person: Person, *, q: str = "", state: str = "", page: int | None = 1
) -> Listed[Round]:
    """Rounds that PERSON may see, what closes last first; Q is sought in titles and codes."""
    statement: Select[Round] = select(Round).where(_visible_to(person))
    if q:
        like = f"%{q.replace('%', '').replace('_', '')}%"
        statement = statement.where(
            or_(Round.code.ilike(like), cast(Round.title, String).ilike(like))
        )
    if state in {one.value for one in State}:
        statement = statement.where(Round.state == State(state))
    statement = statement.order_by(Round.closes_at.desc(), Round.id)
    paged, total, at = one_page(statement, page)
    rows = db.session.scalars(paged.options(*_PARTS)).unique().all()
    return Listed([r for r in rows if _may_list(person, r)], total, at)


def _may_list(person: Person, round_: Round) -> bool:
    return round_.state is not State.DRAFT or policies.can_keep(person, round_)


def counts_of(round_: Round) -> Counts:
    """Applicants that rank or ranked: a public number, before and after closing."""
    closing = db.session.execute(
        select(RoundClosing.applicant_count, RoundClosing.project_count).where(
            RoundClosing.round_id == round_.id
        )
    ).one_or_none()
    if closing is not None:
        return Counts(*closing)
    applicants = db.session.scalar(
        select(func.count()).where(RoundEntry.round_id == round_.id, RoundEntry.left_at.is_(None))
    )
    return Counts(applicants or 0, len(round_.projects))


def project_in(round_: Round, project_id: uuid.UUID) -> RoundProject:
    """Raises NotVisible."""
    found = next((p for p in round_.projects if p.id == project_id), None)
    if found is None:
        raise NotVisible(str(project_id))
    return found


def going(states: Sequence[State]) -> Sequence[Round]:
    """Rounds in one of STATES, for the clock."""
    return db.session.scalars(select(Round).where(Round.state.in_(states)).order_by(Round.id)).all()
