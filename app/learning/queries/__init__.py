"""Reading sections, always through a person."""

from app.learning.queries.sections import (
    OpenSection,
    SectionView,
    enrolment_of,
    is_open_to_enrol,
    lesson_body,
    my_enrolments,
    my_teaching,
    progress_of,
    roster,
    section_by_code,
    section_for,
    section_taught_by,
    sections_of_course,
)

__all__ = [
    "OpenSection",
    "SectionView",
    "enrolment_of",
    "is_open_to_enrol",
    "lesson_body",
    "my_enrolments",
    "my_teaching",
    "progress_of",
    "roster",
    "section_by_code",
    "section_for",
    "section_taught_by",
    "sections_of_course",
]
