"""Item statistics of a quiz in a section, from finished attempts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import selectinload, undefer

from app import questions
from app.kernel.database import db
from app.kernel.i18n import current_locale
from app.kernel.localized import LocalizedText
from app.learning.models import Section
from app.quizzes.models import QuizAttempt
from app.quizzes.queries.kept import counts
from app.quizzes.rules.options import choices
from app.quizzes.rules.statistics import QuestionStatistics, QuizStatistics, Sheet, statistics

__all__ = ["OptionCount", "QuestionReport", "QuizReport", "quiz_report"]


@dataclass
class OptionCount:
    """An option and how often it was chosen."""

    text: LocalizedText
    is_right: bool
    count: int = 0


@dataclass(frozen=True)
class QuestionReport:
    question: dict[str, Any]
    """As last drawn; for its text and type."""
    statistics: QuestionStatistics
    options: tuple[OptionCount, ...]

    @property
    def shown(self) -> questions.Shown:
        return questions.shown(self.question, current_locale())


@dataclass(frozen=True)
class QuizReport:
    statistics: QuizStatistics
    questions: tuple[QuestionReport, ...]


def quiz_report(section: Section, slug: str, *, first_only: bool = True) -> QuizReport:
    """How the quiz SLUG works in SECTION. FIRST_ONLY: only everybody's first attempt counts, which
    keeps attempts independent of each other. Attempts with answers that wait for marks stay out.
    """
    statement = (
        select(QuizAttempt)
        .where(
            QuizAttempt.section_id == section.id,
            QuizAttempt.slug == slug,
            QuizAttempt.waiting_count == 0,
            counts(),
        )
        .order_by(QuizAttempt.person_id, QuizAttempt.number)
        .options(
            undefer(QuizAttempt.questions),
            selectinload(QuizAttempt.answers),
            selectinload(QuizAttempt.marks),
        )
    )
    if first_only:
        statement = statement.ext(distinct_on(QuizAttempt.person_id))
    return _report(db.session.scalars(statement).all())


def _report(attempts: Iterable[QuizAttempt]) -> QuizReport:
    sheets = []
    drawn: dict[str, dict[str, Any]] = {}
    out_of: dict[str, float] = {}
    options: dict[str, dict[str, OptionCount]] = {}
    for attempt in attempts:
        sheets.append(
            Sheet(
                {mark.question_id: float(mark.points or 0) for mark in attempt.marks},
                attempt.submitted_at - attempt.started_at if attempt.submitted_at else None,
            )
        )
        corrected = {m.question_id: m.question for m in attempt.marks if m.question}
        responses = {answer.question_id: answer.response for answer in attempt.answers}
        for mark in attempt.marks:
            out_of[mark.question_id] = max(out_of.get(mark.question_id, 0.0), float(mark.out_of))
        for question in attempt.questions:
            question = corrected.get(question["id"], question)
            drawn[question["id"]] = question
            _count(options.setdefault(question["id"], {}), question, responses)
    report = statistics(sheets, out_of)
    return QuizReport(
        report,
        tuple(
            QuestionReport(
                drawn[row.question_id],
                row,
                tuple(row for _key, row in sorted(options[row.question_id].items())),
            )
            for row in report.questions
        ),
    )


def _count(
    found: dict[str, OptionCount], question: dict[str, Any], responses: dict[str, Any]
) -> None:
    response = responses.get(str(question["id"]))
    for choice in choices(question, response):
        row = found.setdefault(choice.key, OptionCount(choice.text, choice.is_right))
        row.count += choice.is_chosen
