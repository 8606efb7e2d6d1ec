"""Matching: who receives which project, why, and a proof of it. Knows no Flask, no database.

    seed = new_seed(); publish(seed_hash(seed))          # before the ranking opens
    round_ = Round(new_id("r"), applicants, projects, supervisors)
    matching = match(round_, seed)                       # after it has closed
    explain(matching, applicant)                         # reasons, for her alone
    proof(matching, seed)                                # the file for everybody
    check(matching, Move(applicant, project)).is_clean   # a change by hand
    moves_up(check(matching, Withdrawal(applicant)).matching)
    teams.form_teams(members, topics)                    # a course's teams; loads scipy

``app.matching.checker`` checks a proof and shares no code with the rest. docs/matching.md.
"""

from app.matching.changes import (
    Change,
    Checked,
    Limit,
    Move,
    Quota,
    Step,
    Withdrawal,
    applied,
    check,
    moves_up,
    next_up,
    stability,
    waiting,
)
from app.matching.deferred import Matching, match, match_with
from app.matching.errors import MatchingError
from app.matching.lottery import Lottery, digest, draw, new_id, new_seed, seed_hash
from app.matching.proof import proof
from app.matching.reasons import Explained, Reason, explain, explain_all
from app.matching.rounds import Applicant, Kind, Project, Ranking, Round, Supervisor

__all__ = [
    "Applicant",
    "Change",
    "Checked",
    "Explained",
    "Kind",
    "Limit",
    "Lottery",
    "Matching",
    "MatchingError",
    "Move",
    "Project",
    "Quota",
    "Ranking",
    "Reason",
    "Round",
    "Step",
    "Supervisor",
    "Withdrawal",
    "applied",
    "check",
    "digest",
    "draw",
    "explain",
    "explain_all",
    "match",
    "match_with",
    "moves_up",
    "new_id",
    "new_seed",
    "next_up",
    "proof",
    "seed_hash",
    "stability",
    "waiting",
]
