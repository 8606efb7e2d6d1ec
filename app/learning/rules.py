"""Words of teaching and learning."""

from enum import StrEnum


class StaffRole(StrEnum):
    INSTRUCTOR = "instructor"
    TEACHING_ASSISTANT = "teaching_assistant"
