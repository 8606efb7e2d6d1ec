"""What happens with briefs."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class BriefPublished:
    """A brief can be read and applied to; also when a closed one is opened again."""

    brief_id: uuid.UUID


@dataclass(frozen=True)
class BriefChanged:
    """Both sides agreed on another scope: VERSION_NUMBER holds from now on."""

    brief_id: uuid.UUID
    version_number: int


@dataclass(frozen=True)
class BriefClosed:
    """Nobody can apply any more; REASON is the company's, or empty."""

    brief_id: uuid.UUID
    reason: str
