"""Reading rounds, each time through the person who asks."""

from app.rounds.queries.closing import BARRIER, SKILL, entries_of, members_and_topics, rankings_of
from app.rounds.queries.desk import (
    DeskEntry,
    DeskProject,
    MyTeam,
    barriers_of,
    dropped_choices,
    entries_on_desk,
    entries_with_names,
    entry_in,
    my_changes,
    my_team,
    projects_on_desk,
    public_changes,
    waiting_place,
)
from app.rounds.queries.dry import DryRun, TriedProject, dry_run
from app.rounds.queries.rounds import (
    Counts,
    counts_of,
    going,
    project_in,
    round_by_code,
    round_for,
    round_kept_by,
    rounds_for,
)
from app.rounds.queries.standing import (
    Drawn,
    MyReason,
    changes_of,
    closing_of,
    drawn_of,
    my_reasons,
    not_again,
    offer_of,
    offers_of,
    result_of,
    settled_of,
)
from app.rounds.queries.taking import (
    Choosable,
    Rankable,
    applications_of,
    applies_alone,
    choosable,
    entry_of,
    places_of,
    projects_ranked_by,
    rankable,
    teams_that_could_enter,
)
from app.rounds.queries.waiting import could_have_to_rank, not_ranked_by, not_ranked_for

__all__ = [
    "BARRIER", "SKILL", "Choosable", "Counts", "DeskEntry", "DeskProject", "Drawn", "DryRun",
    "MyReason", "MyTeam", "Rankable", "TriedProject", "applications_of", "applies_alone",
    "barriers_of", "changes_of", "choosable", "closing_of", "could_have_to_rank",
    "counts_of", "drawn_of", "dropped_choices", "dry_run", "entries_of", "entries_on_desk",
    "entries_with_names", "entry_in", "entry_of", "going", "members_and_topics", "my_changes",
    "my_reasons", "my_team", "not_again", "not_ranked_by", "not_ranked_for", "offer_of",
    "offers_of", "places_of", "project_in", "projects_on_desk", "projects_ranked_by",
    "public_changes", "rankable", "rankings_of", "result_of", "round_by_code", "round_for",
    "round_kept_by", "rounds_for", "settled_of", "teams_that_could_enter", "waiting_place",
]  # fmt: skip
