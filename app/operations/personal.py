"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Table, declare

declare(
    "operations",
    Table(name="lab_drains", by=("made_by_id", "opened_by_id")),
    Table(name="lab_quotas", by=("changed_by_id",)),
    Table(
        name="lab_runs",
        title=_l("When your labs ran, and what they used"),
        whose=("person_id",),
        by=("stop_by_id",),
        secret=("detail", "stop_note"),
    ),
    Table(name="lab_turns", title=_l("Your places in the line for a lab"), whose=("person_id",)),
)
