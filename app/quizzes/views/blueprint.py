"""The room's blueprint and what its views share."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash

from app import questions
from app.kernel.errors import Refused
from app.kernel.i18n import current_locale
from app.learning.policies import Permission
from app.quizzes import queries
from app.quizzes.models import QuizAnswer, QuizAttempt, QuizFile, QuizMark
from app.quizzes.rules import fingerprint
from app.web.doors import needs

bp = Blueprint("quizzes", __name__, template_folder="../templates")

staff = needs(Permission.TEACH)


def say(error: Refused) -> None:
    """Show a refusal on the next page."""
    flash(str(error.message), "error")


def prefix_of(question_id: str) -> str:
    """What the names of a question's fields begin with."""
    return f"q-{question_id}"


class Part:
    """One question of an attempt as pages show it. The key stays in ``_drawn``."""

    def __init__(
        self,
        number: int,
        drawn: dict[str, Any],
        answer: QuizAnswer | None,
        mark: QuizMark | None = None,
        files: list[QuizFile] | None = None,
    ) -> None:
        # A corrected question was marked by another key than the one that was drawn.
        self._drawn = mark.question if mark is not None and mark.question else drawn
        self.number = number
        self.id: str = drawn["id"]
        self.type: str = drawn["type"]
        self.prefix = prefix_of(self.id)
        self.answer = answer
        self.mark = mark
        self.files = files or []
        self.shown = questions.shown(self._drawn, current_locale())

    @property
    def response(self) -> Any:
        return self.answer.response if self.answer is not None else None

    @property
    def revision(self) -> int:
        return self.answer.revision if self.answer is not None else 0

    @property
    def seen(self) -> str:
        return fingerprint(self.response)

    @property
    def is_answered(self) -> bool:
        return questions.is_answered(self._drawn, self.response)

    @property
    def marking(self) -> questions.Marking:
        """How its key marks it, with the points that count. Only for pages that show keys."""
        by_key = questions.mark(self._drawn, self.response)
        return replace(by_key, points=self.mark.points) if self.mark is not None else by_key

    @property
    def solution(self) -> questions.Solution:
        """What is right. Only for pages that may show keys."""
        return questions.solution(self._drawn, current_locale())


def parts_of(attempt: QuizAttempt) -> list[Part]:
    """The questions of an attempt that was loaded with its parts."""
    answers, marks = queries.answers_of(attempt), queries.marks_of(attempt)
    files: dict[str, list[QuizFile]] = {}
    if any(question["type"] == "file" for question in attempt.questions):
        for row in queries.files_of(attempt):
            files.setdefault(row.question_id, []).append(row)
    return [
        Part(
            number,
            drawn,
            answers.get(drawn["id"]),
            marks.get(drawn["id"]),
            files.get(drawn["id"]),
        )
        for number, drawn in enumerate(attempt.questions, 1)
    ]
