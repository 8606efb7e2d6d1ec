"""News about places, requests, sessions, corrections and recognition, in plain words."""

import uuid
from collections.abc import Callable, Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Membership, Person
from app.accounts.rules import Role
from app.kernel import clock
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning import policies
from app.learning.models import (
    Enrolment,
    LiveSession,
    OfferingUpgrade,
    PlaceRequest,
    RecognitionRequest,
    Section,
)
from app.learning.rules import EnrolledVia, RecognitionState, RequestState
from app.notifications import operations as notifications
from app.notifications import rules
from app.notifications.rules import Delivery, Kind, Note

PLACES = rules.register(Kind("learning.places", _l("My places in courses"), Delivery.NOW))
REQUESTS = rules.register(Kind("learning.requests", _l("Requests that wait for me")))
RECOGNITION = rules.register(
    Kind("learning.recognition", _l("Decisions on credit recognition"), Delivery.NOW)
)
SESSIONS = rules.register(
    Kind("learning.sessions", _l("Live sessions of my courses"), Delivery.NOW)
)
VERSIONS = rules.register(Kind("learning.versions", _l("Corrections of my running courses")))

CHUNK = 200
"""How many people are told in one transaction."""


@operation
def tell_of_place(enrolment_id: uuid.UUID) -> None:
    """Tell a student that a place became hers without her doing."""
    enrolment = db.session.get_one(Enrolment, enrolment_id)
    section = enrolment.section

    def note() -> Note:
        names = _names(section)
        begin = _(
            "If you do not want the place any more, withdraw on the course’s page, so that the "
            "next person gets it.",
        )
        if enrolment.via is EnrolledVia.ROSTER:
            words = _(
                "Your school enrolled you in “%(course)s” (%(school)s). On your first page you "
                "read what happens with your data there.",
                **names,
            )
        else:
            words = _("You take “%(course)s” (%(school)s) now.", **names)
        return Note(_("You have a place: %(course)s", **names), f"{words}\n\n{begin}")

    notifications.tell(
        enrolment.person, PLACES, note, f"/learn/{section.code}", key=f"place:{enrolment.id}"
    )


@operation
def tell_of_withdrawal(enrolment_id: uuid.UUID) -> None:
    """Tell a student that somebody else ended her enrolment, and why."""
    enrolment = db.session.get_one(Enrolment, enrolment_id)
    if enrolment.withdrawn_by_id in (None, enrolment.person_id):
        return

    def note() -> Note:
        names = _names(enrolment.section)
        text = _("You no longer take “%(course)s” (%(school)s). Your work is kept.", **names)
        return Note(
            _("Your enrolment has ended: %(course)s", **names),
            _with_reason(text, enrolment.withdrawal_reason),
        )

    notifications.tell(
        enrolment.person,
        PLACES,
        note,
        _course_path(enrolment.section),
        key=f"withdrawn:{enrolment.id}",
    )


@operation
def tell_of_request(request_id: uuid.UUID) -> None:
    """Tell a student that her request was refused, or approved while there is no place."""
    request = db.session.get_one(PlaceRequest, request_id)

    def note() -> Note:
        names = _names(request.section)
        if request.state is RequestState.WAITING:
            text = _(
                "Your request for “%(course)s” (%(school)s) is approved. All places are taken at "
                "the moment: you are on the waitlist and hear of it as soon as one is yours.",
                **names,
            )
        else:
            text = _("Your request for “%(course)s” (%(school)s) was not granted.", **names)
        return Note(_("Your request: %(course)s", **names), _with_reason(text, request.reason))

    notifications.tell(
        request.person,
        PLACES,
        note,
        _course_path(request.section),
        key=f"request:{request.id}:{request.state.value}",
    )


@operation
def tell_of_asking(request_id: uuid.UUID) -> None:
    """Tell a section's instructors that somebody asks for a place."""
    request = db.session.get_one(PlaceRequest, request_id)
    section = request.section

    def note() -> Note:
        names = {**_names(section), "name": rules.plain_line(request.person.name)}
        text = _("%(name)s asks for a place in “%(course)s” (%(school)s).", **names)
        return Note(
            _("Somebody asks for a place: %(course)s", **names), f"{text}\n\n{request.message}"
        )

    for place in section.staff:
        if place.ended_at is None and policies.can_manage_section(place.person, section):
            notifications.tell(
                place.person,
                REQUESTS,
                note,
                f"/teaching/{section.code}/students",
                key=f"asked:{request.id}",
            )


@operation
def tell_of_recognition(request_id: uuid.UUID) -> None:
    """Tell a student what her school decided."""
    request = db.session.get_one(RecognitionRequest, request_id)

    def note() -> Note:
        names = {**_names(request.enrolment.section), "own": str(request.school.name)}
        if request.state is RecognitionState.RECOGNISED:
            text = _(
                "%(own)s recognises “%(course)s” (%(school)s) with %(credits)s credits.",
                credits=request.credits,
                **names,
            )
        else:
            text = _("%(own)s does not recognise “%(course)s” (%(school)s).", **names)
        return Note(
            _("Credit recognition decided: %(course)s", **names),
            _with_reason(text, request.reason),
        )

    notifications.tell(
        request.person,
        RECOGNITION,
        note,
        "/learn/recognition",
        key=f"recognition:{request.id}:{request.state.value}",
    )


@operation
def tell_of_recognition_asked(request_id: uuid.UUID) -> None:
    """Tell the department office of the school that is asked."""
    request = db.session.get_one(RecognitionRequest, request_id)

    def note() -> Note:
        names = {
            **_names(request.enrolment.section),
            "name": rules.plain_line(request.person.name),
        }
        return Note(
            _("Credit to recognise: %(course)s", **names),
            _("%(name)s asks you to recognise “%(course)s” (%(school)s).", **names),
        )

    office = db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == request.school_id,
            Membership.role == Role.DEPARTMENT_OFFICE,
            Membership.ended_at.is_(None),
            Person.id != request.person_id,
        )
    ).all()
    for person in office:
        notifications.tell(
            person,
            REQUESTS,
            note,
            f"/recognition/{request.id}",
            key=f"recognition-asked:{request.id}",
        )


def tell_of_session(session_id: uuid.UUID) -> None:
    """Tell a section's students that a live session was planned, or cancelled. Safe to run again:
    each state is told once."""
    session = db.session.get_one(LiveSession, session_id)
    section, cancelled = session.section, session.cancelled_at is not None
    if session.starts_at < clock.now():
        return

    def note() -> Note:
        when = session.starts_at.astimezone(clock.TAIPEI).strftime("%Y-%m-%d %H:%M")
        names = {**_names(section), "title": rules.plain_line(session.title), "when": when}
        if cancelled:
            return Note(
                _("Cancelled: %(title)s", **names),
                _("“%(title)s” of “%(course)s” on %(when)s does not take place.", **names),
            )
        text = _("“%(title)s” of “%(course)s” is on %(when)s (Taipei).", **names)
        if session.place:
            text += "\n" + _("Where: %(place)s", place=session.place)
        return Note(_("Live session: %(title)s", **names), text)

    state = "cancelled" if cancelled else "planned"
    _tell_many(
        _students([section.id]),
        SESSIONS,
        note,
        f"/learn/{section.code}",
        f"session:{session.id}:{state}",
    )


def tell_of_upgrade(upgrade_id: uuid.UUID) -> None:
    """Tell the students of an offering that it teaches another version of its course."""
    upgrade = db.session.get_one(
        OfferingUpgrade,
        upgrade_id,
        options=[joinedload(OfferingUpgrade.before), joinedload(OfferingUpgrade.after)],
    )
    sections = db.session.scalars(
        select(Section).where(Section.offering_id == upgrade.offering_id)
    ).all()
    for section in sections:

        def note() -> Note:
            names = {
                "course": rules.plain_line(str(upgrade.after.title)),
                "before": upgrade.before.number,
                "after": upgrade.after.number,
            }
            text = _(
                "“%(course)s” was corrected: version %(before)s became version %(after)s. Your "
                "work is kept.",
                **names,
            )
            return Note(
                _("Corrected: %(course)s", **names),
                f"{text}\n\n{upgrade.note}" if upgrade.note else text,
            )

        _tell_many(
            _students([section.id]),
            VERSIONS,
            note,
            f"/learn/{section.code}/changes",
            f"upgrade:{upgrade.id}",
        )


def _students(section_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    return list(
        db.session.scalars(
            select(Enrolment.person_id)
            .where(Enrolment.section_id.in_(section_ids), Enrolment.withdrawn_at.is_(None))
            .order_by(Enrolment.person_id)
        )
    )


def _tell_many(
    people: list[uuid.UUID], kind: Kind, note: Callable[[], Note], path: str, key: str
) -> None:
    for start in range(0, len(people), CHUNK):
        _tell_some(people[start : start + CHUNK], kind, note, path, key)


@operation
def _tell_some(
    people: list[uuid.UUID], kind: Kind, note: Callable[[], Note], path: str, key: str
) -> None:
    for person in db.session.scalars(select(Person).where(Person.id.in_(people))).all():
        notifications.tell(person, kind, note, path, key=key)


def _course_path(section: Section) -> str:
    return f"/courses/{section.offering.course_version.course.slug}"


def _with_reason(text: str, reason: str | None) -> str:
    if not reason:
        return text
    return text + "\n\n" + _("What was written to you:") + "\n" + reason


def _names(section: Section) -> dict[str, object]:
    """What a notice calls things, on one line, in the language that is spoken now."""
    return {
        "course": rules.plain_line(str(section.offering.course_version.title)),
        "school": rules.plain_line(str(section.school.name)),
    }
