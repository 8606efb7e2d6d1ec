"""What happens in evidence, told in the transaction in which the result reaches its student."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class EvidenceRecorded:
    """Pieces were added to the ledger; some may supersede others."""

    evidence_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class EvidenceWithdrawn:
    """Pieces hold no more, and nothing took their place."""

    evidence_ids: tuple[uuid.UUID, ...]
