"""Questions of quizzes: what they are, how they are drawn, shown and marked. Knows no course.

Everything is a pure function over JSON. ``check`` a document before anything else is done with it.
"""

from app.questions.rules.answering import clean, is_answered, read_form
from app.questions.rules.arithmetic import FormulaError
from app.questions.rules.checking import check, check_question, check_questions
from app.questions.rules.drawing import Drawn, Shown, draw, draw_question, html_of, shown
from app.questions.rules.marking import mark, solution, total
from app.questions.rules.shape import QUIZ_DEFAULTS, complete, normal, resolve
from app.questions.rules.words import (
    BLANKS,
    KEEP,
    MARKING,
    SHOW,
    TYPES,
    BadResponse,
    Marking,
    PartMarking,
    Problem,
    QuestionType,
    Solution,
)

__all__ = [
    "BLANKS", "KEEP", "MARKING", "QUIZ_DEFAULTS", "SHOW", "TYPES", "BadResponse", "Drawn",
    "FormulaError", "Marking", "PartMarking", "Problem", "QuestionType", "Shown", "Solution",
    "check", "check_question", "check_questions", "clean", "complete", "draw", "draw_question",
    "html_of", "is_answered", "mark", "normal", "read_form", "resolve", "shown", "solution",
    "total",
]  # fmt: skip
