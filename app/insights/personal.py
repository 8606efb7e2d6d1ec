"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Table, declare

PAIRS = (("first_id", "submissions"), ("second_id", "submissions"))

declare(
    "insights",
    Table(name="risk_settings", by=("set_by_id",)),
    Table(name="similarity_runs", by=("asked_by_id",)),
    Table(
        name="risk_findings",
        title=_l("Where you seemed to need help"),
        whose=("person_id",),
    ),
    Table(
        name="risk_steps",
        title=_l("What your teachers did to help you"),
        whose=("person_id",),
        via=(("extension_id", "extensions"),),
        by=("by_id",),
        shown="risk_steps.kind <> 'note'",
    ),
    Table(
        name="similar_pairs",
        title=_l("Where your work resembles other work"),
        via=PAIRS,
        # The other half is somebody else's work.
        secret=("parts", "first_id", "second_id"),
    ),
    Table(
        name="similarity_notes",
        title=_l("Notes about resembling work"),
        via=PAIRS,
        by=("by_id",),
        shown="false",
    ),
)
