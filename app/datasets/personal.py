"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Table, declare

declare(
    "datasets",
    Table(name="data_sets", by=("kept_by_id",)),
    # What had arrived of the file is swept away with other uploads that nobody goes on with.
    Table(name="data_uploads", title=_l("Data sets that you began to send"), whose=("person_id",)),
)
