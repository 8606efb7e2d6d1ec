"""States of a round and of an offer made by it: one table each, and what the clock does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = [
    "OFFER_NAMES", "OFFER_STEPS", "STATE_NAMES", "STEPS", "By", "Kind", "OfferState", "State",
    "Way", "Windows", "due", "may_step", "offer_may",
]  # fmt: skip


class Kind(StrEnum):
    PROJECTS = "projects"
    """Applicants and companies rank; deferred acceptance with a proof."""
    TEAMS = "teams"
    """Only students of a section rank its topics; an integer programme makes teams."""


class State(StrEnum):
    DRAFT = "draft"
    """Seen by whoever keeps it only."""
    ANNOUNCED = "announced"
    """Rules, dates and the hash of the seed are public and do not change any more."""
    OPEN = "open"
    """Both sides rank."""
    CLOSED = "closed"
    """Rankings are fixed and their digest is public; the job that draws waits."""
    DRAWN = "drawn"
    PUBLISHED = "published"
    """Everybody reads her result; free places move."""
    ENDED = "ended"
    CANCELLED = "cancelled"


class By(StrEnum):
    """Who takes a step."""

    KEEPER = "keeper"
    """Officers of the programme; of a section's round its instructors."""
    CLOCK = "clock"
    """A date has come, or a job was next."""
    APPLICANT = "applicant"
    """Whoever speaks for the student or the team."""


STEPS: Mapping[tuple[State, State], frozenset[By]] = {
    (State.DRAFT, State.ANNOUNCED): frozenset({By.KEEPER}),
    (State.ANNOUNCED, State.OPEN): frozenset({By.CLOCK}),
    # Nobody closes early: somebody may still be ranking within the time that was promised.
    (State.OPEN, State.CLOSED): frozenset({By.CLOCK}),
    # Nobody draws by hand, and what is drawn cannot be thrown away and drawn again.
    (State.CLOSED, State.DRAWN): frozenset({By.CLOCK}),
    (State.DRAWN, State.PUBLISHED): frozenset({By.KEEPER, By.CLOCK}),
    (State.PUBLISHED, State.ENDED): frozenset({By.CLOCK}),
    (State.ANNOUNCED, State.CANCELLED): frozenset({By.KEEPER}),
    (State.OPEN, State.CANCELLED): frozenset({By.KEEPER}),
    (State.CLOSED, State.CANCELLED): frozenset({By.KEEPER}),
}
"""Every step that there is. A draft that nobody needs is deleted."""


def may_step(before: State, after: State, by: By) -> bool:
    return by in STEPS.get((before, after), frozenset())


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    REPLACED = "replaced"
    """A place that she ranked higher has become free and is offered instead."""
    TAKEN_BACK = "taken-back"
    """By hand, with a reason."""


class Way(StrEnum):
    """How a place came to be offered."""

    DRAW = "draw"
    WAITLIST = "waitlist"
    HAND = "hand"


OFFER_STEPS: Mapping[tuple[OfferState, OfferState], frozenset[By]] = {
    (OfferState.OPEN, OfferState.ACCEPTED): frozenset({By.APPLICANT}),
    (OfferState.OPEN, OfferState.DECLINED): frozenset({By.APPLICANT}),
    (OfferState.OPEN, OfferState.EXPIRED): frozenset({By.CLOCK}),
    (OfferState.OPEN, OfferState.REPLACED): frozenset({By.CLOCK, By.KEEPER}),
    (OfferState.OPEN, OfferState.TAKEN_BACK): frozenset({By.KEEPER}),
    (OfferState.ACCEPTED, OfferState.DECLINED): frozenset({By.APPLICANT}),
    (OfferState.ACCEPTED, OfferState.TAKEN_BACK): frozenset({By.KEEPER}),
    (OfferState.ACCEPTED, OfferState.REPLACED): frozenset({By.KEEPER}),
}


def offer_may(before: OfferState, after: OfferState, by: By) -> bool:
    return by in OFFER_STEPS.get((before, after), frozenset())


@dataclass(frozen=True)
class Windows:
    """The published dates. From each instant on the next state holds."""

    opens_at: datetime
    closes_at: datetime
    publishes_at: datetime
    """The latest: whoever keeps the round may publish earlier, once it is drawn."""
    answer_hours: int
    """How long an offer stands."""
    ends_at: datetime
    """From then on free places do not move any more."""

    def problem(self, now: datetime) -> LazyText | None:
        """Why these dates cannot be announced at NOW; None when they can."""
        if self.opens_at < now:
            return _l("The ranking cannot open in the past.")
        if self.closes_at < self.opens_at + timedelta(hours=1):
            return _l("The ranking has to be open for an hour at least.")
        if self.publishes_at < self.closes_at:
            return _l("Results cannot be published before the ranking has closed.")
        if not 1 <= self.answer_hours <= 30 * 24:
            return _l("There are 1 to 720 hours to answer an offer.")
        if self.ends_at < self.publishes_at + timedelta(hours=self.answer_hours):
            return _l("The round has to last until the first offers are answered.")
        return None

    def answer_by(self, now: datetime) -> datetime:
        """Until when an offer made at NOW stands; never beyond the end of the round."""
        return min(now + timedelta(hours=self.answer_hours), self.ends_at)


def due(state: State, windows: Windows, now: datetime) -> State | None:
    """The next state, if its date has come. Drawing has no date: it follows closing at once."""
    dates = {
        State.ANNOUNCED: (windows.opens_at, State.OPEN),
        State.OPEN: (windows.closes_at, State.CLOSED),
        State.DRAWN: (windows.publishes_at, State.PUBLISHED),
        State.PUBLISHED: (windows.ends_at, State.ENDED),
    }
    if state not in dates:
        return None
    date, after = dates[state]
    return after if date <= now else None


STATE_NAMES: dict[State, LazyText] = {
    State.DRAFT: _l("Draft"),
    State.ANNOUNCED: _l("Announced"),
    State.OPEN: _l("Ranking is open"),
    State.CLOSED: _l("Ranking is closed"),
    State.DRAWN: _l("Drawn, not yet published"),
    State.PUBLISHED: _l("Results are published"),
    State.ENDED: _l("Ended"),
    State.CANCELLED: _l("Cancelled"),
}
OFFER_NAMES: dict[OfferState, LazyText] = {
    OfferState.OPEN: _l("Waits for an answer"),
    OfferState.ACCEPTED: _l("Accepted"),
    OfferState.DECLINED: _l("Declined"),
    OfferState.EXPIRED: _l("Not answered in time"),
    OfferState.REPLACED: _l("Replaced by a better place"),
    OfferState.TAKEN_BACK: _l("Taken back"),
}
