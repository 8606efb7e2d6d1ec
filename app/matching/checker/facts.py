"""What must hold for a proof to prove anything, each a sentence that is true or not."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass

from app.matching.checker.again import again
from app.matching.checker.order import Order
from app.matching.checker.reading import Claim, _l

__all__ = ["Fact", "Report", "verify"]


@dataclass(frozen=True)
class Fact:
    """A sentence, to be translated, with what it takes, and whether it is true of the proof."""

    message: str
    holds: bool
    params: dict[str, object]


@dataclass(frozen=True)
class Report:
    facts: tuple[Fact, ...]
    blocking_pairs: tuple[tuple[str, str], ...]

    @property
    def holds(self) -> bool:
        return all(fact.holds for fact in self.facts)


def verify(claim: Claim, published_hash: str | None = None) -> Report:
    """Look at all that a proof claims, and at the hash that was published before, if known."""
    facts = []

    def fact(message: str, holds: bool, **params: object) -> None:
        facts.append(Fact(message, holds, params))

    if published_hash is not None:
        fact(
            _l("The hash of the seed is the one that you were given before the ranking."),
            claim.seed_hash == published_hash.strip().lower(),
        )
    fact(
        _l("The seed is the one whose hash was published."),
        hashlib.sha256(claim.seed.encode()).hexdigest() == claim.seed_hash,
    )
    canonical = _canonical(claim)
    fact(
        _l("The lottery was drawn from exactly these rankings, quotas and limits."),
        hashlib.sha256(canonical.encode()).hexdigest() == claim.digest,
    )
    order = Order(claim)
    fact(
        _l("Everybody has a choice of their own that is open and could take them, or none."),
        _are_places_fit(claim, order),
    )
    fact(_l("No quota and no supervisor's limit is exceeded."), _are_limits_kept(claim))
    fact(_l("Every open project has its minimum."), _are_minimums_kept(claim))
    pairs = _blocking_pairs(claim, order)
    fact(
        _l(
            "Counted again, %(count)s pairs would rather have each other; the file says %(stated)s."
        ),
        len(pairs) == claim.blocking_pairs == 0,
        count=len(pairs),
        stated=claim.blocking_pairs,
    )
    assigned, closed = again(claim, order)
    fact(
        _l("Matched again, everybody receives the same, and the same projects close."),
        assigned == claim.assigned and closed == claim.closed,
    )
    return Report(tuple(facts), tuple(pairs))


def _canonical(claim: Claim) -> str:
    return json.dumps(claim.round, sort_keys=True, separators=(",", ":"))


def _are_places_fit(claim: Claim, order: Order) -> bool:
    for name, received in claim.assigned.items():
        if received is None:
            continue
        applicant, project = claim.round["applicants"][name], claim.round["projects"][received]
        if (
            received not in applicant["choices"]
            or received in claim.closed
            or applicant["kind"] != project["takes"]
            or order.key(name, received) is None
        ):
            return False
    return True


def _are_limits_kept(claim: Claim) -> bool:
    projects, supervisors = claim.round["projects"], claim.round["supervisors"]
    taken = Counter(claim.assigned.values())
    led = Counter(projects[p]["supervisor"] for p in claim.assigned.values() if p is not None)
    return all(taken[name] <= project["quota"] for name, project in projects.items()) and all(
        led[name] <= supervisor["limit"] for name, supervisor in supervisors.items()
    )


def _are_minimums_kept(claim: Claim) -> bool:
    taken = Counter(claim.assigned.values())
    return all(
        taken[name] >= project["minimum"] or name in claim.closed
        for name, project in claim.round["projects"].items()
    )


def _blocking_pairs(claim: Claim, order: Order) -> list[tuple[str, str]]:
    """Word for word from Abraham, Irving and Manlove (2007), definition 1 and section 2."""
    projects, supervisors = claim.round["projects"], claim.round["supervisors"]
    in_project: dict[str, list[str]] = {name: [] for name in projects}
    in_supervisor: dict[str, list[tuple[str, str]]] = {name: [] for name in supervisors}
    for name, received in claim.assigned.items():
        if received is not None:
            in_project[received].append(name)
            if projects[received]["supervisor"] is not None:
                in_supervisor[projects[received]["supervisor"]].append((name, received))
    worst = {
        p: max((order.worst(a, p) for a in held), default=None) for p, held in in_project.items()
    }
    worst_led = {
        s: max((order.worst(a, p) for a, p in held), default=None)
        for s, held in in_supervisor.items()
    }
    pairs = []
    for name, applicant in claim.round["applicants"].items():
        received = claim.assigned[name]
        for choice in applicant["choices"]:
            if choice == received:
                break
            key = order.key(name, choice)
            if key is None or choice in claim.closed:
                continue
            project = projects[choice]
            supervisor = project["supervisor"]
            project_is_full = len(in_project[choice]) >= project["quota"]
            supervisor_is_full = (
                supervisor is not None
                and len(in_supervisor[supervisor]) >= supervisors[supervisor]["limit"]
            )
            if project_is_full:
                last = worst[choice]
                blocks = last is not None and key < last
            elif supervisor_is_full:
                last = worst_led[supervisor]
                is_led = received is not None and projects[received]["supervisor"] == supervisor
                blocks = (last is not None and key < last) or (
                    is_led and key <= order.worst(name, str(received))
                )
            else:
                blocks = True
            if blocks:
                pairs.append((name, choice))
    return sorted(pairs)
