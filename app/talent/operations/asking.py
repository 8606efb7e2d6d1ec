"""A company asks whether a student wants to hear from it; she answers."""

import uuid

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Person
from app.accounts.operations.throttling import Limit, take
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.notifications import operations as notifications
from app.notifications.rules import Delivery, Kind, Note, register
from app.privacy import operations as privacy
from app.privacy.queries import has_consented
from app.talent import queries
from app.talent.models import ContactRequest
from app.talent.policies import may_search
from app.talent.rules import TALENT_CONTACT, ContactState
from app.talent.rules.profile import ANSWER_WITHIN

__all__ = ["AskedAlready", "ConsentMissing", "accept", "ask", "decline", "end_unanswered"]

A_DAY = Limit("talent-ask", count=40, seconds=24 * 3600)
QUESTIONS = register(Kind("talent.questions", _l("Companies that ask you"), Delivery.NOW))
ANSWERS = register(
    Kind("talent.answers", _l("Answers of students whom you asked"), Delivery.DIGEST)
)


class AskedAlready(Refused):
    message = _l("Your company has asked this student already.")


class ConsentMissing(Refused):
    message = _l("To say yes, consent to your name and mail address being told to this company.")


class Over(Refused):
    message = _l("This question is answered, or over.")


def ask(person: Person, organisation_id: uuid.UUID, code: str, words: str) -> ContactRequest:
    """PERSON asks in the name of her company. Raises TooManyTries, AskedAlready, NotVisible."""
    if not may_search(person, organisation_id):
        raise NotVisible(code)
    take((A_DAY, str(organisation_id)))
    return _ask(person, organisation_id, code, words)


@operation
def _ask(person: Person, organisation_id: uuid.UUID, code: str, words: str) -> ContactRequest:
    found = queries.card(organisation_id, code)
    student = found.profile.person
    end_unanswered()
    request = ContactRequest(
        organisation_id=organisation_id, person_id=student.id, by_id=person.id, words=words
    )
    try:
        with db.session.begin_nested():
            db.session.add(request)
            db.session.flush()
    except IntegrityError as error:
        raise AskedAlready from error
    company = request.organisation.name

    def note() -> Note:
        return Note(_("%(company)s asks to contact you", company=str(company)), words)

    notifications.tell(student, QUESTIONS, note, "/me/talent/contacts", key=f"ask:{request.id}")
    audit.record(person.id, "talent.asked", "talent_contact", request.id)
    return request


@operation
def accept(
    person: Person, request: ContactRequest, *, consents_now: bool = False, answer: str = ""
) -> None:
    """PERSON lets the company know who she is. Raises Over, ConsentMissing."""
    _lock(request)
    if not has_consented(person.id, TALENT_CONTACT.name, request.organisation_id):
        if not consents_now:
            raise ConsentMissing
        privacy.consent(person, TALENT_CONTACT.name, request.organisation_id)
    request.accepted_at, request.answer = clock.now(), answer
    _tell(request)


@operation
def decline(person: Person, request: ContactRequest, *, answer: str = "") -> None:
    """Raises Over."""
    _lock(request)
    request.declined_at, request.answer = clock.now(), answer
    _tell(request)
    audit.record(person.id, "talent.declined", "talent_contact", request.id)


def end_unanswered() -> None:
    """Questions that waited too long are over, so that the company may ask again."""
    for row in db.session.scalars(
        select(ContactRequest).where(
            ContactRequest.accepted_at.is_(None),
            ContactRequest.declined_at.is_(None),
            ContactRequest.ended_at.is_(None),
            ContactRequest.made_at <= clock.now() - ANSWER_WITHIN,
        )
    ):
        row.ended_at = clock.now()
    db.session.flush()


def _tell(request: ContactRequest) -> None:
    db.session.flush()
    company = request.organisation
    notifications.tell(
        request.by,
        ANSWERS,
        lambda: Note(_("A student whom you asked has answered")),
        f"/company/{company.slug}/talent/contacts",
        key=f"answer:{request.id}",
    )


def _lock(request: ContactRequest) -> None:
    db.session.execute(
        select(ContactRequest.id).where(ContactRequest.id == request.id).with_for_update()
    )
    db.session.refresh(request)
    if request.state is not ContactState.WAITING:
        raise Over
