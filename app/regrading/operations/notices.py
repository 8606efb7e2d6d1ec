"""News of regrading: a request to answer, an answer."""

import uuid
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.grading.models import Submission, SubmissionPerson
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning import queries as learning
from app.notifications import operations as notifications
from app.notifications import rules
from app.notifications.rules import Delivery, Kind, Note, plain_line
from app.quizzes.models import QuizAttempt
from app.regrading import policies
from app.regrading.models import Regrade, RegradeRequest, RegradeWork
from app.regrading.rules import Decision, Effect, WorkState

__all__ = ["tell_of_decision", "tell_of_regrade", "tell_of_request", "title_of", "title_of_request"]

REQUESTS = rules.register(
    Kind("regrading.requests", _l("Students’ requests to look again"), Delivery.DIGEST)
)
ANSWERS = rules.register(
    Kind("regrading.answers", _l("Answers to my requests to look again"), Delivery.NOW)
)

REGRADES = rules.register(
    Kind("regrading.regrades", _l("Work of mine that was graded again"), Delivery.DIGEST)
)


@operation
def tell_of_request(request_id: uuid.UUID) -> None:
    """Tell every grader of the section, and nobody else."""
    request = db.session.get_one(RegradeRequest, request_id)

    def note() -> Note:
        names = _names(request)
        return Note(
            _("A request to look again: %(work)s", **names),
            _("%(student)s asks about “%(part)s” of %(work)s:", **names) + "\n\n" + request.reason,
        )

    path = f"/teaching/{request.section.code}/requests/{request.id}"
    for place in request.section.staff:
        if policies.can_decide(place.person, request):
            notifications.tell(place.person, REQUESTS, note, path, key=f"request:{request.id}")


@operation
def tell_of_decision(request_id: uuid.UUID) -> None:
    """Tell the student what was answered."""
    request = db.session.get_one(RegradeRequest, request_id)

    def note() -> Note:
        names = _names(request)
        if request.decision is Decision.ACCEPTED:
            text = _("“%(part)s” of %(work)s: %(before)s → %(after)s points.", **names)
        else:
            text = _("“%(part)s” of %(work)s: the points stay (%(before)s).", **names)
        if request.words:
            text += "\n\n" + _("What was written to you:") + "\n" + request.words
        return Note(_("Answered: your request about %(work)s", **names), text)

    path = f"/learn/{request.section.code}/requests"
    notifications.tell(request.person, ANSWERS, note, path, key=f"request-answer:{request.id}")


@operation
def tell_of_regrade(regrade_id: uuid.UUID) -> None:
    """Tell everybody whose points a regrade changed, once, with what changed."""
    regrade = db.session.get_one(Regrade, regrade_id)
    held = learning.is_held(regrade.section_id, regrade.item_key)
    works = db.session.scalars(
        select(RegradeWork)
        .where(RegradeWork.regrade_id == regrade.id, RegradeWork.state == WorkState.APPLIED)
        .order_by(RegradeWork.id)
        .options(
            joinedload(RegradeWork.submission)
            .selectinload(Submission.people)
            .joinedload(SubmissionPerson.person)
        )
    ).all()
    hers: dict[uuid.UUID, tuple[Person, list[RegradeWork]]] = {}
    for work in works:
        if work.effect is Effect.SAME:
            continue
        for row in work.submission.people:
            hers.setdefault(row.person_id, (row.person, []))[1].append(work)
    path = f"/learn/{regrade.section.code}/labs/{regrade.lab_slug}"
    for person, changed in hers.values():
        notifications.tell(
            person,
            REGRADES,
            partial(_regrade_note, regrade, changed, is_held=held),
            path,
            key=f"regrade:{regrade.id}",
        )


def _regrade_note(regrade: Regrade, works: list[RegradeWork], *, is_held: bool) -> Note:
    lab = plain_line(str(regrade.lab_version.title))
    lines = [_("“%(lab)s” was graded again: %(why)s", lab=lab, why=regrade.reason)]
    for work in [] if is_held else works:
        assert work.before is not None and work.after is not None
        lines.append(
            _(
                "Submission %(number)s: %(before)s → %(after)s points.",
                number=work.submission.number,
                before=_score(work.before),
                after=_score(work.after),
            )
        )
    return Note(_("Graded again: %(lab)s", lab=lab), "\n".join(lines))


def _score(plain: dict[str, Any]) -> str:
    points = "–" if plain["score"] is None else f"{plain['score']:g}"
    return f"{points} / {plain['max']:g}"


def title_of(work: Submission | QuizAttempt) -> str:
    """The lab or quiz that WORK belongs to, in the language that is spoken now."""
    if isinstance(work, Submission):
        return str(work.lab_version.title)
    return str(work.course_item.title)


def title_of_request(request: RegradeRequest) -> str:
    """What the request is about, as ``title_of``."""
    work = request.submission or request.quiz_attempt
    assert work is not None
    return title_of(work)


def _names(request: RegradeRequest) -> dict[str, object]:
    return {
        "work": plain_line(title_of_request(request)),
        "part": request.part,
        "student": request.person.name,
        "before": f"{request.points.normalize():f}",
        "after": f"{(request.new_points or request.points).normalize():f}",
    }
