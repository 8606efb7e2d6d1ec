"""What this room keeps of people, and what becomes of it (see ``kernel.personal``).

An application of one person goes with her, and with it what the company noted of it. One of a team
stays with the team: her name leaves it. Notes and tags of the company are data about her, so she
gets them with her copy.
"""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Table, declare

declare(
    "applications",
    Table(
        name="applications",
        title=_l("Your applications"),
        whose=("person_id",),
        by=("sent_by_id",),
        secret=("seat",),
        correct="applications.mine",
    ),
    Table(
        name="application_people",
        title=_l("Applications that you are part of"),
        whose=("person_id",),
        via=(("application_id", "applications"),),
    ),
    Table(
        name="application_steps",
        title=_l("Steps of your applications"),
        via=(("application_id", "applications"),),
        by=("by_id",),
    ),
    Table(
        name="application_files",
        title=_l("Files of your applications"),
        via=(("application_id", "applications"),),
        by=("added_by_id",),
        files=(("blob", "name"),),
    ),
    Table(
        name="application_tags",
        title=_l("What companies marked on your applications"),
        via=(("application_id", "applications"),),
        by=("by_id",),
    ),
    Table(
        name="application_notes",
        title=_l("What companies noted on your applications"),
        via=(("application_id", "applications"),),
        by=("by_id",),
    ),
    Table(name="application_desks", by=("changed_by_id",)),
)
