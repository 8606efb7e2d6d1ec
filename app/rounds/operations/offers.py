"""Places that a round offers: the first ones, answers, and the waitlist that moves by itself.

Locks are taken in one order everywhere: round, brief, application, offer. Who answers locks only
the last three and leaves what follows to a job, which locks the round first.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import matching
from app.accounts.models import Person
from app.applications import operations as applications
from app.applications.events import ApplicationMoved
from app.applications.models import Application
from app.applications.rules import IN_SELECTION, Move
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.rounds import policies, queries
from app.rounds.models import Round, RoundChange, RoundEntry, RoundOffer, RoundProject
from app.rounds.operations.common import hold_by_id
from app.rounds.rules import By, ChangeKind, OfferState, State, Way, offer_may

__all__ = [
    "PlacedByRound", "answer", "fill", "make_offer", "note_change", "note_move", "offer_first",
    "take_back",
]  # fmt: skip

BETTER = "您排在更前面的志願釋出了名額。 A place that you ranked higher has become free."
"""The reason with which the house takes a place back; it is kept, so in both languages."""
ENDS: Mapping[Move, OfferState] = {
    Move.ACCEPT: OfferState.ACCEPTED,
    Move.DECLINE: OfferState.DECLINED,
    Move.WITHDRAW: OfferState.DECLINED,
    Move.EXPIRE: OfferState.EXPIRED,
}


class PlacedByRound(Refused):
    message = _l(
        "This place was given by a round that both sides ranked in. Only whoever keeps the round"
        " can change it, with a reason."
    )


def offer_first(round_: Round) -> None:
    """Offer what was drawn; the round is held. Who does not wait any more is passed over."""
    found = queries.drawn_of(round_)
    assert found is not None
    for key, received in sorted(found.now.assigned.items()):
        if received is not None:
            entry, project = found.entries[key], found.projects[received]
            if not make_offer(round_, entry, project, Way.DRAW):
                note_change(round_, ChangeKind.MOVE, entry=entry, reason="")
    _ask_to_fill(round_.id)


def make_offer(
    round_: Round, entry: RoundEntry, project: RoundProject, way: Way, by: Person | None = None
) -> bool:
    """Offer ENTRY a place at PROJECT; False when its application does not wait any more."""
    application = queries.applications_of(entry).get(project.id)
    if application is None or application.state not in IN_SELECTION:
        return False
    until = round_.windows.answer_by(clock.now())
    try:
        with db.session.begin_nested():
            applications.place(application, until=until, round_key=round_.code, by=by)
    except (applications.NoPlaceLeft, applications.MovedMeanwhile):
        return False
    db.session.add(
        RoundOffer(
            round_id=round_.id,
            entry_id=entry.id,
            project_id=project.id,
            application_id=application.id,
            way=way,
            answer_by=until,
        )
    )
    db.session.flush()
    return True


@operation
def answer(person: Person, offer: RoundOffer, *, accepts: bool) -> None:
    """She, or the lead for the team, accepts or declines. Who declines leaves the round.

    Raises NotVisible, and what ``applications.accept`` and ``decline`` raise.
    """
    if not policies.speaks_for(person, offer.entry) or offer.application is None:
        raise NotVisible(str(offer.id))
    if accepts:
        applications.accept(person, offer.application)
    else:
        applications.decline(person, offer.application)


@operation
def note_move(event: ApplicationMoved) -> None:
    """An application that a round had placed has moved: the offer follows it.

    Raises PlacedByRound when the company refuses whom the round gave it.
    """
    offer = _live_offer_for(event.application_id)
    if offer is None:
        return
    if event.move is Move.REFUSE:
        raise PlacedByRound
    after = ENDS.get(event.move)
    if after is None:
        return
    by = By.CLOCK if after is OfferState.EXPIRED else By.APPLICANT
    if offer_may(offer.state, after, by):
        _end(offer, after)
        if after is not OfferState.ACCEPTED:
            _ask_to_fill(offer.round_id)


def _live_offer_for(application_id: uuid.UUID) -> RoundOffer | None:
    return db.session.scalar(
        select(RoundOffer)
        .where(
            RoundOffer.application_id == application_id,
            RoundOffer.state.in_([OfferState.OPEN, OfferState.ACCEPTED]),
        )
        .with_for_update(of=RoundOffer)
        .execution_options(populate_existing=True)
    )


def _end(offer: RoundOffer, after: OfferState) -> None:
    offer.state, offer.ended_at = after, clock.now()
    audit.record(None, f"round.offer-{after.value}", "round", offer.round_id, offer=str(offer.id))
    db.session.flush()


def take_back(offer: RoundOffer, after: OfferState, *, by: Person | None, reason: str) -> bool:
    """End a live offer for another one or for none; the round is held.

    False when it was answered meanwhile: then it is as it was answered.
    """
    application = db.session.get_one(Application, offer.application_id)
    try:
        with db.session.begin_nested():
            applications.unplace(application, by=by, reason=reason)
    except applications.MovedMeanwhile:
        return False
    db.session.refresh(offer, with_for_update={"of": RoundOffer})
    if not offer_may(offer.state, after, By.KEEPER if by else By.CLOCK):
        return False
    _end(offer, after)
    return True


def _ask_to_fill(round_id: uuid.UUID) -> None:
    defer("rounds.tasks.fill", round_id=str(round_id), lock=f"round:{round_id}")


@operation
def fill(round_id: uuid.UUID) -> int:
    """Note who has left, and offer free places to the first in line until none can be.

    Safe to run twice; returns how many places were offered.
    """
    round_ = hold_by_id(round_id)
    if round_.state is not State.PUBLISHED or round_.ends_at <= clock.now():
        return 0
    _note_who_left(round_)
    made, passed = 0, set[tuple[str, str]]()
    while True:
        found = queries.drawn_of(round_)
        if found is None:
            return made
        offers = queries.offers_of(round_)
        steps = matching.next_up(
            found.now,
            settled=queries.settled_of(found, offers),
            declined=queries.not_again(found, offers) | passed,
        )
        if not steps:
            return made
        one = steps[0]
        if _take_step(round_, found, offers, one):
            made += 1
        else:
            # Her application has just ended, or she has just answered: the next in line.
            passed.add((one.applicant, one.new))


def _take_step(
    round_: Round, found: queries.Drawn, offers: Sequence[RoundOffer], one: matching.Step
) -> bool:
    entry, project = found.entries[one.applicant], found.projects[one.new]
    held = next((o for o in offers if o.entry_id == entry.id and o.state is OfferState.OPEN), None)
    point = db.session.begin_nested()
    if held is not None and not take_back(held, OfferState.REPLACED, by=None, reason=BETTER):
        point.rollback()
        return False
    if not make_offer(round_, entry, project, Way.WAITLIST):
        point.rollback()
        return False
    note_change(round_, ChangeKind.STEP, entry=entry, project=project)
    point.commit()
    return True


def _note_who_left(round_: Round) -> None:
    """Those who declined or did not answer leave the round: a change each, once."""
    noted = select(RoundChange.entry_id).where(
        RoundChange.round_id == round_.id, RoundChange.kind == ChangeKind.LEFT
    )
    gone = db.session.scalars(
        select(RoundOffer)
        .where(
            RoundOffer.round_id == round_.id,
            RoundOffer.state.in_([OfferState.DECLINED, OfferState.EXPIRED]),
            RoundOffer.entry_id.not_in(noted),
        )
        .options(joinedload(RoundOffer.entry))
        .order_by(RoundOffer.ended_at, RoundOffer.id)
    ).all()
    for offer in gone:
        note_change(round_, ChangeKind.LEFT, entry=offer.entry)


def note_change(
    round_: Round,
    kind: ChangeKind,
    *,
    entry: RoundEntry | None = None,
    project: RoundProject | None = None,
    supervisor_id: uuid.UUID | None = None,
    count: int | None = None,
    reason: str = "",
    checked: Mapping[str, Any] | None = None,
    by: Person | None = None,
) -> RoundChange:
    """One more line of what happened since the result; the round is held."""
    last = db.session.scalar(
        select(func.max(RoundChange.number)).where(RoundChange.round_id == round_.id)
    )
    made = RoundChange(
        round_id=round_.id,
        number=(last or 0) + 1,
        kind=kind,
        entry_id=entry.id if entry else None,
        project_id=project.id if project else None,
        supervisor_id=supervisor_id,
        count=count,
        reason=reason,
        checked=dict(checked or {}),
        by_id=by.id if by else None,
    )
    db.session.add(made)
    audit.record(
        by.id if by else None,
        f"round.change-{kind.value}",
        "round",
        round_.id,
        number=str(made.number),
    )
    db.session.flush()
    return made
