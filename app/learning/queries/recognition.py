"""Credit recognition, for the student and for the receiving school."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Organisation, Person
from app.accounts.queries.people import Listed, listed
from app.accounts.rules import OrganisationKind, Role
from app.catalog.models import CourseVersion
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning.models import Enrolment, Offering, RecognitionRequest, Section
from app.learning.rules import LIVE_RECOGNITIONS, RecognitionState

__all__ = [
    "my_recognitions",
    "recognisable",
    "recognition_for_office",
    "recognition_of",
    "recognitions_for",
    "recognitions_waiting",
    "schools_to_recognise",
]

_COURSE = (
    joinedload(Section.offering)
    .joinedload(Offering.course_version)
    .joinedload(CourseVersion.course),
    joinedload(Section.school),
)
_REQUEST = (
    joinedload(RecognitionRequest.person).selectinload(Person.memberships),
    joinedload(RecognitionRequest.school),
    joinedload(RecognitionRequest.decided_by),
    joinedload(RecognitionRequest.enrolment).joinedload(Enrolment.section).options(*_COURSE),
)


def my_recognitions(person: Person) -> Sequence[RecognitionRequest]:
    """What PERSON has asked for, newest first."""
    return db.session.scalars(
        select(RecognitionRequest)
        .where(RecognitionRequest.person_id == person.id)
        .order_by(RecognitionRequest.requested_at.desc())
        .options(*_REQUEST)
    ).all()


def schools_to_recognise(person: Person) -> Sequence[Organisation]:
    """The schools whose student she is."""
    return db.session.scalars(
        select(Organisation)
        .where(
            Organisation.id.in_(person.organisations_as(Role.STUDENT)),
            Organisation.kind == OrganisationKind.SCHOOL,
        )
        .order_by(Organisation.slug)
    ).all()


def recognisable(person: Person) -> Sequence[Enrolment]:
    """Courses that she completed at a school other than one of hers."""
    return db.session.scalars(
        select(Enrolment)
        .join(Section, Section.id == Enrolment.section_id)
        .where(
            Enrolment.person_id == person.id,
            Enrolment.completed_at.is_not(None),
            Enrolment.withdrawn_at.is_(None),
            Section.school_id.not_in(person.organisations_as(Role.STUDENT)),
        )
        .order_by(Enrolment.completed_at.desc())
        .options(joinedload(Enrolment.section).options(*_COURSE))
    ).all()


def recognition_of(person: Person, request_id: uuid.UUID) -> RecognitionRequest:
    """One of her own requests. Raises NotVisible."""
    return _one(RecognitionRequest.person_id == person.id, request_id)


def recognitions_for(
    person: Person, *, state: str = "", page: int | None = 1
) -> Listed[RecognitionRequest]:
    """Requests to the schools whose department office PERSON is, those that wait first."""
    offices = person.organisations_as(Role.DEPARTMENT_OFFICE)
    statement = select(RecognitionRequest).where(RecognitionRequest.school_id.in_(offices))
    if state in set(RecognitionState):
        statement = statement.where(RecognitionRequest.state == RecognitionState(state))
    return listed(
        statement.order_by(
            RecognitionRequest.state.in_(LIVE_RECOGNITIONS).desc(),
            RecognitionRequest.requested_at,
            RecognitionRequest.id,
        ).options(*_REQUEST),
        page,
    )


def recognition_for_office(person: Person, request_id: uuid.UUID) -> RecognitionRequest:
    """A request to a school whose department office PERSON is. Raises NotVisible."""
    offices = person.organisations_as(Role.DEPARTMENT_OFFICE)
    return _one(RecognitionRequest.school_id.in_(offices), request_id)


def recognitions_waiting(person: Person) -> int:
    """How many requests wait for PERSON's office."""
    offices = person.organisations_as(Role.DEPARTMENT_OFFICE)
    return (
        db.session.scalar(
            select(func.count()).where(
                RecognitionRequest.school_id.in_(offices),
                RecognitionRequest.state.in_(LIVE_RECOGNITIONS),
            )
        )
        or 0
    )


def _one(whose: ColumnElement[bool], request_id: uuid.UUID) -> RecognitionRequest:
    found = db.session.scalar(
        select(RecognitionRequest)
        .where(RecognitionRequest.id == request_id, whose)
        .options(*_REQUEST)
    )
    if found is None:
        raise NotVisible(str(request_id))
    return found
