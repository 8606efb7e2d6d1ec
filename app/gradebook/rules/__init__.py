"""The engine of grades: pure, exact, and able to explain itself."""

from app.gradebook.rules.computing import CategoryGrade, CourseGrade, ItemGrade, compute
from app.gradebook.rules.documents import SchemeUnreadable, dump, parse
from app.gradebook.rules.lateness import after_lateness
from app.gradebook.rules.scales import SCALES, Mark, Scale, round_half_up
from app.gradebook.rules.scheme import (
    Category,
    Counting,
    Curve,
    CurveKind,
    Item,
    LatePolicy,
    LateUnit,
    Missing,
    Scheme,
    SchemeProblem,
    Totals,
    problems_of,
)
from app.gradebook.rules.trace import Step, StepKind, number, words
from app.gradebook.rules.work import Override, Work, Works, WorkState

__all__ = [
    "SCALES", "Category", "CategoryGrade", "Counting", "CourseGrade", "Curve", "CurveKind", "Item",
    "ItemGrade", "LatePolicy", "LateUnit", "Mark", "Missing", "Override", "Scale", "Scheme",
    "SchemeProblem", "SchemeUnreadable", "Step", "StepKind", "Totals", "Work", "WorkState", "Works",
    "after_lateness", "compute", "dump", "number", "parse", "problems_of", "round_half_up", "words",
]  # fmt: skip
