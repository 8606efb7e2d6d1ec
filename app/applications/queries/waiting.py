"""What waits, for first pages: offers for students, applicants for companies."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Uuid, bindparam, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Membership, Organisation, Person
from app.accounts.policies import is_approved_company_person
from app.accounts.queries import companies_of
from app.accounts.rules import ACTING_ROLES
from app.applications.models import Application, ApplicationPerson
from app.applications.rules import COMPANY_SEES, IN_SELECTION, TO_COMPANY, State, is_too_long
from app.briefs.models import Brief
from app.kernel import clock
from app.kernel.database import db
from app.privacy import queries as privacy

__all__ = ["Waiting", "acts_somewhere", "waiting_by_brief", "waits_for_her", "wants_her"]

WANTING = (State.OFFERED, State.INTERVIEW)


def waits_for_her() -> ColumnElement[bool]:
    """Whether ``person_id`` has an offer or an invitation to answer."""
    return exists().where(
        ApplicationPerson.person_id == bindparam("person_id", type_=Uuid()),
        ApplicationPerson.ended_at.is_(None),
        Application.id == ApplicationPerson.application_id,
        Application.state.in_(WANTING),
    )


def acts_somewhere() -> ColumnElement[bool]:
    """Whether ``person_id`` acts for a company."""
    return exists().where(
        Membership.person_id == bindparam("person_id", type_=Uuid()),
        Membership.ended_at.is_(None),
        Membership.role.in_(ACTING_ROLES),
    )


def wants_her(person: Person) -> Sequence[Application]:
    """Applications of hers that want an answer, what ends first first."""
    return db.session.scalars(
        select(Application)
        .join(ApplicationPerson, ApplicationPerson.application_id == Application.id)
        .where(
            ApplicationPerson.person_id == person.id,
            ApplicationPerson.ended_at.is_(None),
            Application.state.in_(WANTING),
        )
        .options(joinedload(Application.brief))
        .order_by(Application.offer_until.nulls_last(), Application.id)
    ).all()


@dataclass(frozen=True)
class Waiting:
    """A brief of a company, how many applied and how many wait for a first answer."""

    brief: Brief
    total: int
    unanswered: int
    since: datetime | None
    """When the one who waits longest applied."""

    @property
    def is_overdue(self) -> bool:
        return self.since is not None and is_too_long(self.since, clock.now())


def waiting_by_brief(
    person: Person, organisations: Collection[Organisation] | None
) -> list[Waiting]:
    """Briefs of ORGANISATIONS (None: all that PERSON acts for) to which somebody applied, the
    longest wait first. Only approved companies, only those who consent; three statements for
    each company."""
    asked = companies_of(person) if organisations is None else organisations
    found = []
    for company in asked:
        if is_approved_company_person(person, company.id):
            found += _of(company.id)
    return sorted(
        found, key=lambda row: (row.since is None, row.since or clock.now(), row.brief.id)
    )


def _of(organisation_id: uuid.UUID) -> list[Waiting]:
    consenting = privacy.consented_people(TO_COMPANY.name, organisation_id)
    if not consenting:
        return []
    waits = (Application.answered_at.is_(None), Application.state.in_(IN_SELECTION))
    rows = db.session.execute(
        select(
            Brief,
            func.count(),
            func.count().filter(*waits),
            func.min(Application.applied_at).filter(*waits),
        )
        .join(Application, Application.brief_id == Brief.id)
        .where(
            Brief.organisation_id == organisation_id,
            Application.state.in_(COMPANY_SEES),
            Application.sent_by_id.in_(consenting),
        )
        .group_by(Brief.id)
        .options(selectinload(Brief.organisation))
    )
    return [Waiting(brief, total, waiting, since) for brief, total, waiting, since in rows]
