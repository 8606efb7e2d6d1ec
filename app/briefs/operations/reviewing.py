"""Handing in, and the two reviews: an instructor's and an officer's, from two people."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Person
from app.briefs import policies
from app.briefs.events import BriefPublished
from app.briefs.models import Brief, BriefStep
from app.briefs.operations import finding, notices
from app.briefs.operations.moving import NotNow, locked, side_for, step
from app.briefs.operations.publishing import Unfinished, make_version, problems_of
from app.briefs.rules import REVIEWS, Act, Side
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation


class CompanyNotApproved(Refused):
    message = _l(
        "The company is not approved yet. You can write; handing in opens with its approval."
    )


class ReadAgain(Refused):
    message = _l("The brief was handed in anew since you opened it: please read it again.")


class AlreadyReviewed(Refused):
    message = _l("This side of the review is done already, or you did the other side yourself.")


class ReasonNeeded(Refused):
    message = _l("Please say what has to change.")


@operation
def submit(person: Person, brief: Brief, *, revision: int) -> None:
    """Hand the draft in; from now on nobody changes it until it is published or comes back.

    Raises CompanyNotApproved, Unfinished, ReadAgain, NotNow, NotVisible.
    """
    found = locked(brief)
    side_for(person, found, Act.SUBMITTED, Side.COMPANY)
    if not policies.is_shown(found):
        raise CompanyNotApproved
    if found.draft_revision != revision:
        raise ReadAgain
    if problems := problems_of(found.draft or {}, found.kind):
        raise Unfinished(problems)
    found.submission += 1
    found.submitted_at = clock.now()
    step(found, person, Side.COMPANY, Act.SUBMITTED)
    notices.tell_reviewers(found, person)


@operation
def take_back(person: Person, brief: Brief) -> None:
    """The company goes on writing; approvals so far do not count. Raises NotNow, NotVisible."""
    found = locked(brief)
    side_for(person, found, Act.TAKEN_BACK, Side.COMPANY)
    step(found, person, Side.COMPANY, Act.TAKEN_BACK)


@operation
def approve(
    person: Person,
    brief: Brief,
    side: Side,
    *,
    submission: int,
    reason: str = "",
    supervises: bool = False,
) -> bool:
    """SIDE has nothing against it; with the second approval it is published: then True.

    SUBMISSION is the one that the reviewer read. SUPERVISES: the instructor looks after it.
    Raises AlreadyReviewed, CompanyNotApproved, ReadAgain, Unfinished, NotNow, NotVisible.
    """
    found = locked(brief)
    side_for(person, found, Act.APPROVED, side)
    _fresh(found, submission)
    if not policies.is_shown(found):
        raise CompanyNotApproved
    given = _verdicts(found)
    if side in given or person.id in given.values():
        raise AlreadyReviewed
    try:
        with db.session.begin_nested():
            step(found, person, side, Act.APPROVED, reason)
    except IntegrityError:
        raise AlreadyReviewed from None
    if side is Side.INSTRUCTOR and supervises:
        found.supervisor_id = person.id
    if not {*given, side} >= set(REVIEWS):
        return False
    make_version(found, found.draft or {}, person)
    step(found, person, side, Act.PUBLISHED)
    found.draft = None  # the version has it from now on
    publish(BriefPublished(found.id))
    finding.changed(found.id)
    notices.tell_company(found, Act.PUBLISHED)
    return True


@operation
def return_(person: Person, brief: Brief, side: Side, *, submission: int, reason: str) -> None:
    """SIDE wants something changed: the company writes again.

    Raises ReasonNeeded, AlreadyReviewed, ReadAgain, NotNow, NotVisible.
    """
    found = locked(brief)
    side_for(person, found, Act.RETURNED, side)
    _fresh(found, submission)
    if not reason.strip():
        raise ReasonNeeded
    if side in _verdicts(found):
        raise AlreadyReviewed
    step(found, person, side, Act.RETURNED, reason)
    notices.tell_company(found, Act.RETURNED, reason)


def _fresh(brief: Brief, submission: int) -> None:
    if brief.submission != submission:
        raise ReadAgain


def _verdicts(brief: Brief) -> dict[Side, object]:
    """Who approved this submission so far, by side."""
    return {
        row.side: row.by_id
        for row in db.session.scalars(
            select(BriefStep).where(
                BriefStep.brief_id == brief.id,
                BriefStep.submission == brief.submission,
                BriefStep.act == Act.APPROVED,
            )
        )
    }


__all__ = [
    "AlreadyReviewed", "CompanyNotApproved", "NotNow", "NotVisible", "ReadAgain", "ReasonNeeded",
    "Unfinished", "approve", "return_", "submit", "take_back",
]  # fmt: skip
