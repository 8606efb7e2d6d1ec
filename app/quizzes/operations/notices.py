"""News of quizzes: marks, time that was over, accommodations."""

import uuid

from app.kernel import clock
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning import queries as learning
from app.learning.models import Section
from app.notifications import operations as notifications
from app.notifications import rules
from app.notifications.rules import Delivery, Kind, Note
from app.quizzes import queries
from app.quizzes.models import Accommodation, QuizAttempt
from app.quizzes.rules import Ending, Settings, may_show_score

MARKS = rules.register(Kind("quizzes.marks", _l("Marks of my quizzes"), Delivery.DIGEST))
TIME = rules.register(Kind("quizzes.time", _l("Quizzes whose time was over"), Delivery.NOW))
GIVEN = rules.register(
    Kind("quizzes.accommodations", _l("More time and attempts in quizzes"), Delivery.NOW)
)


@operation
def tell_of_marks(attempt_id: uuid.UUID) -> None:
    """Tell the student once everything is marked, and whenever that changes afterwards.

    What is held she hears of when it is released.
    """
    attempt = db.session.get_one(QuizAttempt, attempt_id)
    if attempt.waiting_count or learning.is_held(
        attempt.section_id, queries.quiz_key(attempt.slug)
    ):
        return
    shown = may_show_score(Settings.of(queries.current_document(attempt)).show)

    def note() -> Note:
        text = _("Attempt %(number)s is marked.", number=attempt.number)
        if shown:
            text = _(
                "Attempt %(number)s is marked: %(score)s of %(max)s points.",
                number=attempt.number,
                score=f"{attempt.score or 0:.2f}",
                max=f"{attempt.max_score:.2f}",
            )
        return Note(_("Marked: %(quiz)s", quiz=str(attempt.course_item.title)), text)

    notifications.tell(
        attempt.person,
        MARKS,
        note,
        path_of(attempt),
        key=f"quiz-marks:{attempt.id}:{attempt.score}",
    )


@operation
def tell_of_time(attempt_id: uuid.UUID) -> None:
    """Tell the student that her attempt was handed in by the clock or by staff."""
    attempt = db.session.get_one(QuizAttempt, attempt_id)
    if attempt.ending is Ending.HANDED_IN:
        return

    def note() -> Note:
        names = {"quiz": str(attempt.course_item.title), "number": attempt.number}
        if attempt.ending is Ending.BY_STAFF:
            return Note(
                _("Your attempt was ended: %(quiz)s", **names),
                _("Your instructor ended attempt %(number)s. What you had saved counts.", **names),
            )
        return Note(
            _("The time was over: %(quiz)s", **names),
            _(
                "The time of attempt %(number)s was over. What you had saved by then was handed in "
                "and counts.",
                **names,
            ),
        )

    notifications.tell(attempt.person, TIME, note, path_of(attempt), key=f"quiz-time:{attempt.id}")


@operation
def tell_of_accommodation(accommodation_id: uuid.UUID) -> None:
    """Tell the student what she was given."""
    given = db.session.get_one(Accommodation, accommodation_id)
    section = db.session.get_one(Section, given.section_id)
    course = section.offering.course_version.title

    def note() -> Note:
        return Note(
            _("You were given more in quizzes: %(course)s", course=str(course)), in_words(given)
        )

    path = f"/learn/{section.code}"
    if given.slug:
        path += f"/quizzes/{given.slug}"
    notifications.tell(given.person, GIVEN, note, path, key=f"quiz-given:{given.id}")


def in_words(given: Accommodation) -> str:
    """What an accommodation gives, in the language that is spoken now."""
    parts = []
    if given.extra_percent:
        parts.append(_("%(percent)s%% more time", percent=given.extra_percent))
    if given.extra_minutes:
        parts.append(_("%(minutes)s more minutes", minutes=given.extra_minutes))
    if given.extra_attempts:
        parts.append(_("%(count)s more attempts", count=given.extra_attempts))
    if given.closes_at is not None:
        local = given.closes_at.astimezone(clock.TAIPEI).strftime("%Y-%m-%d %H:%M")
        parts.append(_("open until %(date)s", date=local))
    return _(", ").join(parts)


def path_of(attempt: QuizAttempt) -> str:
    return f"/learn/{attempt.section.code}/quizzes/{attempt.slug}/attempts/{attempt.number}"
