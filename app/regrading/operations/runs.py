"""A regrade from the question what would change to everything that changed."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select, update

from app.accounts.models import Person
from app.gradebook import operations as gradebook
from app.gradebook import queries as books
from app.kernel import audit, clock, live
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.labs.models import LabVersion
from app.regrading import queries
from app.regrading.models import Regrade, RegradeWork
from app.regrading.queries import LabToRegrade
from app.regrading.rules import AT_WORK, RunState, Which, WorkState

__all__ = [
    "JOB_PRIORITY", "AlreadyAtWork", "NotNow", "NothingToRegrade", "Plan", "ReasonNeeded", "apply",
    "cancel", "held", "take_up", "try_out",
]  # fmt: skip

JOB_PRIORITY = -20
"""Below that of gradings that somebody waits for."""


class AlreadyAtWork(Refused):
    message = _l("This lab is being graded again already: wait until that is done, or cancel it.")


class NothingToRegrade(Refused):
    message = _l("No submission is of this kind: there is nothing to grade again.")


class ReasonNeeded(Refused):
    message = _l("Say why it is graded again: the students read it.")


class NotNow(Refused):
    message = _l("Meanwhile this regrade has gone on or was cancelled. Look at it again.")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be graded again, by what, and what shall count. As the columns of Regrade."""

    version: LabVersion
    reason: str
    which: Which = Which.COUNTING
    failed_cell: str | None = None
    cells: tuple[str, ...] | None = None
    never_lower: bool = False


@operation
def try_out(person: Person, lab: LabToRegrade, plan: Plan) -> Regrade:
    """Begin to look at what PLAN would change; nothing that counts is touched.

    Raises AlreadyAtWork, NothingToRegrade, ReasonNeeded. That PERSON may regrade is for the
    caller to know: LAB was loaded through her.
    """
    reason = " ".join(plan.reason.split())[:400]
    if not reason:
        raise ReasonNeeded
    if plan.version.id not in {version.id for version in lab.versions}:
        raise ValueError(f"{plan.version.id} is no version of this lab")
    section = lab.section
    _alone(section.id, lab.item.slug)
    gradebook.bring_up_to_date(books.book_of(section))
    last = db.session.scalar(
        select(func.max(Regrade.number)).where(Regrade.section_id == section.id)
    )
    regrade = Regrade(
        section_id=section.id,
        number=(last or 0) + 1,
        lab_slug=lab.item.slug,
        lab_version_id=plan.version.id,
        which=plan.which,
        failed_cell=plan.failed_cell,
        cells=None if plan.cells is None else list(plan.cells),
        never_lower=plan.never_lower,
        reason=reason,
        made_by_id=person.id,
    )
    db.session.add(regrade)
    db.session.flush()
    if not take_up(regrade):
        raise NothingToRegrade
    audit.record(
        person.id, "regrade.tried", "section", section.id, regrade=regrade.number, why=reason
    )
    return regrade


def _alone(section_id: uuid.UUID, slug: str) -> None:
    """One regrade of a section's lab begins at a time. Raises AlreadyAtWork."""
    # Numbers are the section's, so the section's regrades begin one after the other.
    name = f"regrades:{section_id}"
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    at_work = select(Regrade.id).where(
        Regrade.section_id == section_id, Regrade.lab_slug == slug, Regrade.state.in_(AT_WORK)
    )
    if db.session.scalar(at_work) is not None:
        raise AlreadyAtWork


@operation
def take_up(regrade: Regrade) -> int:
    """Add submissions that REGRADE is about and does not know yet, with a job each; how many."""
    found = queries.candidates(regrade)
    works = [RegradeWork(regrade_id=regrade.id, submission_id=one) for one in found]
    db.session.add_all(works)
    db.session.flush()
    _send("grade_again", [work.id for work in works])
    live.announce(regrade.topic)
    return len(works)


def _send(task: str, works: Collection[uuid.UUID]) -> None:
    for work_id in works:
        defer(f"regrading.tasks.{task}", priority=JOB_PRIORITY, work_id=str(work_id))


@operation
def apply(person: Person, regrade: Regrade) -> None:
    """Let what was tried count, in the background. Raises NotNow, AlreadyAtWork.

    Submissions that came since are taken up; what could not be graded is tried once more.
    """
    _alone(regrade.section_id, regrade.lab_slug)
    found = held(regrade.id)
    if found.state is not RunState.TRIED:
        raise NotNow
    found.state = RunState.APPLYING
    found.applied_by_id, found.apply_at = person.id, clock.now()
    gradebook.bring_up_to_date(books.book_of(found.section))
    again = db.session.scalars(
        update(RegradeWork)
        .where(RegradeWork.regrade_id == found.id, RegradeWork.state == WorkState.FAILED)
        .values(state=WorkState.WAITING, reason=None, claim_count=0)
        .returning(RegradeWork.id)
    ).all()
    ready = db.session.scalars(
        select(RegradeWork.id)
        .where(RegradeWork.regrade_id == found.id, RegradeWork.state == WorkState.TRIED)
        .order_by(RegradeWork.id)
    ).all()
    _send("grade_again", again)
    _send("take_over", ready)
    take_up(found)
    audit.record(person.id, "regrade.applied", "section", found.section_id, regrade=found.number)


@operation
def cancel(person: Person, regrade: Regrade) -> None:
    """Stop a regrade; what counts already goes on counting. Raises NotNow."""
    found = held(regrade.id)
    if found.state in (RunState.APPLIED, RunState.CANCELLED):
        raise NotNow
    was_applying = found.state is RunState.APPLYING
    found.state = RunState.CANCELLED
    found.cancelled_by_id, found.cancelled_at = person.id, clock.now()
    if was_applying:
        defer("regrading.tasks.tell", regrade_id=str(found.id))
    audit.record(person.id, "regrade.cancelled", "section", found.section_id, regrade=found.number)
    live.announce(found.topic)


def held(regrade_id: uuid.UUID) -> Regrade:
    """A regrade as it is now, locked. Locked before its works and before any attempt."""
    return db.session.scalars(
        select(Regrade)
        .where(Regrade.id == regrade_id)
        .with_for_update(of=Regrade)
        .execution_options(populate_existing=True)
    ).one()
