"""Asking for something about one's own data, taking it back, and answering it."""

import uuid
from datetime import datetime

from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.rules import hash_token, new_token, normalise_email
from app.kernel import audit, clock, mail
from app.kernel.config import Config
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.i18n import speaking
from app.kernel.jobs import defer
from app.kernel.personal import REFUSALS
from app.kernel.transaction import operation
from app.privacy import policies
from app.privacy.models import DataRequest
from app.privacy.rules import COOLING_OFF, RequestKind, due_after

__all__ = [
    "AskedAlready",
    "NotErasable",
    "TooLate",
    "WordsNeeded",
    "answer",
    "ask_for_export",
    "ask_in_words",
    "ask_to_be_erased",
    "record_for",
    "take_back",
]


class AskedAlready(Refused):
    message = _l("You have asked for this already; it is being done.")


class NotErasable(Refused):
    """Carries the sentence of the room that cannot do without her now."""

    def __init__(self, why: str) -> None:
        super().__init__(why)


class TooLate(Refused):
    message = _l("This has begun or was answered already.")


class WordsNeeded(Refused):
    message = _l("Please say in a sentence what it is about.")


@operation
def ask_for_export(person: Person, *, recorded_by: Person | None = None) -> DataRequest:
    """Put everything that is kept of PERSON into a file, as a job. Raises AskedAlready."""
    made = _ask(person.id, RequestKind.EXPORT, recorded_by=recorded_by)
    defer("privacy.tasks.export", request_id=str(made.id))
    return made


@operation
def ask_to_be_erased(
    config: Config, person: Person, *, recorded_by: Person | None = None
) -> tuple[DataRequest, str]:
    """Erase PERSON after the days of cooling off; the request and the link to its receipt.

    She is mailed both. Raises AskedAlready, or NotErasable while others depend on her.
    """
    for why_not in REFUSALS.values():
        if why := why_not(person.id):
            raise NotErasable(why)
    begins_at = clock.now() + COOLING_OFF
    made = _ask(person.id, RequestKind.ERASE, begins_at=begins_at, recorded_by=recorded_by)
    link = _receipt_link(config, made)
    defer("privacy.tasks.erase", request_id=str(made.id), at=begins_at)
    with speaking(person.locale):
        mail.send(
            to=person.email,
            subject=_("Your data at Banyan will be erased"),
            text=_(
                "You asked to have your data erased. It begins at %(instant)s (Taipei).\n\n"
                "Until then you can take it back: %(site)s/me/data\n"
                "Afterwards you find the receipt here, without an account: %(link)s\n\n"
                "If it was not you, take it back at once and change your password.",
                instant=_in_taipei(begins_at),
                site=config.site_url,
                link=link,
            ),
        )
    return made, link


@operation
def ask_in_words(person: Person, kind: RequestKind, words: str) -> DataRequest:
    """Ask the office to correct something or to stop a use. Raises WordsNeeded."""
    if not words.strip():
        raise WordsNeeded
    return _ask(person.id, kind, words=words.strip())


@operation
def record_for(
    config: Config, officer: Person, *, email: str, kind: RequestKind, words: str
) -> tuple[DataRequest, str]:
    """Write down what somebody asked for on paper, by mail or by telephone.

    She may be suspended or have no account at all; OFFICER has made sure of who she is. The answer
    is the request, and for an erasing the link to its receipt. Raises AskedAlready, NotErasable
    or WordsNeeded.
    """
    email = normalise_email(email)
    person = db.session.scalar(select(Person).where(Person.email == email))
    if kind is RequestKind.ERASE:
        if person is not None:
            return ask_to_be_erased(config, person, recorded_by=officer)
        made = _ask(
            None, kind, contact=email, recorded_by=officer, begins_at=clock.now() + COOLING_OFF
        )
        defer("privacy.tasks.erase", request_id=str(made.id), at=made.begins_at)
        return made, _receipt_link(config, made)
    if kind is RequestKind.EXPORT and person is not None:
        return ask_for_export(person, recorded_by=officer), ""
    if not words.strip():
        raise WordsNeeded
    made = _ask(
        person.id if person else None,
        kind,
        words=words.strip(),
        contact="" if person else email,
        recorded_by=officer,
    )
    return made, ""


@operation
def take_back(person: Person, request: DataRequest) -> None:
    """Let nothing happen: PERSON's own request, or one that the office wrote down, by the office.

    Raises TooLate; NotVisible when it is neither.
    """
    locked = _locked(request.id)
    of_the_office = locked.recorded_by_id is not None and policies.answers_requests(person)
    if locked.person_id != person.id and not of_the_office:
        raise NotVisible
    if not locked.is_open or locked.begun_at is not None:
        raise TooLate
    locked.cancelled_at = clock.now()
    audit.record(person.id, "took back", "data_request", locked.id)


@operation
def answer(officer: Person, request: DataRequest, words: str) -> None:
    """OFFICER, who answers requests, says what was done. Raises WordsNeeded or TooLate."""
    locked = _locked(request.id)
    if not locked.is_open:
        raise TooLate
    if not words.strip():
        raise WordsNeeded
    locked.answer = words.strip()
    locked.answered_at = locked.done_at = clock.now()
    locked.answered_by_id = officer.id
    audit.record(officer.id, "answered", "data_request", locked.id)


def _ask(
    person_id: uuid.UUID | None,
    kind: RequestKind,
    *,
    words: str = "",
    contact: str = "",
    recorded_by: Person | None = None,
    begins_at: datetime | None = None,
) -> DataRequest:
    if person_id is not None:
        # Locked, so that two browsers do not ask for the same thing at the same moment.
        db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    if kind in (RequestKind.EXPORT, RequestKind.ERASE) and _is_open(person_id, kind, contact):
        raise AskedAlready
    now = clock.now()
    made = DataRequest(
        person_id=person_id,
        kind=kind,
        words=words[:4000],
        contact=contact,
        recorded_by_id=recorded_by.id if recorded_by else None,
        asked_at=now,
        due_at=now + due_after(kind),
        begins_at=begins_at,
    )
    db.session.add(made)
    db.session.flush()
    actor = recorded_by.id if recorded_by else person_id
    audit.record(actor, "asked", "data_request", made.id, what=kind.value)
    return made


def _is_open(person_id: uuid.UUID | None, kind: RequestKind, contact: str) -> bool:
    found = db.session.scalar(
        select(DataRequest.id).where(
            DataRequest.person_id.is_not_distinct_from(person_id),
            DataRequest.kind == kind,
            DataRequest.contact == contact,
            DataRequest.done_at.is_(None),
            DataRequest.cancelled_at.is_(None),
        )
    )
    return found is not None


def _locked(request_id: uuid.UUID) -> DataRequest:
    return db.session.get_one(DataRequest, request_id, with_for_update=True, populate_existing=True)


def _receipt_link(config: Config, request: DataRequest) -> str:
    token = new_token()
    request.token_digest = hash_token(token)
    db.session.flush()
    return f"{config.site_url}/privacy/receipts/{token}"


def _in_taipei(instant: datetime) -> str:
    return instant.astimezone(clock.TAIPEI).strftime("%Y-%m-%d %H:%M")
