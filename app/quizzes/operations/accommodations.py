"""Accommodations: more time, more attempts or a later close for one student."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning.models import Section
from app.quizzes.events import AccommodationGiven
from app.quizzes.models import Accommodation, QuizAttempt
from app.quizzes.operations.attempts import ReasonMissing
from app.quizzes.operations.finishing import refresh_deadline


class NothingGiven(Refused):
    message = _l("Say what is given: more time, more attempts or a later close.")


@dataclass(frozen=True)
class Terms:
    """What is given, for the quiz SLUG or (None) for every quiz of the section."""

    slug: str | None = None
    extra_percent: int = 0
    extra_minutes: int = 0
    extra_attempts: int = 0
    closes_at: datetime | None = None
    reason: str = ""


@operation
def give_accommodation(
    actor: Person, section: Section, person: Person, terms: Terms
) -> Accommodation:
    """Give PERSON what TERMS say; an attempt under way gets the time at once.

    Raises ReasonMissing, NothingGiven.
    """
    if not terms.reason.strip():
        raise ReasonMissing
    if not (terms.extra_percent or terms.extra_minutes or terms.extra_attempts or terms.closes_at):
        raise NothingGiven
    given = Accommodation(
        section_id=section.id,
        person_id=person.id,
        slug=terms.slug,
        extra_percent=terms.extra_percent,
        extra_minutes=terms.extra_minutes,
        extra_attempts=terms.extra_attempts,
        closes_at=terms.closes_at,
        reason=terms.reason.strip()[:500],
        granted_by_id=actor.id,
    )
    db.session.add(given)
    db.session.flush()
    _refresh(section, given)
    audit.record(actor.id, "quiz_accommodation.given", "quiz_accommodation", given.id)
    publish(AccommodationGiven(given.id))
    return given


@operation
def end_accommodation(actor: Person, given: Accommodation) -> None:
    """It counts no longer; what it was stays on record. Doing it twice changes nothing."""
    if given.ended_at is not None:
        return
    given.ended_at, given.ended_by_id = clock.now(), actor.id
    db.session.flush()
    section = db.session.get_one(Section, given.section_id)
    _refresh(section, given)
    audit.record(actor.id, "quiz_accommodation.ended", "quiz_accommodation", given.id)


def _refresh(section: Section, given: Accommodation) -> None:
    statement = select(QuizAttempt).where(
        QuizAttempt.section_id == section.id,
        QuizAttempt.person_id == given.person_id,
        QuizAttempt.submitted_at.is_(None),
    )
    for attempt in db.session.scalars(statement).all():
        refresh_deadline(attempt)
