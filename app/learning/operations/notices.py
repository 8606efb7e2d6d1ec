"""Mails about places, requests and recognition."""

import uuid

from app.accounts.models import Person
from app.kernel import mail
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import speaking
from app.kernel.transaction import operation
from app.learning.models import Enrolment, PlaceRequest, RecognitionRequest, Section
from app.learning.rules import RecognitionState, RequestState


@operation
def tell_of_place(site_url: str, enrolment_id: uuid.UUID) -> None:
    """Tell a student that a place became hers."""
    enrolment = db.session.get_one(Enrolment, enrolment_id)
    if not _hears(enrolment.person):
        return
    with speaking(enrolment.person.locale):
        names = _names(enrolment.section)
        mail.send(
            to=enrolment.person.email,
            subject=_("You have a place: %(course)s", **names),
            text=_(
                "You take “%(course)s” (%(school)s) now. Begin here:\n%(url)s\n\n"
                "If you do not want the place any more, withdraw on the course’s page, so that "
                "the next person gets it.",
                url=f"{site_url}/learn/{enrolment.section.code}",
                **names,
            ),
        )


@operation
def tell_of_request(site_url: str, request_id: uuid.UUID) -> None:
    """Tell a student that her request was refused, or approved while there is no place."""
    request = db.session.get_one(PlaceRequest, request_id)
    if not _hears(request.person):
        return
    with speaking(request.person.locale):
        names = _names(request.section)
        slug = request.section.offering.course_version.course.slug
        if request.state is RequestState.WAITING:
            text = _(
                "Your request for “%(course)s” (%(school)s) is approved. All places are taken at "
                "the moment: you are on the waitlist and get a mail as soon as one is yours.",
                **names,
            )
        else:
            text = _("Your request for “%(course)s” (%(school)s) was not granted.", **names)
            if request.reason:
                text += "\n\n" + _("What was written to you:") + "\n" + request.reason
        mail.send(
            to=request.person.email,
            subject=_("Your request: %(course)s", **names),
            text=text + "\n\n" + _("See it here:") + f"\n{site_url}/courses/{slug}",
        )


@operation
def tell_of_recognition(site_url: str, request_id: uuid.UUID) -> None:
    """Tell a student what her school decided."""
    request = db.session.get_one(RecognitionRequest, request_id)
    if not _hears(request.person):
        return
    with speaking(request.person.locale):
        names = {**_names(request.enrolment.section), "own": str(request.school.name)}
        if request.state is RecognitionState.RECOGNISED:
            text = _(
                "%(own)s recognises “%(course)s” (%(school)s) with %(credits)s credits.",
                credits=request.credits,
                **names,
            )
        else:
            text = _("%(own)s does not recognise “%(course)s” (%(school)s).", **names)
        if request.reason:
            text += "\n\n" + _("What was written to you:") + "\n" + request.reason
        mail.send(
            to=request.person.email,
            subject=_("Credit recognition decided: %(course)s", **names),
            text=text + "\n\n" + _("See it here:") + f"\n{site_url}/learn/recognition",
        )


def _names(section: Section) -> dict[str, str]:
    """What a notice calls things, on one line, in the language that is spoken now."""
    return {
        "course": " ".join(str(section.offering.course_version.title).split()),
        "school": " ".join(str(section.school.name).split()),
    }


def _hears(person: Person) -> bool:
    return person.suspended_at is None
