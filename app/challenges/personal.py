"""What this room keeps of people, and what becomes of it (see ``kernel.personal``).

Entries of one person leave the leaderboard with her; those of a team stay with the team.
"""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Table, declare

OTHERS = (
    "EXISTS (SELECT 1 FROM challenge_entry_people o WHERE o.entry_id = challenge_entries.id"
    " AND o.person_id <> :person)"
)

declare(
    "challenges",
    Table(name="challenges", by=("created_by_id", "ended_by_id")),
    Table(name="challenge_evaluations", by=("made_by_id",)),
    Table(name="challenge_runs", by=("asked_by_id",)),
    Table(
        name="challenge_entries",
        title=_l("Your entries to challenges"),
        whose=("person_id",),
        only=f"NOT {OTHERS}",
        secret=("detail", "claim", "params"),
        files=(("blob", "file_name"), ("predictions_blob", None)),
    ),
    Table(
        name="challenge_entry_people",
        title=_l("Whose entry it is"),
        whose=("person_id",),
        via=(("entry_id", "challenge_entries"),),
    ),
    Table(
        name="challenge_participants",
        title=_l("Challenges that you joined"),
        whose=("person_id",),
    ),
    Table(
        name="challenge_scores",
        title=_l("Scores of your entries"),
        via=(("entry_id", "challenge_entries"),),
        # The hidden half of the answers is told at the end, on the challenge's page.
        secret=("private", "predictions_digest", "answers_digest", "environment", "data_digests"),
    ),
)
