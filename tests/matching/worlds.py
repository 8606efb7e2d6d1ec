"""Rounds for tests: small ones that hypothesis draws, and large ones from a seed."""

import random
from collections.abc import Iterator
from itertools import product

from hypothesis import strategies as st

from app.matching import Applicant, Kind, Lottery, Project, Round, Supervisor

SEED = "5e" * 32


def lottery_of(round_: Round) -> Lottery:
    """A lottery that does not depend on what is ranked: for asking what a misreport would do."""
    return Lottery(
        {a.id: n for n, a in enumerate(sorted(round_.applicants, key=lambda a: a.id))},
        {p.id: n for n, p in enumerate(sorted(round_.projects, key=lambda p: p.id))},
    )


@st.composite
def rounds(
    draw: st.DrawFn,
    most: int = 6,
    minimums: bool = False,
    supervised: bool = True,
    teams: bool = True,
) -> Round:
    """Up to MOST applicants at up to four projects, of which two may share a supervisor or two."""
    names = [f"a{n}" for n in range(draw(st.integers(1, most)))]
    projects = [f"p{n}" for n in range(draw(st.integers(1, 4)))]
    kinds = st.sampled_from([Kind.STUDENT, Kind.STUDENT, Kind.TEAM] if teams else [Kind.STUDENT])
    takes = {p: draw(kinds) for p in projects}
    kind = {a: draw(kinds) for a in names}
    applicants = []
    for name in names:
        possible = [p for p in projects if takes[p] is kind[name]]
        choices = draw(st.permutations(possible))[: draw(st.integers(0, len(possible)))]
        missing = {p: ("skill",) for p in choices if draw(st.integers(0, 7)) == 0}
        applicants.append(Applicant(name, tuple(choices), kind[name], missing))
    leaders = [f"s{n}" for n in range(draw(st.integers(0, 2)))] if supervised else []
    ranks = {s: draw(st.booleans()) for s in leaders}
    supervisors = tuple(
        Supervisor(s, draw(st.integers(0, 4)), draw(tiers(names)) if ranks[s] else None)
        for s in leaders
    )
    made = []
    for p in projects:
        quota = draw(st.integers(0, 3))
        supervisor = draw(st.sampled_from([None, *leaders, *leaders]))
        own = supervisor is None or not ranks[supervisor]
        acceptable = [a for a in names if kind[a] is takes[p]]
        made.append(
            Project(
                p,
                quota,
                draw(st.integers(0, quota)) if minimums else 0,
                takes[p],
                supervisor,
                draw(tiers(acceptable)) if own else None,
            )
        )
    return Round("r", tuple(applicants), tuple(made), supervisors)


@st.composite
def tiers(draw: st.DrawFn, names: list[str]) -> tuple[tuple[str, ...], ...]:
    """A ranking of most of NAMES, with ties."""
    ranked = draw(st.permutations(names))
    found: list[list[str]] = []
    for name in ranked[: max(0, len(ranked) - draw(st.sampled_from([0, 0, 0, 1, 2])))]:
        if found and draw(st.integers(0, 2)) == 0:
            found[-1].append(name)
        else:
            found.append([name])
    return tuple(tuple(tier) for tier in found)


def matchings(round_: Round) -> Iterator[dict[str, str | None]]:
    """Every matching of applicants to choices that quotas and limits allow."""
    ways = [(None, *a.choices) for a in round_.applicants]
    for received in product(*ways):
        taken = [p for p in received if p is not None]
        led = [round_.project[p].supervisor for p in taken]
        if all(taken.count(p.id) <= p.quota for p in round_.projects) and all(
            led.count(s.id) <= s.limit for s in round_.supervisors
        ):
            yield {a.id: p for a, p in zip(round_.applicants, received, strict=True)}


def large(
    applicants: int, projects: int, *, choices: int = 10, minimum: int = 0, seed: int = 1
) -> Round:
    """A round in which every fourth project has a supervisor, some with lists of their own."""
    rng = random.Random(seed)  # noqa: S311 the same rounds every time
    names = [f"a{n:05d}" for n in range(applicants)]
    rooms = [f"p{n:04d}" for n in range(projects)]
    chosen = {a: tuple(rng.sample(rooms, min(choices, projects))) for a in names}
    wanted_by: dict[str, list[str]] = {p: [] for p in rooms}
    for name, wanted in chosen.items():
        for p in wanted:
            wanted_by[p].append(name)
    quota = max(1, applicants // projects)
    leaders = [f"s{n:03d}" for n in range(max(1, projects // 8))]
    leads = {p: leaders[n // 4 % len(leaders)] for n, p in enumerate(rooms) if n % 4 < 2}
    own = {s for n, s in enumerate(leaders) if n % 2}
    made = []
    for p in rooms:
        ranked = sorted(wanted_by[p], key=lambda _a: rng.random())
        tied = tuple(tuple(ranked[n : n + 3]) for n in range(0, len(ranked), 3))
        leader = leads.get(p)
        made.append(
            Project(p, quota, minimum, supervisor=leader, ranking=None if leader in own else tied)
        )
    supervisors = []
    for s in leaders:
        known = {a for p, leader in leads.items() if leader == s for a in wanted_by[p]}
        ranked = sorted(sorted(known), key=lambda _a: rng.random())
        led = sum(leader == s for leader in leads.values())
        ranking = tuple((a,) for a in ranked) if s in own else None
        supervisors.append(Supervisor(s, max(1, led * quota * 2 // 3), ranking))
    return Round(
        "large", tuple(Applicant(a, chosen[a]) for a in names), tuple(made), tuple(supervisors)
    )
