"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Fate, Table, declare, impersonal

PROVEN = _l(
    "What a round decided stays under a random number, so that everybody else can still check it."
)

declare(
    "rounds",
    Table(name="rounds", by=("created_by_id",)),
    Table(
        name="round_supervisors",
        title=_l("Rounds in which you supervise"),
        fate=Fate.KEEP,
        whose=("person_id",),
        words=("key",),
        reason=PROVEN,
    ),
    Table(name="round_projects", by=("ranked_by_id",)),
    Table(
        name="round_entries",
        title=_l("Rounds that you took part in"),
        fate=Fate.KEEP,
        whose=("person_id",),
        words=("key",),
        reason=PROVEN,
    ),
    Table(
        name="round_members",
        title=_l("Rounds that you took part in, alone or in a team"),
        fate=Fate.KEEP,
        whose=("person_id",),
        reason=PROVEN,
    ),
    Table(
        name="round_choices",
        title=_l("What you ranked"),
        fate=Fate.KEEP,
        via=(("entry_id", "round_entries"),),
        reason=PROVEN,
    ),
    Table(
        name="round_ranks",
        title=_l("Lists of companies that you stand on"),
        via=(("application_id", "applications"),),
        secret=("place",),
        # Before the result nobody learns what the other side ranks.
        shown="EXISTS (SELECT 1 FROM round_projects"
        " JOIN rounds ON rounds.id = round_projects.round_id"
        " WHERE round_projects.id = round_ranks.project_id"
        " AND rounds.state IN ('published', 'ended'))",
    ),
    Table(
        name="round_barriers",
        title=_l("Projects of a round that you cannot be placed at"),
        fate=Fate.KEEP,
        via=(("entry_id", "round_entries"),),
        by=("by_id",),
        cut={"reason": "—"},
        reason=PROVEN,
    ),
    Table(
        name="round_offers",
        title=_l("Places that a round offered you"),
        fate=Fate.KEEP,
        via=(("entry_id", "round_entries"),),
        loosen=(("application_id", "applications"),),
        words=("way", "state"),
        reason=PROVEN,
    ),
    Table(
        name="round_changes",
        title=_l("Changes of your place in a round"),
        fate=Fate.KEEP,
        via=(("entry_id", "round_entries"),),
        by=("by_id",),
        secret=("checked",),
        cut={"reason": "—"},
        words=("kind", "checked"),
        reason=PROVEN,
    ),
)
impersonal("rounds", "round_closings", "round_results")
