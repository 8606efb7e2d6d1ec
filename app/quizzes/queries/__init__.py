"""Reading, always through a person."""

from app.quizzes.queries.ai_rules import attempts_with_declarations, rule_of, rule_versions
from app.quizzes.queries.attempts import (
    accommodation_in,
    attempt_to_mark,
    attempts_in,
    attempts_waiting,
    current_document,
    earlier_marks,
    has_older_attempts,
    has_open_attempts,
    my_open_attempts,
    next_waiting,
)
from app.quizzes.queries.desk import (
    PersonRow,
    QuizDesk,
    QuizRow,
    people_of,
    quiz_desk,
    quizzes_of,
)
from app.quizzes.queries.kept import kept_by_attempts, kept_of, kept_scores
from app.quizzes.queries.statistics import OptionCount, QuestionReport, QuizReport, quiz_report
from app.quizzes.queries.taking import (
    QuizView,
    answers_of,
    attempt_of,
    document_of,
    file_of,
    files_of,
    marks_of,
    quiz_for,
)
from app.quizzes.queries.terms import Terms, accommodations_of, quiz_key, terms_in

__all__ = [
    "OptionCount",
    "PersonRow",
    "QuestionReport",
    "QuizDesk",
    "QuizReport",
    "QuizRow",
    "QuizView",
    "Terms",
    "accommodation_in",
    "accommodations_of",
    "answers_of",
    "attempt_of",
    "attempt_to_mark",
    "attempts_in",
    "attempts_waiting",
    "attempts_with_declarations",
    "current_document",
    "document_of",
    "earlier_marks",
    "file_of",
    "files_of",
    "has_older_attempts",
    "has_open_attempts",
    "kept_by_attempts",
    "kept_of",
    "kept_scores",
    "marks_of",
    "my_open_attempts",
    "next_waiting",
    "people_of",
    "quiz_desk",
    "quiz_for",
    "quiz_key",
    "quiz_report",
    "quizzes_of",
    "rule_of",
    "rule_versions",
    "terms_in",
]
