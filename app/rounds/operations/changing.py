"""By hand: somebody is given or loses a place, a quota or a limit is another one.

Each change is checked again before it is made, and what it makes of the result is kept with it.
"""

from dataclasses import dataclass

from app import matching
from app.accounts.models import Person
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.rounds import policies, queries
from app.rounds.models import Round, RoundEntry, RoundProject, RoundSupervisor
from app.rounds.operations.common import NotNow, hold, reason_of
from app.rounds.operations.offers import make_offer, note_change, take_back
from app.rounds.rules import Change, ChangeKind, OfferState, State, Way, checked_json

__all__ = ["ByHand", "CannotBePlaced", "Looked", "NotClean", "change_by_hand", "look"]


class NotClean(Refused):
    message = _l("This change breaks something. Read what, and confirm that you want it anyway.")


class CannotBePlaced(Refused):
    message = _l("There is no application that waits for this place, so it cannot be given.")


@dataclass(frozen=True)
class ByHand:
    """What shall change: a move (PROJECT None takes the place away), a quota, or a limit."""

    entry: RoundEntry | None = None
    project: RoundProject | None = None
    supervisor: RoundSupervisor | None = None
    count: int | None = None

    @property
    def kind(self) -> ChangeKind:
        if self.entry is not None:
            return ChangeKind.MOVE
        return ChangeKind.QUOTA if self.project is not None else ChangeKind.LIMIT

    @property
    def change(self) -> Change:
        return Change(
            self.kind,
            self.entry.key if self.entry else None,
            self.project.key if self.project else None,
            self.supervisor.key if self.supervisor else None,
            self.count,
        )


@dataclass(frozen=True)
class Looked:
    """What a change would make of the result, before anybody makes it."""

    checked: matching.Checked
    found: queries.Drawn


def look(round_: Round, wanted: ByHand) -> Looked:
    """Check WANTED again; nothing is written. Raises NotNow, NotVisible for what says nothing."""
    found = queries.drawn_of(round_)
    if found is None or round_.state is not State.PUBLISHED:
        raise NotNow
    try:
        return Looked(matching.check(found.now, wanted.change.for_matching), found)
    except (ValueError, KeyError) as error:
        raise NotVisible(round_.code) from error


@operation
def change_by_hand(
    person: Person, round_: Round, wanted: ByHand, why: str, *, confirmed: bool = False
) -> None:
    """Make WANTED and keep what it breaks with it. Everybody whom it concerns reads WHY.

    Raises NotVisible, NotNow, ReasonNeeded, NotClean unless CONFIRMED, CannotBePlaced.
    """
    if not policies.can_keep(person, round_):
        raise NotVisible(round_.code)
    held = hold(round_)
    reason = reason_of(why)
    looked = look(held, wanted)
    if not looked.checked.is_clean and not confirmed:
        raise NotClean
    if wanted.entry is not None:
        _move(person, held, wanted.entry, wanted.project, reason)
    made = note_change(
        held,
        wanted.kind,
        entry=wanted.entry,
        project=wanted.project,
        supervisor_id=wanted.supervisor.id if wanted.supervisor else None,
        count=wanted.count,
        reason=reason,
        checked=checked_json(looked.checked),
        by=person,
    )
    if wanted.entry is not None:
        defer("rounds.tasks.tell_of_change", change_id=str(made.id))
    defer("rounds.tasks.fill", round_id=str(held.id), lock=f"round:{held.id}")


def _move(
    person: Person, round_: Round, entry: RoundEntry, project: RoundProject | None, reason: str
) -> None:
    offer = queries.offer_of(entry)
    live = offer is not None and offer.state in (OfferState.OPEN, OfferState.ACCEPTED)
    if offer is not None and live:
        if project is not None and offer.project_id == project.id:
            raise NotNow
        after = OfferState.TAKEN_BACK if project is None else OfferState.REPLACED
        if not take_back(offer, after, by=person, reason=reason):
            raise NotNow
    if project is not None and not make_offer(round_, entry, project, Way.HAND, person):
        raise CannotBePlaced
    db.session.flush()
