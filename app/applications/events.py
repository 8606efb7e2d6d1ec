"""What rooms above may want to know of applications."""

import uuid
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ApplicationMoved:
    """An application took a step; also its first one, when it was sent.

    MOVE, ACTOR and the states are members of the enumerations of ``applications.rules``.
    """

    application_id: uuid.UUID
    brief_id: uuid.UUID
    move: Any
    actor: Any
    before: Any
    state: Any
    round_key: str | None
    """The round that had placed it, if one had."""
