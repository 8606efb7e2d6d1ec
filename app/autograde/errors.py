"""What stops the command, in sentences."""

from __future__ import annotations

__all__ = ["CourseError", "SubmissionError"]


class CourseError(Exception):
    """Nothing can be graded in this folder; ``message`` says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class SubmissionError(Exception):
    """One submission could not be graded; ``message`` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
