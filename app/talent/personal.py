"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Table, declare

declare(
    "talent",
    Table(
        name="talent_profiles",
        title=_l("What you say of yourself to companies"),
        whose=("person_id",),
        correct="talent.profile",
    ),
    Table(
        name="talent_files",
        title=_l("Files that companies see who find you"),
        via=(("profile_id", "talent_profiles"),),
        correct="talent.profile",
    ),
    Table(
        name="talent_blocks",
        title=_l("Companies that do not find you"),
        whose=("person_id",),
        correct="talent.profile",
    ),
    Table(
        name="talent_searches",
        title=_l("Searches that you saved"),
        whose=("made_by_id",),
    ),
    Table(
        name="talent_seen",
        title=_l("Saved searches that told of you"),
        whose=("person_id",),
        via=(("search_id", "talent_searches"),),
    ),
    Table(
        name="talent_contacts",
        title=_l("Companies that asked you, and your answers"),
        whose=("person_id",),
        by=("by_id",),
        correct="talent.contacts",
    ),
)
