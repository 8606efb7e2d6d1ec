"""Interviews: companies offer time for a brief, applicants who are invited book it."""

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Person
from app.applications import policies
from app.applications.models import Application, ApplicationPerson
from app.applications.rules import TO_COMPANY, State
from app.bookings import purposes
from app.bookings.purposes import Meeting
from app.briefs.models import Brief
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.privacy import queries as privacy

__all__ = ["INTERVIEW", "Interviews", "party_key", "subject_key"]

INTERVIEW = "interview"


def subject_key(brief_id: uuid.UUID) -> str:
    """What slots for the interviews of a brief are about."""
    return f"brief:{brief_id}"


def party_key(application_id: uuid.UUID) -> str:
    return f"application:{application_id}"


class Interviews:
    """What ``bookings`` asks about interviews."""

    name = INTERVIEW
    title: LazyText = _l("Interview")

    def meeting(self, person: Person, subject_key: str) -> Meeting:
        """The company offers; who is invited books for everybody in the application."""
        brief = db.session.scalar(
            select(Brief)
            .where(Brief.id == _id(subject_key, "brief"))
            .options(joinedload(Brief.organisation))
        )
        if brief is None:
            raise NotVisible(subject_key)
        title = str(brief.title)
        if policies.can_read_applicants(person, brief):
            return Meeting(
                title,
                f"/company/{brief.organisation.slug}/briefs/{brief.id}/applicants",
                may_offer=True,
                organisation_id=brief.organisation_id,
            )
        hers = db.session.scalar(
            select(Application)
            .join(ApplicationPerson, ApplicationPerson.application_id == Application.id)
            .where(
                Application.brief_id == brief.id,
                Application.state == State.INTERVIEW,
                ApplicationPerson.person_id == person.id,
                ApplicationPerson.ended_at.is_(None),
            )
            .options(selectinload(Application.people))
        )
        if hers is None or brief.organisation.verified_at is None:
            raise NotVisible(subject_key)
        return Meeting(
            title,
            f"/me/applications/{hers.id}",
            guests=tuple(row.person_id for row in hers.people if row.ended_at is None),
            party_key=party_key(hers.id),
        )

    def known(self, organisation_id: uuid.UUID | None, party_keys: Collection[str]) -> set[str]:
        """Applications of which everybody consents to the company now and that it may name."""
        if organisation_id is None:
            return set()
        ids = {wanted for key in party_keys if (wanted := _id(key, "application")) is not None}
        rows = db.session.scalars(
            select(Application)
            .join(Application.brief)
            .where(Application.id.in_(ids), Brief.organisation_id == organisation_id)
            .options(selectinload(Application.people))
        ).all()
        consenting = privacy.consented_people(TO_COMPANY.name, organisation_id)
        return {
            party_key(row.id)
            for row in rows
            if not row.is_hidden and {one.person_id for one in row.people} <= consenting
        }


def _id(key: str, kind: str) -> uuid.UUID | None:
    name, _colon, rest = key.partition(":")
    try:
        return uuid.UUID(rest) if name == kind else None
    except ValueError:
        return None


purposes.register(Interviews())
