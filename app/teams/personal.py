"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Fate, Sql, Table, declare, impersonal

_OTHERS = _l("The team is also that of its other members.")

declare(
    "teams",
    Table(
        name="teams",
        title=_l("Teams that you formed"),
        fate=Fate.CUT,
        whose=("made_by_id",),
        by=("dissolved_by_id",),
        cut={"name": Sql("replace(name, :name, '…')"), "about": "", "seeking_words": ""},
        words=("name", "subject_key"),
        reason=_OTHERS,
        correct="teams.index",
    ),
    Table(
        name="team_members",
        title=_l("Teams that you are or were in"),
        whose=("person_id",),
        by=("left_by_id",),
        correct="teams.index",
    ),
    Table(name="team_leads", title=_l("Teams that you lead or led"), whose=("person_id",)),
    Table(name="team_votes", title=_l("Whom you want to lead"), whose=("voter_id", "candidate_id")),
    Table(
        name="team_invitations",
        title=_l("Invitations to teams"),
        whose=("person_id", "made_by_id"),
        by=("answered_by_id",),
        also=("team_invitations.email = :email",),
        secret=("token_hash",),
        correct="teams.index",
    ),
    Table(
        name="team_requests",
        title=_l("Teams that you asked to join"),
        whose=("person_id",),
        by=("answered_by_id",),
        correct="teams.index",
    ),
    Table(
        name="team_seekers",
        title=_l("What you said when you looked for a team"),
        whose=("person_id",),
        correct="teams.seeking",
    ),
)
impersonal("teams", "team_freezes")
