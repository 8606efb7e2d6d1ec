"""Mails about cases: to the student in plain words, to whoever decides with the way there."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.grading import policies
from app.grading.models import Attempt, Submission, TamperCase
from app.grading.rules import CaseDecision
from app.kernel import mail
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import speaking
from app.kernel.transaction import operation
from app.learning.models import Section


@operation
def tell_of_case(site_url: str, case_id: uuid.UUID) -> None:
    """Tell the student what happens next, and every grader of the section that a case waits."""
    case = _case(case_id)
    submission = case.attempt.submission
    url = f"{site_url}/cases/{case.id}"
    if _hears(submission.person):
        with speaking(submission.person.locale):
            mail.send(
                to=submission.person.email,
                subject=_("A person looks at your submission: %(lab)s", **_names(submission)),
                text=_(
                    "Submission %(number)s to “%(lab)s” was received and run.\n\n"
                    "The checks that run around the tests did not come out as they should, so its "
                    "score is not shown yet. This can happen without intent, for example when a "
                    "notebook gives one of Python's own functions another meaning. Nothing has "
                    "been decided.\n\n"
                    "What happens next: your instructor looks at it and decides. Until then you "
                    "can say how it came about:\n%(url)s\n\n"
                    "You can hand in again at any time, and an earlier result goes on counting.",
                    url=url,
                    **_names(submission),
                ),
            )
    for place in submission.section.staff:
        if _hears(place.person) and policies.can_grade(place.person, submission):
            with speaking(place.person.locale):
                mail.send(
                    to=place.person.email,
                    subject=_("An attempt to decide: %(lab)s", **_names(submission)),
                    text=_(
                        "The checks around the tests did not hold in submission %(number)s of "
                        "%(student)s to “%(lab)s”. Its score is withheld until one of the staff "
                        "has decided.\n\nLook at it and decide here:\n%(url)s",
                        url=url,
                        **_names(submission),
                    ),
                )


@operation
def tell_of_decision(site_url: str, case_id: uuid.UUID) -> None:
    """Tell the student what was decided, and why."""
    case = _case(case_id)
    submission = case.attempt.submission
    if not _hears(submission.person) or case.decision is CaseDecision.RERUN:
        return
    with speaking(submission.person.locale):
        if case.decision is CaseDecision.CLEARED:
            text = _(
                "Your instructor has looked at submission %(number)s to “%(lab)s”: it counts like "
                "any other. Parts that were not scored by themselves get their points from a "
                "person.",
                **_names(submission),
            )
        else:
            text = _(
                "Your instructor has looked at submission %(number)s to “%(lab)s” and decided "
                "that it gets no score. Your other submissions are not touched by this.",
                **_names(submission),
            )
        if case.reason:
            text += "\n\n" + _("What was written to you:") + "\n" + case.reason
        text += "\n\n" + _("See it here:") + f"\n{site_url}/cases/{case.id}"
        mail.send(
            to=submission.person.email,
            subject=_("Decided: your submission to %(lab)s", **_names(submission)),
            text=text,
        )


def _case(case_id: uuid.UUID) -> TamperCase:
    return db.session.scalars(
        select(TamperCase)
        .where(TamperCase.id == case_id)
        .options(
            joinedload(TamperCase.attempt)
            .joinedload(Attempt.submission)
            .joinedload(Submission.section)
            .selectinload(Section.staff)
        )
    ).one()


def _names(submission: Submission) -> dict[str, object]:
    """What a notice calls things; in the language that is spoken now."""
    return {
        "lab": " ".join(str(submission.lab_version.title).split()),
        "number": submission.number,
        "student": submission.person.name,
    }


def _hears(person: Person) -> bool:
    return person.suspended_at is None
