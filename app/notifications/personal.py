"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from sqlalchemy import text

from app.kernel.database import db
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Step, Table, Who, declare, step

declare(
    "notifications",
    Table(
        name="notifications",
        title=_l("News for you"),
        whose=("person_id",),
        correct="notifications.index",
    ),
    Table(
        name="notification_preferences",
        title=_l("What you want to hear of"),
        whose=("person_id",),
        correct="notifications.settings",
    ),
)


def _others_news(who: Who) -> int:
    """News of others that call her by name: what happened to her is nobody's news any more."""
    if len(who.name) < 2:
        return 0
    gone = db.session.execute(
        text(
            "DELETE FROM notifications WHERE position(:name in subject::text) > 0"
            " OR position(:name in body::text) > 0 OR position(:email in body::text) > 0"
            " RETURNING id"
        ),
        {"name": who.name, "email": who.email},
    )
    return len(gone.all())


step(Step("notifications.others", _l("News for others in which your name stood"), _others_news))
