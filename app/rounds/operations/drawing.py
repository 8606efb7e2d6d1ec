"""The clock's work: open, close, draw, publish, end. Each step is taken once, whoever asks."""

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import undefer

from app import matching
from app.accounts.models import Person
from app.kernel import blobs, clock
from app.kernel.database import db
from app.kernel.events import publish as tell_rooms
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.matching import checker
from app.matching.teams import Member, NoTeams, Teams, Topic, form_teams
from app.rounds import queries
from app.rounds.events import RoundClosed, RoundPublished
from app.rounds.models import Round, RoundClosing, RoundResult
from app.rounds.operations.common import hold, hold_by_id, step
from app.rounds.operations.grouping import make_groups
from app.rounds.operations.offers import offer_first
from app.rounds.rules import (
    By,
    Kind,
    State,
    due,
    dump,
    dump_teams,
    load,
    load_teams,
    teams_digest,
    unseal,
)

__all__ = ["ProofDoesNotHold", "draw", "go_on", "publish", "rounds_due"]

TEAM_SECONDS = 60.0
"""How long the programme of teams may search before it says how far it came."""
QUEUE = "default"


class ProofDoesNotHold(Exception):
    """What was drawn does not stand before the independent checker: nothing is stored."""


def rounds_due() -> list[uuid.UUID]:
    """Rounds for which a date has come or a job is next."""
    now = clock.now()
    states = (State.ANNOUNCED, State.OPEN, State.CLOSED, State.DRAWN, State.PUBLISHED)
    return [
        one.id
        for one in queries.going(states)
        if one.state is State.CLOSED or due(one.state, one.windows, now) is not None
    ]


@operation
def go_on(round_id: uuid.UUID) -> State:
    """Take the next step whose date has come, and defer the one that follows. The state then."""
    round_ = hold_by_id(round_id)
    after = due(round_.state, round_.windows, clock.now())
    if round_.state is State.CLOSED:
        defer("rounds.tasks.draw", round_id=str(round_.id), lock=f"round:{round_.id}")
    match after:
        case State.OPEN:
            step(round_, after, By.CLOCK, None)
            defer("rounds.tasks.tell_of_opening", round_id=str(round_.id))
            defer("rounds.tasks.go_on", round_id=str(round_.id), at=round_.closes_at)
            reminder = max(round_.opens_at, round_.closes_at - timedelta(days=1))
            defer("rounds.tasks.remind", round_id=str(round_.id), at=reminder)
        case State.CLOSED:
            _close(round_)
        case State.PUBLISHED:
            publish(None, round_)
        case State.ENDED:
            step(round_, after, By.CLOCK, None)
    return round_.state


def _close(round_: Round) -> None:
    """Keep everything that decides, with its digest, and put the drawing on the queue."""
    round_.closed_at = clock.now()
    if round_.kind is Kind.PROJECTS:
        made = queries.rankings_of(round_)
        snapshot, digest = dump(made), matching.digest(made)
        counts = len(made.applicants), len(made.projects)
    else:
        members, topics = queries.members_and_topics(round_)
        snapshot = dump_teams(members, topics)
        digest, counts = teams_digest(snapshot), (len(members), len(topics))
    db.session.add(
        RoundClosing(
            round_id=round_.id,
            snapshot=snapshot,
            digest=digest,
            applicant_count=counts[0],
            project_count=counts[1],
        )
    )
    step(round_, State.CLOSED, By.CLOCK, None, digest=digest)
    tell_rooms(RoundClosed(round_.id))
    defer("rounds.tasks.draw", round_id=str(round_.id), lock=f"round:{round_.id}")


@operation
def draw(secret_key: str, round_id: uuid.UUID) -> bool:
    """Open the seal and match the closed rankings; whether it was done now.

    One transaction: a worker that is killed leaves nothing behind, and the job runs again. Who
    comes second finds the round drawn. Raises Broken, ProofDoesNotHold.
    """
    round_ = hold_by_id(round_id)
    if round_.state is not State.CLOSED:
        return False
    closing = db.session.scalars(
        select(RoundClosing)
        .where(RoundClosing.round_id == round_.id)
        .options(undefer(RoundClosing.snapshot))
    ).one()
    if round_.kind is Kind.PROJECTS:
        result = _matched(secret_key, round_, closing)
    else:
        result = _teams(closing)
    result.round_id = round_.id
    db.session.add(result)
    step(round_, State.DRAWN, By.CLOCK, None)
    defer("rounds.tasks.tell_of_drawing", round_id=str(round_.id))
    defer("rounds.tasks.go_on", round_id=str(round_.id), at=round_.publishes_at)
    return True


def _matched(secret_key: str, round_: Round, closing: RoundClosing) -> RoundResult:
    assert round_.sealed_seed is not None
    assert round_.seed_hash is not None
    seed = unseal(secret_key, round_.key, round_.sealed_seed, round_.seed_hash)
    found = matching.match(load(closing.snapshot), seed)
    proof = matching.proof(found, seed).encode()
    report = checker.verify(checker.read(proof), round_.seed_hash)
    if not report.holds or matching.digest(found.round) != closing.digest:
        raise ProofDoesNotHold(round_.code)
    return RoundResult(
        seed=seed,
        assigned=dict(found.assigned),
        closed=list(found.closed),
        placed_count=sum(one is not None for one in found.assigned.values()),
        blocking_count=len(report.blocking_pairs),
        proof=blobs.put(proof),
        proof_bytes=len(proof),
    )


def _teams(closing: RoundClosing) -> RoundResult:
    members, topics = load_teams(closing.snapshot)
    found, dropped = _formed(members, topics)
    return RoundResult(
        assigned=dict(found.assigned),
        closed=sorted({t.id for t in topics} - set(found.assigned.values())),
        placed_count=sum(one is not None for one in found.assigned.values()),
        stages=[
            {"name": s.name, "value": s.value, "bound": s.bound, "proven": s.is_proven}
            for s in found.stages
        ],
        obstacles={
            "must_run": dropped,
            "students": {
                key: [{"why": o.why.value, "topic": o.topic, "skill": o.skill} for o in rows]
                for key, rows in found.obstacles.items()
            },
        },
    )


def _formed(members: list[Member], topics: list[Topic]) -> tuple[Teams, list[str]]:
    """Teams, and topics that had to run and could not: the others get theirs all the same."""
    try:
        return form_teams(members, topics, seconds=TEAM_SECONDS), []
    except NoTeams as impossible:
        dropped = sorted({o.topic for o in impossible.obstacles if o.topic is not None})
        free = [Topic(t.id, t.smallest, t.largest, t.skills) for t in topics]
        return form_teams(members, free, seconds=TEAM_SECONDS), dropped


@operation
def publish(person: Person | None, round_: Round) -> None:
    """Everybody reads her result, and places are offered. PERSON None: the date has come.

    Raises NotNow.
    """
    held = hold(round_)
    held.published_at = clock.now()
    step(held, State.PUBLISHED, By.CLOCK if person is None else By.KEEPER,
         person.id if person else None)  # fmt: skip
    if held.kind is Kind.PROJECTS:
        offer_first(held)
    else:
        make_groups(held)
    tell_rooms(RoundPublished(held.id))
    defer("rounds.tasks.tell_of_results", round_id=str(held.id))
    defer("rounds.tasks.go_on", round_id=str(held.id), at=held.ends_at)
