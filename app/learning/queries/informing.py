"""Who takes a course because a school put her on its roster, and has not been shown the notice."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select

from app.accounts.models import Organisation, Person
from app.kernel.database import db
from app.learning.models import Enrolment, Section
from app.learning.rules import EnrolledVia
from app.privacy.models import ConsentEntry
from app.privacy.queries import current_notice
from app.privacy.rules import ENROLMENT

__all__ = ["has_notices_to_read", "schools_to_tell"]


def _schools(person_id: Any) -> Select[Any]:
    """The schools that enrolled PERSON_ID themselves and whose notice of today she has not seen."""
    version: Any = bindparam(None, callable_=lambda: current_notice(ENROLMENT.name).version)
    told = (
        select(ConsentEntry.id)
        .where(
            ConsentEntry.person_id == Enrolment.person_id,
            ConsentEntry.purpose == ENROLMENT.name,
            ConsentEntry.organisation_id == Section.school_id,
            ConsentEntry.notice_version >= version,
        )
        .exists()
    )
    return (
        select(Section.school_id)
        .join(Enrolment, Enrolment.section_id == Section.id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.via == EnrolledVia.ROSTER,
            Enrolment.withdrawn_at.is_(None),
            ~told,
        )
    )


def has_notices_to_read() -> ColumnElement[bool]:
    """Whether there is such a school for ``person_id``."""
    return _schools(bindparam("person_id")).exists()


def schools_to_tell(person: Person) -> Sequence[Organisation]:
    """These schools, in a lasting order; one statement."""
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.id.in_(_schools(person.id)))
        .order_by(Organisation.slug)
    ).all()
