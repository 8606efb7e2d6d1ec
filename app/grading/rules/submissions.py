"""States, limits and receipts of submissions: pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import IntEnum, StrEnum
from pathlib import PurePosixPath

MAX_SUBMISSION_BYTES = 20 * 1024 * 1024
MAX_SUBMISSION_FILES = 100
PASS_RATIO = 1.0


class AttemptState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    GRADED = "graded"
    FAILED = "failed"
    """The work could not be graded; the reason says why and what to do."""
    TAMPERED = "tampered"
    """Something interfered with the tests; the score is withheld until a person decides."""


class Priority(IntEnum):
    """Whose attempts go first: all of a higher class before any of a lower one."""

    REGRADE = 0
    INTERACTIVE = 10
    """Somebody looks at the button."""


class CaseDecision(StrEnum):
    """What a person decided about an attempt whose checks did not hold."""

    CLEARED = "cleared"
    """Nothing was wrong: what was judged counts, what was withheld waits for points."""
    CONFIRMED = "confirmed"
    """The attempt has no score; the reason is written for the student."""
    RERUN = "rerun"
    """It is run again, and the new attempt takes its place."""


MOST_ANSWER_CHARACTERS = 2000
MOST_REASON_CHARACTERS = 2000

LIVE = (AttemptState.QUEUED, AttemptState.RUNNING)


class Via(StrEnum):
    """Where a submission came from."""

    LAB = "lab"
    SITE = "site"


def path_problem(path: str) -> str | None:
    """Why PATH cannot be a file's place in a submission, or None."""
    parts = PurePosixPath(path).parts
    if not path or len(path) > 200 or path != path.strip():
        return "empty or too long"
    if path.startswith("/") or "\\" in path or ":" in path or any(ord(c) < 32 for c in path):
        return "not a relative path"
    if any(part in ("..", ".", "") for part in path.split("/")) or not parts:
        return "leaves the folder"
    return None


def receipt(
    *,
    person_id: object,
    section: str,
    lab: str,
    lab_digest: str,
    number: int,
    submitted_at: datetime,
    files: Mapping[str, str],
) -> str:
    """The receipt of a submission: SHA-256 (hex) over canonical JSON of who, what and when.

    FILES maps each path to the SHA-256 of its content.
    """
    fact = {
        "files": dict(files),
        "lab": lab,
        "lab_digest": lab_digest,
        "number": number,
        "person": str(person_id),
        "section": section,
        "submitted_at": submitted_at.isoformat(),
    }
    text = json.dumps(fact, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def total(scores: Iterable[float | None]) -> float:
    """The sum of the scores that are there."""
    return sum(score for score in scores if score is not None)
