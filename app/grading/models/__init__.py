"""Submissions and whose they are, attempts and scores, how labs are handed in, declarations."""

from app.grading.models.annotations import Annotation
from app.grading.models.feedback import FeedbackFile
from app.grading.models.handing_in import Declaration, HandInRule, SubmissionPerson
from app.grading.models.submissions import (
    Attempt,
    CellScore,
    ManualScore,
    NotebookScore,
    Submission,
    SubmissionFile,
    TamperCase,
    WorkerReport,
)

__all__ = [
    "Annotation",
    "Attempt",
    "CellScore",
    "Declaration",
    "FeedbackFile",
    "HandInRule",
    "ManualScore",
    "NotebookScore",
    "Submission",
    "SubmissionFile",
    "SubmissionPerson",
    "TamperCase",
    "WorkerReport",
]
