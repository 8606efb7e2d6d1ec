"""What waits for the programme's office, room by room.

A room names a queue here when it is imported; the office's desk (``app.steering``) lists all of
them, says who looks after each thing, and by when. A room that knows nothing of the desk can so be
on it.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.kernel.i18n import LazyText

__all__ = ["Queue", "Waiting", "queues", "register"]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing that waits for a decision."""

    key: str
    """What it is known by within its queue as long as it waits, at most 80 characters: an id."""
    title: str
    """In the reader's language."""
    since: datetime
    """When it began to wait."""
    endpoint: str
    """The page where it is decided, with ``values`` for its address."""
    values: Mapping[str, Any] = field(default_factory=dict)
    detail: str = ""
    organisation_id: uuid.UUID | None = None
    """The company or school that it is about."""
    due_at: datetime | None = None
    """By when; None: as many working days after ``since`` as the queue says."""


@dataclass(frozen=True, kw_only=True)
class Queue:
    name: str
    """Small letters, digits and hyphens, at most 40; part of the desk's address."""
    title: LazyText
    items: Callable[[], Sequence[Waiting]]
    """Everything that waits now, in a constant number of statements."""
    working_days: int
    """How long a thing may wait."""
    order: int = 50


_queues: dict[str, Queue] = {}


def register(queue: Queue) -> Queue:
    """Put QUEUE on the desk. Raises ValueError when another one is called so."""
    known = _queues.get(queue.name)
    if known is not None and known.items.__qualname__ != queue.items.__qualname__:
        raise ValueError(f"two queues are called {queue.name}")
    _queues[queue.name] = queue
    return queue


def queues() -> list[Queue]:
    """All of them, in their order."""
    return sorted(_queues.values(), key=lambda row: (row.order, row.name))
