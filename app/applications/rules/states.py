"""What becomes of an application, and who may move it where: one table."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l


class State(enum.StrEnum):
    """Where an application stands. ``SAVED`` is the applicant's alone."""

    SAVED = "saved"
    APPLIED = "applied"
    SHORTLISTED = "shortlisted"
    INTERVIEW = "interview"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Actor(enum.StrEnum):
    """On whose behalf an application is moved."""

    APPLICANT = "applicant"
    COMPANY = "company"
    ROUND = "round"
    """The result of a round, or an officer who corrects it."""
    HOUSE = "house"
    """A deadline that passed, a last place that was taken, a consent that was withdrawn."""


class Move(enum.StrEnum):
    """A step of an application."""

    APPLY = "apply"
    RESET = "reset"
    SHORTLIST = "shortlist"
    INVITE = "invite"
    OFFER = "offer"
    PLACE = "place"
    UNPLACE = "unplace"
    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    REFUSE = "refuse"
    RECONSIDER = "reconsider"
    WITHDRAW = "withdraw"


class WrongMove(ValueError):
    """The table has no such move for this state and actor."""


@dataclass(frozen=True)
class Rule:
    """From one of STATES to ``to``, by one of ACTORS; with a reason where it ends something."""

    states: frozenset[State]
    to: State
    actors: frozenset[Actor]
    needs_reason: bool = False


IN_SELECTION = frozenset({State.APPLIED, State.SHORTLISTED, State.INTERVIEW})
"""Neither offered nor ended: the company moves these as it likes."""
LIVE = IN_SELECTION | {State.OFFERED, State.ACCEPTED}
"""A person stands in one live application of a brief at a time."""
ENDED = frozenset({State.DECLINED, State.EXPIRED, State.REFUSED, State.WITHDRAWN})
COMPANY_SEES = frozenset(State) - {State.SAVED}
TAKES_A_PLACE = frozenset({State.ACCEPTED})
COLUMNS = (
    State.APPLIED, State.SHORTLISTED, State.INTERVIEW, State.OFFERED, State.ACCEPTED,
)  # fmt: skip
"""Of the company's board, from left to right; what ended stands in a list below."""

_APPLICANT = frozenset({Actor.APPLICANT})
_COMPANY = frozenset({Actor.COMPANY})
_ROUND = frozenset({Actor.ROUND})

TABLE: Mapping[Move, Rule] = {
    Move.APPLY: Rule(frozenset({State.SAVED}), State.APPLIED, _APPLICANT),
    Move.RESET: Rule(
        frozenset({State.SHORTLISTED, State.INTERVIEW}), State.APPLIED, _COMPANY
    ),
    Move.SHORTLIST: Rule(
        frozenset({State.APPLIED, State.INTERVIEW}), State.SHORTLISTED, _COMPANY
    ),
    Move.INVITE: Rule(
        frozenset({State.APPLIED, State.SHORTLISTED}), State.INTERVIEW, _COMPANY
    ),
    Move.OFFER: Rule(IN_SELECTION, State.OFFERED, _COMPANY),
    Move.PLACE: Rule(IN_SELECTION, State.OFFERED, _ROUND),
    Move.UNPLACE: Rule(
        frozenset({State.OFFERED, State.ACCEPTED}), State.APPLIED, _ROUND, needs_reason=True
    ),
    Move.ACCEPT: Rule(frozenset({State.OFFERED}), State.ACCEPTED, _APPLICANT),
    Move.DECLINE: Rule(frozenset({State.OFFERED}), State.DECLINED, _APPLICANT),
    Move.EXPIRE: Rule(frozenset({State.OFFERED}), State.EXPIRED, frozenset({Actor.HOUSE})),
    Move.REFUSE: Rule(
        IN_SELECTION | {State.OFFERED}, State.REFUSED, _COMPANY, needs_reason=True
    ),
    Move.RECONSIDER: Rule(frozenset({State.REFUSED}), State.APPLIED, _COMPANY),
    Move.WITHDRAW: Rule(
        LIVE, State.WITHDRAWN, frozenset({Actor.APPLICANT, Actor.HOUSE})
    ),
}  # fmt: skip


def moved(state: State, move: Move, actor: Actor, *, reason: str = "") -> State:
    """Where MOVE by ACTOR takes an application in STATE.

    Raises WrongMove; ReasonMissing when the table wants a reason and there is none.
    """
    rule = TABLE[move]
    if state not in rule.states or actor not in rule.actors:
        raise WrongMove(f"{actor} cannot {move} what is {state}")
    if rule.needs_reason and not reason.strip():
        raise ReasonMissing(f"{move} needs a reason")
    return rule.to


class ReasonMissing(ValueError):
    """Somebody is told why: without words the move is not made."""


def moves_of(state: State, actor: Actor) -> tuple[Move, ...]:
    """What ACTOR can do with an application in STATE, in the order of the table."""
    return tuple(
        move for move, rule in TABLE.items() if state in rule.states and actor in rule.actors
    )


def move_to(state: State, column: State) -> Move | None:
    """The company's move from STATE into a column of its board; None when there is none."""
    return next((move for move in moves_of(state, Actor.COMPANY) if TABLE[move].to is column), None)


MAY_APPLY_AGAIN = frozenset({State.WITHDRAWN})
"""After which ends the same applicant may apply for the same brief once more."""

STATE_NAMES: Mapping[State, LazyText] = {
    State.SAVED: _l("Saved for later"),
    State.APPLIED: _l("Application sent"),
    State.SHORTLISTED: _l("Shortlisted"),
    State.INTERVIEW: _l("Interview"),
    State.OFFERED: _l("Offered a place"),
    State.ACCEPTED: _l("Accepted"),
    State.DECLINED: _l("Declined by the applicant"),
    State.EXPIRED: _l("The offer has ended"),
    State.REFUSED: _l("Not chosen"),
    State.WITHDRAWN: _l("Application withdrawn"),
}
MOVE_NAMES: Mapping[Move, LazyText] = {
    Move.APPLY: _l("Send the application"),
    Move.RESET: _l("Back to the new ones"),
    Move.SHORTLIST: _l("Shortlist"),
    Move.INVITE: _l("Invite to an interview"),
    Move.OFFER: _l("Offer a place"),
    Move.PLACE: _l("Placed by the round"),
    Move.UNPLACE: _l("Placement corrected"),
    Move.ACCEPT: _l("Accept the offer"),
    Move.DECLINE: _l("Decline the offer"),
    Move.EXPIRE: _l("The offer has ended"),
    Move.REFUSE: _l("Do not choose"),
    Move.RECONSIDER: _l("Consider again"),
    Move.WITHDRAW: _l("Withdraw"),
}
NEXT_STEPS: Mapping[State, LazyText] = {
    State.SAVED: _l("Read it once more, and apply before the deadline."),
    State.APPLIED: _l("The company reads your application. You hear of every step."),
    State.SHORTLISTED: _l(
        "The company wants to know more. Answer its questions, if there are any."
    ),
    State.INTERVIEW: _l("Choose a time for the interview."),
    State.OFFERED: _l("Accept or decline before the offer ends."),
    State.ACCEPTED: _l("The place is yours. The company writes to you about the beginning."),
    State.DECLINED: _l("Nothing is left to do."),
    State.EXPIRED: _l("Nothing is left to do."),
    State.REFUSED: _l("Read the reason, and look for other briefs with the same skills."),
    State.WITHDRAWN: _l("You can apply again as long as the brief is open."),
}
"""What waits for the applicant, by state."""
