"""The company moves applications, offers places, refuses; applicants answer; offers end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.applications import policies
from app.applications.models import Application
from app.applications.operations.steps import MovedMeanwhile, free_seat, hold, step
from app.applications.operations.telling import tell_of_answer, tell_of_end, tell_of_step
from app.applications.rules import Actor, Move, State
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.transaction import operation

__all__ = [
    "BadTerm", "NoPlaceLeft", "OfferOver", "accept", "decline", "expire_offers", "move", "offer",
    "place", "refuse_all", "remind_of_offers", "unplace",
]  # fmt: skip

SHORTEST, LONGEST = timedelta(hours=12), timedelta(days=60)
"""How long an offer of a company holds at least and at most."""
REMIND_BEFORE = timedelta(days=1)
QUIET = frozenset({Move.RESET})
"""Steps that are the company's own order and tell the applicant nothing."""
BY_HAND = frozenset({Move.RESET, Move.SHORTLIST, Move.INVITE, Move.REFUSE, Move.RECONSIDER})


class NoPlaceLeft(Refused):
    message = _l("The last place was taken a moment ago.")


class OfferOver(Refused):
    message = _l("This offer has ended.")


class BadTerm(Refused):
    message = _l("An offer holds for at least 12 hours and at most 60 days.")


@operation
def move(
    person: Person, application: Application, wanted: Move, *, seen: State, reason: str = ""
) -> None:
    """PERSON of the company makes a step that is the company's own; SEEN: where she saw it stand.

    Raises NotVisible, MovedMeanwhile, WordsNeeded, AlreadyApplied (of RECONSIDER).
    """
    if wanted not in BY_HAND or not policies.can_read_applicants(person, application.brief):
        raise NotVisible(str(application.id))
    hold(application)
    _expect(application, seen)
    step(application, wanted, Actor.COMPANY, person, reason=reason)
    if wanted not in QUIET:
        tell_of_step(application, new_id(), reason if wanted is Move.REFUSE else "")


@operation
def refuse_all(
    person: Person, applications: Sequence[tuple[Application, State]], reason: str
) -> list[Application]:
    """PERSON of the company refuses several with one reason, each where she saw it stand.

    Answers those that stayed, because somebody moved them meanwhile. Raises NotVisible,
    WordsNeeded: then nobody is refused.
    """
    stayed = []
    for application, seen in applications:
        try:
            move(person, application, Move.REFUSE, seen=seen, reason=reason)
        except MovedMeanwhile:
            stayed.append(application)
    return stayed


@operation
def offer(
    person: Person, application: Application, *, until: datetime, seen: State, words: str = ""
) -> None:
    """The company offers a place until UNTIL (an instant).

    Several may be offered the last place: who accepts first has it. Raises NotVisible, BadTerm,
    NoPlaceLeft, MovedMeanwhile.
    """
    if not policies.can_read_applicants(person, application.brief):
        raise NotVisible(str(application.id))
    hold(application)
    _expect(application, seen)
    if not SHORTEST <= until - clock.now() <= LONGEST:
        raise BadTerm
    if free_seat(application.brief_id) is None:
        raise NoPlaceLeft
    step(application, Move.OFFER, Actor.COMPANY, person, **_terms(until, words, None))
    tell_of_step(application, new_id())


@operation
def place(
    application: Application,
    *,
    until: datetime,
    round_key: str,
    by: Person | None = None,
    words: str = "",
) -> None:
    """A round gives APPLICATION a place, to be accepted before UNTIL. Whoever calls has decided.

    ROUND_KEY is how the room above calls the round; it comes back in ``ApplicationMoved``.
    Raises MovedMeanwhile when it is not in selection any more, NoPlaceLeft.
    """
    hold(application)
    if free_seat(application.brief_id) is None:
        raise NoPlaceLeft
    step(application, Move.PLACE, Actor.ROUND, by, **_terms(until, words, round_key))
    tell_of_step(application, new_id())


@operation
def unplace(application: Application, *, by: Person | None, reason: str) -> None:
    """An officer, or the house for a better place, takes back what a round gave; it is in selection
    again.

    Raises MovedMeanwhile, WordsNeeded.
    """
    hold(application)
    step(application, Move.UNPLACE, Actor.ROUND, by, reason=reason)
    tell_of_step(application, new_id(), reason)


@operation
def accept(person: Person, application: Application) -> None:
    """The offer is accepted by PERSON, for her team if it is one's. Of many who try at once for
    the last place one gets it. Raises NotVisible, OfferOver, NoPlaceLeft, MovedMeanwhile.
    """
    if not policies.can_decide(person, application):
        raise NotVisible(str(application.id))
    hold(application)
    _still_holds(application)
    seat = free_seat(application.brief_id)
    if seat is None:
        raise NoPlaceLeft
    step(application, Move.ACCEPT, Actor.APPLICANT, person, seat=seat)
    tell_of_answer(application, new_id())
    if free_seat(application.brief_id) is None:
        _end_other_offers(application)


@operation
def decline(person: Person, application: Application, reason: str = "") -> None:
    """Raises NotVisible, OfferOver, MovedMeanwhile."""
    if not policies.can_decide(person, application):
        raise NotVisible(str(application.id))
    hold(application)
    _still_holds(application)
    step(application, Move.DECLINE, Actor.APPLICANT, person, reason=reason)
    tell_of_answer(application, new_id())


@operation
def expire_offers(most: int = 100) -> int:
    """End offers whose time has come; returns how many. Safe to run twice and beside itself."""
    due = db.session.scalars(
        select(Application)
        .where(Application.state == State.OFFERED, Application.offer_until <= clock.now())
        .order_by(Application.brief_id, Application.id)
        .limit(most)
    ).all()
    ended = 0
    for application in due:
        hold(application)
        if application.state is State.OFFERED and _is_over(application):
            _expire(application, "time")
            ended += 1
    return ended


@operation
def remind_of_offers(most: int = 100) -> int:
    """Tell everybody, once, whose offer ends within a day; returns of how many offers."""
    now = clock.now()
    rows = db.session.scalars(
        select(Application)
        .where(
            Application.state == State.OFFERED,
            Application.offer_until > now,
            Application.offer_until <= now + REMIND_BEFORE,
        )
        .order_by(Application.offer_until, Application.id)
        .limit(most)
    ).all()
    for application in rows:
        tell_of_end(application)
    return len(rows)


def _end_other_offers(taken: Application) -> None:
    """The last place is gone: what else was offered of it ends, and its people are told."""
    others = db.session.scalars(
        select(Application)
        .where(
            Application.brief_id == taken.brief_id,
            Application.state == State.OFFERED,
            Application.id != taken.id,
        )
        .order_by(Application.id)
        .with_for_update()
    ).all()
    for other in others:
        _expire(other, "full")


def _expire(application: Application, why: str) -> None:
    step(application, Move.EXPIRE, Actor.HOUSE, None, reason=why)
    tell_of_step(application, new_id())
    tell_of_answer(application, new_id())


def _terms(until: datetime, words: str, round_key: str | None) -> dict[str, Any]:
    """What an offer writes into the row."""
    return {
        "offered_at": clock.now(),
        "offer_until": until,
        "offer_words": words.replace("\0", "").strip()[:1000],
        "round_key": round_key,
    }


def _still_holds(application: Application) -> None:
    if application.state is State.EXPIRED or (
        application.state is State.OFFERED and _is_over(application)
    ):
        raise OfferOver


def _is_over(application: Application) -> bool:
    return application.offer_until is not None and application.offer_until <= clock.now()


def _expect(application: Application, seen: State) -> None:
    if application.state is not seen:
        raise MovedMeanwhile
