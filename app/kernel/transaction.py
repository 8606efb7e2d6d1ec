"""The one commit site. Every write of the house is an ``@operation``."""

import logging
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session

from app.kernel.database import db

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)

_effects: ContextVar[list[Callable[[], object]] | None] = ContextVar("effects", default=None)
_last_steps: ContextVar[dict[Hashable, Callable[[], object]] | None] = ContextVar(
    "last_steps", default=None
)


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
        last_steps: dict[Hashable, Callable[[], object]] = {}
        last_token = _last_steps.set(last_steps)
        try:
            result = function(*args, **kwargs)
            while last_steps:
                last_steps.pop(next(iter(last_steps)))()
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            _effects.reset(token)
            _last_steps.reset(last_token)
        for effect in effects:
            try:
                effect()
            except Exception:
                # The write holds already; an effect that must survive this is a job, not an effect.
                log.exception("an effect after commit failed")
        return result

    return run


def end_reading() -> None:
    """Let the database go, at the end of a request.

    A transaction that only read is committed: at a rollback psycopg forgets the statements that the
    server has prepared, and every page would have all of its statements planned again. One that
    wrote something outside an operation, or cannot be told, is rolled back.
    """
    session = db.session()
    if session.in_transaction() and session.is_active and not session.info.get(_HAS_WRITTEN):
        session.expunge_all()  # what was changed by mistake is not written now
        try:
            session.commit()
        except SQLAlchemyError:
            log.warning("the database went away at the end of a request", exc_info=True)
    db.session.remove()


_HAS_WRITTEN = "has written"


@event.listens_for(Session, "after_flush")
def _flushed(session: Session, _context: object) -> None:
    session.info[_HAS_WRITTEN] = True


@event.listens_for(Session, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    if not state.is_select:
        state.session.info[_HAS_WRITTEN] = True


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _ended(session: Session) -> None:
    session.info.pop(_HAS_WRITTEN, None)


def before_commit(name: Hashable, step: Callable[[], object]) -> None:
    """Run STEP as the last thing of the outermost operation, in its transaction; once for a NAME.

    For what is derived from many changes and is made once: an entry of the search, a total.
    """
    last_steps = _last_steps.get()
    if last_steps is None:
        raise RuntimeError("before_commit is for code inside an @operation")
    last_steps.setdefault(name, step)


def after_commit(effect: Callable[[], object]) -> None:
    """Run EFFECT once the outermost operation has committed; never when it rolled back."""
    effects = _effects.get()
    if effects is None:
        raise RuntimeError("after_commit is for code inside an @operation")
    effects.append(effect)
