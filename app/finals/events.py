"""What happens to final grades."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class FinalsSettled:
    """Final grades of a section hold from now on."""

    settlement_id: uuid.UUID


@dataclass(frozen=True)
class FinalChanged:
    """A final grade took the place of another: a correction was approved, or it was completed."""

    correction_id: uuid.UUID
