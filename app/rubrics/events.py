"""News of this room for those above it."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["SubjectJudged"]


@dataclass(frozen=True)
class SubjectJudged:
    """A final judgement counts from now on; it superseded SUPERSEDED, if there was one."""

    subject: str
    judgement_id: uuid.UUID
    judge_id: uuid.UUID
    total: Decimal | None
    maximum: Decimal
    has_failed: bool
    superseded: uuid.UUID | None
