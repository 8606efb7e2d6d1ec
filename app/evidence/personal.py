"""What this room keeps of people, and what becomes of it (see ``kernel.personal``).

The ledger is about one person each: it goes with her. Who vouched for others stays as an id.
"""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Table, declare
from app.learning.personal import not_held

declare(
    "evidence",
    Table(
        name="evidence",
        title=_l("What you have shown of skills"),
        whose=("person_id",),
        by=("vouched_by_id",),
        loosen=(("submission_id", "submissions"),),
        shown=not_held("evidence.section_id", "split_part(evidence.item, '/', 2)"),
    ),
    Table(
        name="evidence_withdrawals",
        title=_l("Evidence that does not hold any more"),
        via=(("evidence_id", "evidence"),),
        by=("by_id",),
    ),
    Table(
        name="grading_stamps",
        title=_l("What graded your work"),
        via=(("attempt_id", "attempts"),),
    ),
    Table(name="skill_mappings", by=("made_by_id", "ended_by_id")),
    Table(
        name="supervised_repeats",
        title=_l("Labs that you repeat under supervision"),
        whose=("person_id",),
        via=(("submission_id", "submissions"),),
        by=("ordered_by_id", "attested_by_id", "cancelled_by_id"),
    ),
)
