"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from sqlalchemy import text

from app.conversations.operations.finding import thread_changed
from app.kernel.database import db
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Fate, Sql, Step, Table, Who, declare, step

STAYS = _l("An empty place stays where others replied, so that their words can be understood.")

declare(
    "conversations",
    Table(
        name="threads",
        title=_l("Discussions that you began"),
        fate=Fate.CUT,
        whose=("author_id",),
        cut={"title": "—"},
        words=("place", "subject", "kind"),
        reason=STAYS,
    ),
    Table(
        name="posts",
        title=_l("What you wrote in discussions"),
        fate=Fate.CUT,
        whose=("author_id",),
        by=("hidden_by_id", "answer_by_id"),
        secret=("hidden_reason",),
        cut={
            "body": "—",
            "body_html": "",
            "hidden_reason": "",
            "deleted_at": Sql("coalesce(posts.deleted_at, now())"),
        },
        reason=STAYS,
    ),
    Table(
        name="post_revisions",
        title=_l("What your posts said before you edited them"),
        via=(("post_id", "posts"),),
    ),
    Table(
        name="post_reports",
        title=_l("Posts that you reported"),
        whose=("person_id",),
        by=("settled_by_id",),
        also=("post_reports.post_id IN (SELECT id FROM posts WHERE author_id = :person)",),
        shown="post_reports.person_id = :person",
    ),
    Table(
        name="thread_readers",
        title=_l("How far you read discussions"),
        whose=("person_id",),
    ),
)


def _not_found_any_more(who: Who) -> int:
    """Threads in which she wrote are not found by what she wrote: made anew without it."""
    threads = db.session.scalars(
        text("SELECT DISTINCT thread_id FROM posts WHERE author_id = :person"), {"person": who.id}
    ).all()
    for thread_id in threads:
        thread_changed(thread_id)
    return len(threads)


step(Step("conversations.search", _l("Discussions as the search knew them"), _not_found_any_more))
