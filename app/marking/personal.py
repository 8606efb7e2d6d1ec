"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Table, declare

OF_HERS = (("work_id", "submissions"), ("work_id", "quiz_attempts"))

declare(
    "marking",
    Table(name="marking_plans", by=("by_id",)),
    Table(
        name="marking_shares",
        title=_l("Who was to mark your work"),
        whose=("owner_id",),
        by=("grader_id", "second_id", "by_id"),
        secret=("grader_id", "second_id"),
    ),
    Table(
        name="marking_opinions",
        title=_l("What each of two markers said"),
        via=OF_HERS,
        by=("grader_id",),
        shown="false",
    ),
    Table(
        name="marking_proposals",
        title=_l("Marks that were proposed"),
        via=OF_HERS,
        by=("by_id",),
        shown="false",
    ),
    Table(
        name="marking_settlements",
        title=_l("What two markers agreed on"),
        via=(*OF_HERS, ("first_id", "marking_opinions"), ("second_id", "marking_opinions")),
        by=("by_id",),
        shown="false",
    ),
)
