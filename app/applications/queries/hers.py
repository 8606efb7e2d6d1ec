"""An applicant's own applications."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Person
from app.applications.models import Application, ApplicationPerson
from app.applications.rules import COMPANY_SEES, ENDED, State
from app.briefs.models import Brief, BriefVersion
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page
from app.teams.models import Team

__all__ = [
    "application_of", "live_application", "my_application", "my_applications", "my_counts",
    "past_applications", "saved_application",
]  # fmt: skip

PARTS = (
    joinedload(Application.brief).joinedload(Brief.organisation),
    joinedload(Application.brief).joinedload(Brief.current),
    joinedload(Application.team).selectinload(Team.leads),
)


def hers(person_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether a row of Application is the person's: alone, saved, or within a team."""
    return or_(
        Application.person_id == person_id,
        exists().where(
            ApplicationPerson.application_id == Application.id,
            ApplicationPerson.person_id == person_id,
        ),
    )


@dataclass(frozen=True)
class Counts:
    """How many of hers there are."""

    saved: int
    live: int
    ended: int


def my_applications(
    person: Person, *, search: str = "", show: str = "", page: int | None = 1
) -> Listed[Application]:
    """All of hers, what wants an answer first, then the newest; four statements.

    SHOW: a state's value, ``live`` or ``ended``; anything else shows all.
    """
    statement = (
        select(Application)
        .join(Application.brief)
        .join(
            BriefVersion,
            and_(BriefVersion.brief_id == Brief.id, BriefVersion.number == Brief.version_number),
        )
        .where(hers(person.id))
        .options(
            contains_eager(Application.brief).joinedload(Brief.organisation),
            contains_eager(Application.brief).joinedload(Brief.current),
            joinedload(Application.team).selectinload(Team.leads),
        )
        .order_by(
            (Application.state == State.OFFERED).desc(),
            Application.state.in_(ENDED),
            func.coalesce(Application.applied_at, Application.saved_at).desc(),
            Application.id,
        )
    )
    if show == "live":
        statement = statement.where(Application.state.in_(COMPANY_SEES - ENDED))
    elif show == "ended":
        statement = statement.where(Application.state.in_(ENDED))
    elif show in set(State):
        statement = statement.where(Application.state == State(show))
    if search:
        like = f"%{search.replace('%', '')}%"
        statement = statement.where(
            or_(Brief.title["zh-Hant-TW"].astext.ilike(like), Brief.title["en"].astext.ilike(like))
        )
    statement, total, page = one_page(statement, page)
    return Listed(db.session.scalars(statement).all(), total, page)


def my_counts(person: Person) -> Counts:
    rows = {
        state: count
        for state, count in db.session.execute(
            select(Application.state, func.count())
            .where(hers(person.id))
            .group_by(Application.state)
        )
    }
    saved = rows.pop(State.SAVED, 0)
    ended = sum(rows.pop(state, 0) for state in ENDED)
    return Counts(saved, sum(rows.values()), ended)


def my_application(person: Person, application_id: uuid.UUID) -> Application:
    """One of hers with everything that she may see of it. Raises NotVisible."""
    found = db.session.scalar(
        select(Application)
        .where(Application.id == application_id, hers(person.id))
        .options(
            *PARTS,
            joinedload(Application.version),
            selectinload(Application.people).joinedload(ApplicationPerson.person),
            selectinload(Application.files),
            selectinload(Application.steps),
        )
    )
    if found is None:
        raise NotVisible(str(application_id))
    return found


def application_of(person: Person, brief: Brief) -> Application | None:
    """Hers for BRIEF, the newest: a live one, else a saved one, else how the last one ended."""
    return db.session.scalar(
        select(Application)
        .where(Application.brief_id == brief.id, hers(person.id))
        .order_by(
            Application.state.in_(ENDED),
            Application.state == State.SAVED,
            Application.saved_at.desc(),
            Application.id,
        )
        .options(*PARTS)
        .limit(1)
    )


def saved_application(person_id: uuid.UUID, brief_id: uuid.UUID) -> Application | None:
    return db.session.scalar(
        select(Application).where(
            Application.brief_id == brief_id,
            Application.person_id == person_id,
            Application.state == State.SAVED,
        )
    )


def live_application(person_id: uuid.UUID, brief_id: uuid.UUID) -> uuid.UUID | None:
    """The application for BRIEF_ID in which she stands now."""
    return db.session.scalar(
        select(ApplicationPerson.application_id).where(
            ApplicationPerson.brief_id == brief_id,
            ApplicationPerson.person_id == person_id,
            ApplicationPerson.ended_at.is_(None),
        )
    )


def past_applications(brief_id: uuid.UUID, person_ids: Sequence[uuid.UUID]) -> Sequence[State]:
    """How earlier applications for the brief ended in which one of these stood."""
    return db.session.scalars(
        select(Application.state)
        .join(ApplicationPerson, ApplicationPerson.application_id == Application.id)
        .where(
            Application.brief_id == brief_id,
            ApplicationPerson.person_id.in_(person_ids),
            ApplicationPerson.ended_at.is_not(None),
        )
        .distinct()
    ).all()
