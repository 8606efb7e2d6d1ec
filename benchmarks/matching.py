"""``matching``: deferred acceptance beside a published package, and teams by integer programme.

The peer is ``matching`` 1.4.3, which knows quotas, but no ties, limits or minimum sizes: so it gets
the same choices and the project's lists with the ties already broken. It copies its players
recursively and needs a deep stack, which it gets.
"""

import random
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from matching.games import HospitalResident

from app.matching import Applicant, Project, Round, Supervisor, match, proof, stability
from app.matching.checker import read, verify
from app.matching.teams import Member, Teams, Topic, form_teams
from benchmarks import report, size

SEED = "5e" * 32
CHOICES = 10
_STACK = 1 << 30


def run(chosen: size.Size) -> None:
    """Print the lines of ``matching``."""
    _deferred_acceptance(chosen.applicants, chosen.projects)
    _supervised(chosen.applicants, chosen.projects)
    _teams(chosen.team_students)


def _deferred_acceptance(applicants: int, projects: int) -> None:
    """Ours and the peer on the same strict lists: the results must be the same."""
    report.say(f"  {applicants} applicants at {projects} projects, and the same by the peer")
    round_ = _round(applicants, projects, tie=1)
    seconds, cpu, matching = _best_of(3, lambda: match(round_, SEED))
    peer_seconds, peer_solving, peers = _on_a_deep_stack(lambda: _peer(round_))
    if peers != {name: p for name, p in matching.assigned.items() if p is not None}:
        raise RuntimeError("The peer's matching is another one.")
    if pairs := stability(matching):
        raise RuntimeError(f"{len(pairs)} pairs block the matching.")
    report.line(
        "matching.deferred-acceptance",
        seconds,
        "s",
        peer=peer_seconds,
        peer_solving=peer_solving,
        cpu=cpu,
        applicants=applicants,
        projects=projects,
        placed=len(peers),
        blocking_pairs=0,
    )


def _supervised(applicants: int, projects: int) -> None:
    """With ties and supervisors, and the proof written and checked."""
    round_ = _round(applicants, projects, tie=3, supervised=True)
    seconds, cpu, matching = _best_of(2, lambda: match(round_, SEED))
    began = time.perf_counter()
    text = proof(matching, SEED).encode()
    proved = time.perf_counter() - began
    began = time.perf_counter()
    checked = verify(read(text))
    if not checked.holds:
        raise RuntimeError("The proof does not hold.")
    report.line(
        "matching.supervised",
        seconds,
        "s",
        cpu=cpu,
        proof_seconds=proved,
        verify_seconds=time.perf_counter() - began,
        proof_bytes=len(text),
        blocking_pairs=len(checked.blocking_pairs),
    )


def _teams(students: int) -> None:
    report.say(f"  {students} students form teams")
    members, topics = _course(students)
    seconds, cpu, teams = _best_of(2, lambda: form_teams(members, topics, seconds=300))
    _check_teams(members, topics, teams)
    placed, worst, squares = (stage.value for stage in teams.stages)
    report.line(
        "matching.teams",
        seconds,
        "s",
        cpu=cpu,
        students=students,
        topics=len(topics),
        proven=teams.is_proven,
        placed=placed,
        worst_choice=worst,
        squares=squares,
    )


def _best_of(times: int, work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds, and CPU seconds, of the quickest."""
    best, cpu = float("inf"), float("inf")
    for _ in range(times):
        began, worked = time.perf_counter(), time.process_time()
        result = work()
        best = min(best, time.perf_counter() - began)
        cpu = min(cpu, time.process_time() - worked)
    return best, cpu, result


def _on_a_deep_stack(work: Callable[[], Any]) -> Any:
    found: list[Any] = []
    limit, stack = sys.getrecursionlimit(), threading.stack_size(_STACK)
    sys.setrecursionlimit(1_000_000)
    try:
        thread = threading.Thread(target=lambda: found.append(work()))
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(stack)
    return found[0]


def _peer(round_: Round) -> tuple[float, float, dict[str, str]]:
    """Seconds from the same lists to the result, those of the solving alone, and the result."""
    residents = {a.id: list(a.choices) for a in round_.applicants}
    hospitals = {p.id: [name for tier in p.ranking or () for name in tier] for p in round_.projects}
    quotas = {p.id: p.quota for p in round_.projects}
    began = time.perf_counter()
    game = HospitalResident.create_from_dictionaries(residents, hospitals, quotas)
    made = time.perf_counter()
    solved = game.solve(optimal="resident")
    ended = time.perf_counter()
    result = {str(r.name): str(h.name) for h, taken in solved.items() for r in taken}
    return ended - began, ended - made, result


def _round(applicants: int, projects: int, *, tie: int, supervised: bool = False) -> Round:
    rng = random.Random(7)  # noqa: S311 the same every time
    rooms = [f"p{n:04d}" for n in range(projects)]
    chosen = {
        f"a{n:05d}": tuple(rng.sample(rooms, min(CHOICES, projects))) for n in range(applicants)
    }
    wanted_by: dict[str, list[str]] = {p: [] for p in rooms}
    for name, choices in chosen.items():
        for p in choices:
            wanted_by[p].append(name)
    quota = max(1, applicants // projects)
    made, supervisors = [], []
    for n, p in enumerate(rooms):
        rng.shuffle(wanted_by[p])
        ranking = tuple(tuple(wanted_by[p][k : k + tie]) for k in range(0, len(wanted_by[p]), tie))
        leader = f"s{n // 5:03d}" if supervised else None
        if leader and n % 5 == 0:
            supervisors.append(Supervisor(leader, quota * 4))
        made.append(Project(p, quota, supervisor=leader, ranking=ranking))
    return Round(
        "benchmark",
        tuple(Applicant(name, choices) for name, choices in chosen.items()),
        tuple(made),
        tuple(supervisors),
    )


def _course(students: int) -> tuple[list[Member], list[Topic]]:
    """Some topics are wanted more than others; each needs two skills of five, a student has two."""
    rng = random.Random(3)  # noqa: S311 the same every time
    skills = [f"skill-{n}" for n in range(5)]
    count = max(2, students // 5)
    topics = [Topic(f"t{n:03d}", 4, 6, tuple(rng.sample(skills, 2))) for n in range(count)]
    weights = [(1 + n) ** -0.6 for n in range(count)]
    members = []
    for n in range(students):
        choices: dict[str, None] = {}
        while len(choices) < min(6, count):
            choices[rng.choices(topics, weights)[0].id] = None
        members.append(Member(f"m{n:04d}", tuple(choices), frozenset(rng.sample(skills, 2))))
    return members, topics


def _check_teams(members: list[Member], topics: list[Topic], teams: Teams) -> None:
    for topic in topics:
        team = [m for m in members if teams.assigned[m.id] == topic.id]
        held = frozenset().union(*(m.skills for m in team))
        if team and not (
            topic.smallest <= len(team) <= topic.largest and held.issuperset(topic.skills)
        ):
            raise RuntimeError(f"The team of {topic.id} is not as it must be.")
