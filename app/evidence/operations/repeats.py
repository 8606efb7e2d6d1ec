"""A lab is done again at a time and place, while somebody watches who it is."""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import Person
from app.evidence.models import SupervisedRepeat
from app.evidence.operations.news import tell_of_cancelling, tell_of_repeat
from app.evidence.operations.syncing import lab_key, sync_submissions
from app.evidence.operations.vouching import OwnWork
from app.grading.models import Submission, SubmissionPerson
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning.models import Section
from app.learning.operations import grant_extension

__all__ = [
    "NothingHandedIn", "RepeatOver", "WrongTime", "attest_repeat", "cancel_repeat", "order_repeat",
]  # fmt: skip

LONGEST = timedelta(hours=24)
FURTHEST = timedelta(days=366)


class WrongTime(Refused):
    message = _l("Choose a beginning and an end after it: within 24 hours, at most a year ahead.")


class NothingHandedIn(Refused):
    message = _l("Nothing was handed in between the beginning and the end of this repeat.")


class RepeatOver(Refused):
    message = _l("This repeat was cancelled or attested already. Nothing was changed.")


@operation
def order_repeat(
    actor: Person,
    section: Section,
    person: Person,
    lab_slug: str,
    *,
    place: str,
    starts_at: datetime,
    ends_at: datetime,
) -> SupervisedRepeat:
    """PERSON does the lab again under supervision; it is open for her until the end, and she is
    told. Raises WrongTime, OwnWork."""
    now = clock.now()
    if not starts_at < ends_at <= starts_at + LONGEST or not now < ends_at <= now + FURTHEST:
        raise WrongTime
    if person.id == actor.id:
        raise OwnWork
    made = SupervisedRepeat(
        section=section,
        person=person,
        lab_slug=lab_slug,
        place=place.replace("\0", "").strip()[:200],
        starts_at=starts_at,
        ends_at=ends_at,
        ordered_by=actor,
    )
    db.session.add(made)
    db.session.flush()
    grant_extension(
        actor, section, person, item_key=lab_key(lab_slug), due_at=ends_at,
        reason=f"{made.place} {starts_at:%Y-%m-%d %H:%M}Z",
    )  # fmt: skip
    audit.record(actor.id, "repeat.ordered", "repeat", made.id, person=str(person.id))
    tell_of_repeat(made)
    return made


@operation
def attest_repeat(actor: Person, repeat: SupervisedRepeat, note: str = "") -> Submission:
    """ACTOR watched the person do it: what she handed in last within the time is vouched for, as
    soon as its result is released. Raises NothingHandedIn, RepeatOver, OwnWork."""
    found = _locked(repeat)
    if found.person_id == actor.id:
        raise OwnWork
    work = db.session.scalar(
        select(Submission)
        .join(SubmissionPerson, SubmissionPerson.submission_id == Submission.id)
        .where(
            SubmissionPerson.person_id == found.person_id,
            SubmissionPerson.section_id == found.section_id,
            SubmissionPerson.lab_slug == found.lab_slug,
            Submission.submitted_at.between(found.starts_at, found.ends_at),
        )
        .order_by(Submission.submitted_at.desc())
        .limit(1)
    )
    if work is None:
        raise NothingHandedIn
    found.submission_id, found.note = work.id, note.replace("\0", "").strip()[:500]
    found.attested_at, found.attested_by_id = clock.now(), actor.id
    db.session.flush()
    audit.record(actor.id, "repeat.attested", "repeat", found.id, submission=str(work.id))
    sync_submissions([work.id])
    return work


@operation
def cancel_repeat(actor: Person, repeat: SupervisedRepeat) -> None:
    """It does not take place. Raises RepeatOver."""
    found = _locked(repeat)
    found.cancelled_at, found.cancelled_by_id = clock.now(), actor.id
    db.session.flush()
    audit.record(actor.id, "repeat.cancelled", "repeat", found.id)
    tell_of_cancelling(found)


def _locked(repeat: SupervisedRepeat) -> SupervisedRepeat:
    found = db.session.scalars(
        select(SupervisedRepeat)
        .where(SupervisedRepeat.id == repeat.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if found.attested_at is not None or found.cancelled_at is not None:
        raise RepeatOver
    return found
