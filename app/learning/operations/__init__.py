"""Writes of teaching and learning: one verb per use case."""

from app.learning.operations.enrolment import (
    AlreadyEnrolled,
    EnrolmentClosed,
    NotEnrolled,
    NotOfThisSchool,
    SectionFull,
    enrol,
    withdraw,
)
from app.learning.operations.offerings import (
    SectionPlan,
    appoint,
    open_section,
    upgrade_offering,
)
from app.learning.operations.progress import complete_lesson, record_progress

__all__ = [
    "AlreadyEnrolled",
    "EnrolmentClosed",
    "NotEnrolled",
    "NotOfThisSchool",
    "SectionFull",
    "SectionPlan",
    "appoint",
    "complete_lesson",
    "enrol",
    "open_section",
    "record_progress",
    "upgrade_offering",
    "withdraw",
]
