"""Interviews as somebody may see them, their history, and what can be chosen for one."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Organisation, Person
from app.accounts.rules import OrganisationKind, Standing
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page
from app.needs import policies
from app.needs.models import Interview, NeedChange, PainPoint
from app.needs.queries.pain_points import Asked, visible_to
from app.needs.rules import Source


def interview(person: Person, interview_id: uuid.UUID) -> Interview:
    """One that PERSON may see, also when it was removed. Raises NotVisible."""
    found = db.session.scalar(
        _seen_by(person)
        .where(Interview.id == interview_id)
        .options(selectinload(Interview.figures), selectinload(Interview.pain_points))
    )
    if found is None:
        raise NotVisible(str(interview_id))
    return found


def interviews(person: Person, asked: Asked) -> Listed[Interview]:
    """What PERSON may see as ASKED, the latest first. ``state``: ``removed``, ``own_words`` or
    ``interview``; ``sort``: ``held`` (default) or ``recorded``."""
    statement = _seen_by(person).options(selectinload(Interview.pain_points))
    statement = statement.where(
        Interview.removed_at.is_not(None)
        if asked.state == "removed"
        else Interview.removed_at.is_(None)
    )
    if asked.state in set(Source):
        statement = statement.where(Interview.source == Source(asked.state))
    if asked.search:
        statement = statement.outerjoin(
            Organisation, Organisation.id == Interview.organisation_id
        ).where(
            or_(
                *(
                    column.icontains(asked.search, autoescape=True)
                    for column in (
                        Interview.company_name,
                        Organisation.name["zh-Hant-TW"].astext,
                        Organisation.name["en"].astext,
                        Interview.contact_name,
                        Interview.place,
                        Interview.process,
                    )
                )
            )
        )
    if asked.industry:
        statement = statement.where(Interview.industry == asked.industry)
    if asked.county:
        statement = statement.where(Interview.county == asked.county)
    column = Interview.created_at if asked.sort == "recorded" else Interview.held_on
    statement = statement.order_by(
        column.asc() if asked.direction == "asc" else column.desc(), Interview.id.desc()
    )
    statement, total, page = one_page(statement, asked.page)
    return Listed(db.session.scalars(statement).all(), total, page)


def _seen_by(person: Person) -> Select[Interview]:
    return (
        select(Interview)
        .where(visible_to(person))
        .options(
            joinedload(Interview.organisation),
            joinedload(Interview.recorded_for),
            joinedload(Interview.recorded_by),
        )
    )


def history_of(interview: Interview, pain_point: PainPoint | None = None) -> Sequence[NeedChange]:
    """Its corrections, the newest first; those of one of its pain points when one is named."""
    statement = (
        select(NeedChange)
        .where(NeedChange.interview_id == interview.id)
        .options(joinedload(NeedChange.by), joinedload(NeedChange.organisation))
        .order_by(NeedChange.at.desc(), NeedChange.id.desc())
    )
    if pain_point is not None:
        statement = statement.where(NeedChange.pain_point_id == pain_point.id)
    else:
        statement = statement.where(NeedChange.pain_point_id.is_(None))
    return db.session.scalars(statement).all()


def companies_to_choose(person: Person) -> Sequence[Organisation]:
    """Companies that an interview by PERSON can be about: officers see also those that wait,
    associations the approved ones."""
    statement = select(Organisation).where(
        Organisation.kind.in_((OrganisationKind.COMPANY, OrganisationKind.ASSOCIATION))
    )
    if not policies.steers(person):
        statement = statement.where(Organisation.standing == Standing.APPROVED)
    return db.session.scalars(
        statement.order_by(Organisation.name["zh-Hant-TW"].astext, Organisation.slug)
    ).all()


def recorders(person: Person) -> Sequence[Organisation]:
    """The organisations in whose name PERSON records, her companies first."""
    ids = policies.recorders_of(person)
    if not ids:
        return []
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.id.in_(ids))
        .order_by(Organisation.kind.desc(), Organisation.slug)
    ).all()


def removed_pain_point(person: Person, pain_point_id: uuid.UUID) -> PainPoint:
    """One that was removed, for bringing it back. Raises NotVisible."""
    found = db.session.scalar(
        select(PainPoint)
        .join(PainPoint.interview)
        .where(PainPoint.id == pain_point_id, visible_to(person))
        .options(joinedload(PainPoint.interview))
    )
    if found is None:
        raise NotVisible(str(pain_point_id))
    return found
