"""A trial for whoever keeps the round: what the rankings of this instant would give.

It draws by a seed of its own, thrown away at once, and is kept nowhere: the sealed seed is not
opened, so that nobody learns anything of the lottery before the ranking has closed.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app import matching
from app.matching.teams import NoTeams, form_teams
from app.rounds.models import Round, RoundProject
from app.rounds.queries.closing import members_and_topics, rankings_of
from app.rounds.rules import Kind

__all__ = ["DryRun", "TriedProject", "dry_run"]

SECONDS = 8.0
"""How long the programme of teams may search while somebody waits for a page."""


@dataclass(frozen=True)
class TriedProject:
    project: RoundProject
    chosen: int
    """By how many applicants."""
    ranked: int
    """How many stand on its list."""
    admitted: int
    is_closed: bool


@dataclass(frozen=True)
class DryRun:
    """Counts, no names: rankings are nobody's business but those of who made them."""

    applicants: int
    without_choices: int
    placed: int
    by_choice: tuple[tuple[int, int], ...]
    """(choice, how many received it), from the first."""
    blocking: int | None
    projects: tuple[TriedProject, ...]
    impossible: tuple[str, ...] = ()
    """Of teams: keys of topics that must run and could not."""


def dry_run(round_: Round) -> DryRun:
    """Match now, as a trial."""
    if round_.kind is Kind.TEAMS:
        return _teams(round_)
    made = rankings_of(round_)
    found = matching.match(made, matching.new_seed())
    choices = {a.id: a.choices for a in made.applicants}
    ranked = {p.id: sum(len(tier) for tier in p.ranking or ()) for p in made.projects}
    return _counted(
        round_, choices, found.assigned, set(found.closed), ranked, len(matching.stability(found))
    )


def _teams(round_: Round) -> DryRun:
    members, topics = members_and_topics(round_)
    choices = {m.id: m.choices for m in members}
    assigned: Mapping[str, str | None]
    try:
        assigned = form_teams(members, topics, seconds=SECONDS).assigned
        impossible: tuple[str, ...] = ()
    except NoTeams as refused:
        assigned = dict.fromkeys(choices)
        impossible = tuple(sorted({o.topic for o in refused.obstacles if o.topic}))
    except TimeoutError:
        assigned, impossible = dict.fromkeys(choices), ()
    closed = {t.id for t in topics} - set(assigned.values())
    return _counted(round_, choices, assigned, closed, {}, None, impossible)


def _counted(
    round_: Round,
    choices: dict[str, tuple[str, ...]],
    received: Mapping[str, str | None],
    closed: set[str],
    ranked: dict[str, int],
    blocking: int | None,
    impossible: tuple[str, ...] = (),
) -> DryRun:
    admitted = Counter(received.values())
    chosen = Counter(c for row in choices.values() for c in row)
    by_choice = Counter(
        choices[a].index(p) + 1 for a, p in received.items() if p is not None and p in choices[a]
    )
    return DryRun(
        len(choices),
        sum(not row for row in choices.values()),
        sum(p is not None for p in received.values()),
        tuple(sorted(by_choice.items())),
        blocking,
        tuple(
            TriedProject(p, chosen[p.key], ranked.get(p.key, 0), admitted[p.key], p.key in closed)
            for p in round_.projects
        ),
        impossible,
    )
