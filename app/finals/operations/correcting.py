"""Another grade in the place of a settled one: proposed, decided by somebody else, on record."""

from decimal import Decimal

from sqlalchemy import select

from app.accounts.models import Person
from app.finals import policies, queries
from app.finals.events import FinalChanged
from app.finals.models import FinalCorrection, FinalGrade
from app.finals.queries import Standing
from app.finals.rules import Grade, State, Way, chained, grade_of_percent
from app.gradebook.rules import parse
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation

__all__ = [
    "AlreadyProposed", "NotNow", "NothingCorrected", "ReasonNeeded", "TimeIsOver", "WordsNeeded",
    "complete", "decide", "propose", "withdraw",
]  # fmt: skip


class ReasonNeeded(Refused):
    message = _l("Say why: the student reads it, and whoever decides.")


class NothingCorrected(Refused):
    message = _l("This is her final grade already.")


class AlreadyProposed(Refused):
    message = _l("Another correction of this grade waits for a decision. Only one can at a time.")


class TimeIsOver(Refused):
    message = _l("The time to complete this grade is over. Propose a correction instead.")


class WordsNeeded(Refused):
    message = _l("Say why it is refused: the instructor reads it.")


class NotNow(Refused):
    message = _l("This correction has been decided or withdrawn by now. Look at it again.")


@operation
def propose(
    actor: Person, final: FinalGrade, *, percent: Decimal, reason: str, attachment: str = ""
) -> FinalCorrection:
    """ACTOR, who teaches the section, proposes PERCENT in the place of what FINAL says.

    Raises NotVisible, ReasonNeeded, AlreadyProposed, NothingCorrected.
    """
    standing, after = _looked_at(actor, final, percent, reason)
    made = _made(actor, standing, Way.CORRECTION, after, reason)
    made.attachment = attachment.strip()[:8000]
    db.session.add(made)
    db.session.flush()
    audit.record(actor.id, "final.correction_proposed", "final_correction", made.id)
    _tell(made)
    return made


@operation
def complete(actor: Person, final: FinalGrade, *, percent: Decimal, reason: str) -> FinalCorrection:
    """ACTOR completes an incomplete grade within its time, without anybody's approval.

    Raises NotVisible, ReasonNeeded, AlreadyProposed, TimeIsOver.
    """
    standing, after = _looked_at(actor, final, percent, reason)
    if standing.incomplete_until is None or standing.is_overdue:
        raise TimeIsOver
    made = _made(actor, standing, Way.COMPLETION, after, reason)
    made.state = State.APPROVED
    made.decided_at, made.decided_by_id = clock.now(), actor.id
    made.digest = chained(standing.digest, after, made.reason)
    db.session.add(made)
    db.session.flush()
    audit.record(actor.id, "final.completed", "final_correction", made.id, digest=made.digest)
    publish(FinalChanged(made.id))
    _tell(made)
    return made


def _looked_at(
    actor: Person, final: FinalGrade, percent: Decimal, reason: str
) -> tuple[Standing, Grade]:
    """What FINAL stands at, locked, and what PERCENT would make of it."""
    if not policies.can_settle(actor, final.section) or final.person_id == actor.id:
        raise NotVisible(str(final.id))
    if not reason.strip():
        raise ReasonNeeded
    locked = _locked(final)
    standing = queries.standing_of(locked)
    if standing.open is not None:
        raise AlreadyProposed
    after = grade_of_percent(percent, parse(locked.settlement.scheme).scale)
    if standing.grade.is_same(after):
        raise NothingCorrected
    return standing, after


def _locked(final: FinalGrade) -> FinalGrade:
    """Wait until nobody else changes what stands in the place of FINAL."""
    return db.session.scalars(
        select(FinalGrade)
        .where(FinalGrade.id == final.id)
        .with_for_update(of=FinalGrade)
        .execution_options(populate_existing=True)
    ).one()


def _made(
    actor: Person, standing: Standing, way: Way, after: Grade, reason: str
) -> FinalCorrection:
    final = standing.final
    return FinalCorrection(
        final_id=final.id,
        section_id=final.section_id,
        number=len(standing.corrections) + 1,
        way=way,
        state=State.PROPOSED,
        before=standing.grade.as_json(),
        after=after.as_json(),
        reason=reason.strip()[:1000],
        proposed_at=clock.now(),
        proposed_by_id=actor.id,
    )


@operation
def decide(actor: Person, correction: FinalCorrection, *, approve: bool, words: str = "") -> None:
    """Approve or refuse, for good. Raises NotVisible, NotNow, WordsNeeded."""
    if not policies.can_decide(actor, correction):
        raise NotVisible(str(correction.id))
    if not approve and not words.strip():
        raise WordsNeeded
    final = _locked(correction.final)
    found = _open(correction)
    # One statement changes it: afterwards the database lets nobody.
    before = queries.standing_of(final).digest
    with db.session.no_autoflush:
        found.state = State.APPROVED if approve else State.REFUSED
        found.decided_at, found.decided_by_id = clock.now(), actor.id
        found.words = words.strip()[:1000]
        found.digest = chained(before, found.will, found.reason) if approve else ""
    db.session.flush()
    audit.record(actor.id, f"final.correction_{found.state.value}", "final_correction", found.id)
    if approve:
        publish(FinalChanged(found.id))
    _tell(found)


@operation
def withdraw(actor: Person, correction: FinalCorrection) -> None:
    """Who proposed it takes it back. Raises NotVisible, NotNow."""
    if correction.proposed_by_id != actor.id:
        raise NotVisible(str(correction.id))
    found = _open(correction)
    found.state = State.WITHDRAWN
    db.session.flush()
    audit.record(actor.id, "final.correction_withdrawn", "final_correction", found.id)


def _open(correction: FinalCorrection) -> FinalCorrection:
    found = db.session.scalars(
        select(FinalCorrection)
        .where(FinalCorrection.id == correction.id)
        .with_for_update(of=FinalCorrection)
        .execution_options(populate_existing=True)
    ).one()
    if found.state is not State.PROPOSED:
        raise NotNow
    return found


def _tell(correction: FinalCorrection) -> None:
    defer(
        "finals.tasks.tell_of_correction",
        correction_id=str(correction.id),
        state=correction.state.value,
    )
