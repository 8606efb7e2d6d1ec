"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Fate, Table, contact, declare, impersonal


def not_held(section: str, item_key: str) -> str:
    """SQL: the points of the item ITEM_KEY of SECTION may be known to students ``:now``."""
    return (
        "NOT EXISTS (SELECT 1 FROM grade_releases held"
        f" WHERE held.section_id = {section} AND held.item_key = {item_key}"
        " AND (held.released_at IS NULL OR held.released_at > :now))"
    )


declare(
    "learning",
    Table(name="offerings", by=("created_by_id",)),
    Table(name="offering_upgrades", by=("by_id",)),
    Table(name="announcements", by=("author_id", "withdrawn_by_id")),
    Table(name="group_sets", by=("made_by_id",)),
    Table(name="live_sessions", by=("created_by_id",)),
    Table(name="grade_releases", by=("set_by_id",)),
    # Who taught a section is a fact of the section; the name goes with the account.
    Table(name="section_staff", by=("person_id",)),
    Table(
        name="enrolments",
        title=_l("Sections that you joined"),
        fate=Fate.CUT,
        whose=("person_id",),
        by=("withdrawn_by_id",),
        cut={"withdrawal_reason": ""},
        words=("via",),
        reason=_l(
            "The programme and the schools count who took and completed courses: a line without "
            "a name."
        ),
    ),
    Table(
        name="recognition_requests",
        title=_l("Requests to have credit recognised"),
        fate=Fate.KEEP,
        whose=("person_id",),
        via=(("enrolment_id", "enrolments"),),
        by=("reviewed_by_id", "decided_by_id"),
        cut={"message": "", "reason": ""},
        words=("own_course", "state"),
        reason=_l(
            "The school’s decision about credit is a record of studies, which schools have to keep."
        ),
    ),
    Table(
        name="place_requests",
        title=_l("Requests for a place"),
        whose=("person_id",),
        by=("decided_by_id",),
    ),
    Table(
        name="extensions",
        title=_l("More time that you were given"),
        whose=("person_id",),
        by=("granted_by_id", "ended_by_id"),
    ),
    Table(
        name="group_places",
        title=_l("Your places in groups"),
        whose=("person_id",),
        by=("placed_by_id",),
    ),
    Table(
        name="item_progress",
        title=_l("Your progress"),
        whose=("person_id",),
        shown=not_held(
            "item_progress.section_id", "item_progress.kind || ':' || item_progress.slug"
        ),
    ),
    Table(
        name="attendances",
        title=_l("Your attendance"),
        whose=("person_id",),
        by=("noted_by_id",),
    ),
    Table(name="announcement_readings", title=_l("Announcements you read"), whose=("person_id",)),
    Table(name="bookmarks", title=_l("Your bookmarks"), whose=("person_id",)),
    Table(
        name="calendar_feeds",
        title=_l("Your calendar address"),
        whose=("person_id",),
        secret=("token_digest", "entries"),
    ),
    Table(
        name="roster_invitations",
        title=_l("Invitations to sections, to your address"),
        also=("roster_invitations.email = :email",),
        by=("invited_by_id",),
    ),
)
impersonal("learning", "sections", "section_groups", "item_plans")
contact("roster_invitations", email="email", only="true")
