"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Table, declare

declare(
    "steering",
    Table(name="desk_items", by=("owner_id", "given_by_id")),
    Table(name="bulk_messages", by=("sender_id",)),
    Table(
        name="bulk_recipients",
        title=_l("Messages of the programme’s office to you"),
        whose=("person_id",),
    ),
)
