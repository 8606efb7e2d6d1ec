"""How sections are graded, what people set by hand, its history, and the grades it comes to."""

from app.gradebook.models.entries import GradeChange, GradeEntry
from app.gradebook.models.grades import StudentGrade
from app.gradebook.models.schemes import GradingScheme, ManualColumn

__all__ = ["GradeChange", "GradeEntry", "GradingScheme", "ManualColumn", "StudentGrade"]
