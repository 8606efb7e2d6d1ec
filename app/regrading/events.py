"""What happens in regrading."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class RequestMade:
    """A student asks for a cell or a question to be looked at again."""

    request_id: uuid.UUID


@dataclass(frozen=True)
class RequestDecided:
    """A person has answered: with other points, or with the reason why they stay."""

    request_id: uuid.UUID
