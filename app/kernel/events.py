"""Upward news: a room publishes what happened; rooms above subscribe, in the same transaction."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")

_subscribers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(kind: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Decorator: call the function with every published event of KIND."""

    def register(function: Callable[[E], None]) -> Callable[[E], None]:
        if function not in _subscribers[kind]:
            _subscribers[kind].append(function)
        return function

    return register


def publish(event: object) -> None:
    """Tell every subscriber of the event's class, now, in the order in which they subscribed."""
    for function in _subscribers[type(event)]:
        function(event)


def subscriptions() -> dict[type, list[Callable[[Any], None]]]:
    """Who listens to what, for tests and for ``banyan events``."""
    return {kind: list(functions) for kind, functions in _subscribers.items() if functions}
