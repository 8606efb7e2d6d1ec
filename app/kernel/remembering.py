"""Asking the same thing once while a page is put together from many hands.

Only within ``with remembering():``, only in this request, only for the same arguments: nothing is
kept for the next request, and nobody gets what was read for somebody else.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Protocol, TypeVar

R = TypeVar("R")
P = TypeVar("P", bound="_HasId")

_known: ContextVar[dict[Hashable, object] | None] = ContextVar("known", default=None)


class _HasId(Protocol):
    @property
    def id(self) -> Hashable: ...


@contextmanager
def remembering() -> Iterator[None]:
    """Within the block, which only reads, what is ``remembered`` is asked once per person."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def remembered(question: Callable[[P], R]) -> Callable[[P], R]:
    """Decorator of a query about one person whose answer nobody changes."""

    @wraps(question)
    def ask(person: P) -> R:
        known = _known.get()
        if known is None:
            return question(person)
        key = (question, person.id)
        if key not in known:
            known[key] = question(person)
        return known[key]  # type: ignore[return-value]

    return ask
