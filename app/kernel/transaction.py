"""The one commit site. Every write of the house is an ``@operation``."""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from app.kernel.database import db

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)

_effects: ContextVar[list[Callable[[], object]] | None] = ContextVar("effects", default=None)


def operation(function: Callable[P, R]) -> Callable[P, R]:
    """Run FUNCTION in one transaction.

    The outermost operation commits; operations called within it join. Any exception rolls back
    everything and drops the effects that waited for the commit.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _effects.get() is not None:
            return function(*args, **kwargs)
        effects: list[Callable[[], object]] = []
        token = _effects.set(effects)
        try:
            result = function(*args, **kwargs)
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            _effects.reset(token)
        for effect in effects:
            try:
                effect()
            except Exception:
                # The write holds already; an effect that must survive this is a job, not an effect.
                log.exception("an effect after commit failed")
        return result

    return run


def after_commit(effect: Callable[[], object]) -> None:
    """Run EFFECT once the outermost operation has committed; never when it rolled back."""
    effects = _effects.get()
    if effects is None:
        raise RuntimeError("after_commit is for code inside an @operation")
    effects.append(effect)
