"""A quiz of every kind of question, placed into the cast's course, and people who answer it."""

import uuid
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select

from app import questions
from app.catalog.models import CourseItem, CourseVersion, Module
from app.catalog.rules import ItemKind
from app.kernel import clock
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.learning.models import ItemPlan, Section
from app.quizzes import operations, queries
from app.quizzes.models import QuizAttempt
from app.quizzes.queries import QuizView
from tests.cast import Cast, both

MARKER = "KEYMARKER"
COPIED = ("kind", "slug", "title", "minutes", "body_html", "lab_version_id", "form", "quiz")


def single(name: str = "colour", points: int = 2, right: int = 1) -> dict[str, Any]:
    options: list[dict[str, Any]] = [
        {"text": both(word), "feedback": both(f"{MARKER}-{word}")}
        for word in ("Red", "Green", "Blue")
    ]
    options[right]["correct"] = True
    return {
        "id": name, "type": "single", "text": both(f"Which colour, {name}?"), "points": points,
        "options": options, "explanation": both(f"{MARKER}-explained"),
    }  # fmt: skip


SHORT = {
    "id": "capital", "type": "short-text", "text": both("The capital?"), "points": 1,
    "accepted": [f"{MARKER}-Taipei", "臺北"], "explanation": both(f"{MARKER}-why"),
}  # fmt: skip
NUMBER = {
    "id": "area", "type": "numeric", "text": both("The area of {{side}} by {{side}}?"), "points": 2,
    "variables": {"side": {"min": 2, "max": 9, "step": 1}}, "answer": "side * side",
    "tolerance": {"absolute": 0.0078125},
}  # fmt: skip
ESSAY = {
    "id": "essay", "type": "essay", "text": both("Why?"), "points": 5,
    "guide": both(f"{MARKER}-guide"),
}  # fmt: skip
FILE = {
    "id": "report", "type": "file", "text": both("Your report"), "points": 3,
    "endings": [".pdf"], "most": 2,
}  # fmt: skip


def quiz_document(*asked: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """A quiz that asks ASKED (default: a choice and a short text)."""
    made = questions.complete(
        {
            "instructions": both("Read *carefully*."),
            "attempts": 1,
            "show": "after-attempt",
            "sections": [{"questions": list(asked) or [single(), SHORT]}],
        }
        | settings
    )
    assert questions.check(made) == []
    return made


@operation
def place_quiz(section: Section, document: dict[str, Any], slug: str = "check") -> CourseItem:
    """Teach a newer version of SECTION's course that has a quiz, or another quiz, as well."""
    before = db.session.get_one(CourseVersion, section.offering.course_version_id)
    made = CourseItem(
        kind=ItemKind.QUIZ, slug=slug, title=LocalizedText(both("Check yourself", "自我檢核")),
        minutes=10, quiz=document,
    )  # fmt: skip
    newest = db.session.scalar(
        select(func.max(CourseVersion.number)).where(CourseVersion.course_id == before.course_id)
    )
    after = CourseVersion(
        course_id=before.course_id, number=newest + 1, digest=uuid.uuid4().hex * 2,
        title=before.title, summary=before.summary, description_html=before.description_html,
        level=before.level, hours=before.hours,
    )  # fmt: skip
    db.session.add(after)
    for module in before.modules:
        copy = Module(slug=module.slug, position=module.position, title=module.title)
        after.modules.append(copy)
        items = [
            CourseItem(**{name: getattr(item, name) for name in COPIED})
            for item in module.items
            if item.key != f"quiz:{slug}"
        ]
        for position, item in enumerate([*items, made] if module is before.modules[0] else items):
            item.position = position
            copy.items.append(item)
    db.session.flush()
    section.offering.course_version_id = after.id
    db.session.flush()
    db.session.expire_all()
    return made


@operation
def plan(section: Section, slug: str = "check", **dates: Any) -> None:
    """Dates or a condition of a quiz in the offering."""
    db.session.query(ItemPlan).filter_by(
        offering_id=section.offering_id, item_key=f"quiz:{slug}"
    ).delete()
    db.session.add(ItemPlan(offering_id=section.offering_id, item_key=f"quiz:{slug}", **dates))


@contextmanager
def at(instant: Any) -> Any:
    with clock.frozen_at(instant):
        yield


def meet(cast: Cast, handle: str = "mei", slug: str = "check") -> QuizView:
    return queries.quiz_for(cast.person(handle), cast.section().code, slug)


def begin(cast: Cast, handle: str = "mei", slug: str = "check") -> QuizAttempt:
    return operations.begin(meet(cast, handle, slug))


def right_answer(attempt: QuizAttempt, question_id: str) -> Any:
    drawn = next(q for q in attempt.questions if q["id"] == question_id)
    return questions.solution(drawn, "en").response


def wrong_option(attempt: QuizAttempt, question_id: str) -> str:
    drawn = next(q for q in attempt.questions if q["id"] == question_id)
    return next(o["id"] for o in drawn["ask"]["options"] if o["id"] not in drawn["key"]["correct"])


def answer(attempt: QuizAttempt, question_id: str, response: Any = None) -> None:
    """Save RESPONSE (default: the right one)."""
    given = right_answer(attempt, question_id) if response is None else response
    operations.save_answer(attempt.id, question_id, given)


def take(cast: Cast, handle: str, *right: str, slug: str = "check") -> QuizAttempt:
    """Begin, answer RIGHT questions rightly, hand in."""
    attempt = begin(cast, handle, slug)
    for question_id in right:
        answer(attempt, question_id)
    return operations.hand_in(cast.person(handle), attempt)
