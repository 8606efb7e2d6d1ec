"""What rooms above may want to know of discussions."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class PostWritten:
    """Somebody wrote in a place: a new thread or a reply."""

    place: str
    post_id: uuid.UUID
    author_id: uuid.UUID
