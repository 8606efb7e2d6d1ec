"""Closed rankings as they are kept: what decides, and why somebody is not eligible. Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from app import matching
from app.matching.lottery import document
from app.matching.teams import Member, Topic

__all__ = ["dump", "dump_teams", "load", "load_teams", "teams_digest"]


def dump(round_: matching.Round) -> dict[str, Any]:
    """ROUND as JSON: the document whose digest is published, and what each applicant lacks."""
    return {
        "document": document(round_),
        "missing": {
            a.id: {choice: list(what) for choice, what in sorted(a.missing.items())}
            for a in round_.applicants
            if a.missing
        },
    }


def load(snapshot: Mapping[str, Any]) -> matching.Round:
    """The opposite of ``dump``. Raises MatchingError for what contradicts itself."""
    kept, missing = snapshot["document"], snapshot["missing"]
    return matching.Round(
        kept["id"],
        tuple(
            matching.Applicant(
                name,
                tuple(row["choices"]),
                matching.Kind(row["kind"]),
                {choice: tuple(what) for choice, what in missing.get(name, {}).items()},
            )
            for name, row in kept["applicants"].items()
        ),
        tuple(
            matching.Project(
                name,
                row["quota"],
                row["minimum"],
                matching.Kind(row["takes"]),
                row["supervisor"],
                _ranking(row["ranking"]),
            )
            for name, row in kept["projects"].items()
        ),
        tuple(
            matching.Supervisor(name, row["limit"], _ranking(row["ranking"]))
            for name, row in kept["supervisors"].items()
        ),
    )


def _ranking(rows: list[list[str]] | None) -> matching.Ranking | None:
    return None if rows is None else tuple(tuple(row) for row in rows)


def dump_teams(members: list[Member], topics: list[Topic]) -> dict[str, Any]:
    """What decides where only students rank, in the order of the keys."""
    return {
        "members": {
            m.id: {"choices": list(m.choices), "skills": sorted(m.skills)}
            for m in sorted(members, key=lambda m: m.id)
        },
        "topics": {
            t.id: {
                "smallest": t.smallest,
                "largest": t.largest,
                "skills": list(t.skills),
                "must_run": t.must_run,
            }
            for t in sorted(topics, key=lambda t: t.id)
        },
    }


def load_teams(snapshot: Mapping[str, Any]) -> tuple[list[Member], list[Topic]]:
    members = [
        Member(name, tuple(row["choices"]), frozenset(row["skills"]))
        for name, row in snapshot["members"].items()
    ]
    topics = [
        Topic(name, row["smallest"], row["largest"], tuple(row["skills"]), row["must_run"])
        for name, row in snapshot["topics"].items()
    ]
    return members, topics


def teams_digest(snapshot: Mapping[str, Any]) -> str:
    text = json.dumps(snapshot, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
