"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Fate, Table, declare

RECORD = _l(
    "Final grades are records of studies, which schools have to keep: with your student number, "
    "without your name."
)

declare(
    "finals",
    Table(name="final_settlements", by=("by_id",)),
    Table(name="final_exports", by=("by_id",)),
    Table(
        name="final_grades",
        title=_l("Your final grades"),
        fate=Fate.KEEP,
        whose=("person_id",),
        secret=("trace",),
        cut={"name": "—"},
        words=("student_number", "exact", "mark", "trace", "digest"),
        reason=RECORD,
    ),
    Table(
        name="final_corrections",
        title=_l("How a final grade was corrected"),
        fate=Fate.KEEP,
        via=(("final_id", "final_grades"),),
        by=("proposed_by_id", "decided_by_id"),
        shown="final_corrections.state = 'approved'",
        secret=("attachment", "words"),
        # What was changed stays; why is written in words about her.
        cut={"reason": "—", "attachment": "", "words": ""},
        words=("way", "state", "before", "after", "digest"),
        reason=RECORD,
    ),
)
