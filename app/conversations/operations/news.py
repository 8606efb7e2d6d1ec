"""Who is told of what was written. Nobody who may not read there any more is told anything.

These run as jobs: telling is safe to repeat, because the same news is told once to each person.
"""

import uuid
from collections.abc import Callable, Collection

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.accounts.models import Person
from app.conversations import places, queries
from app.conversations.models import Post, PostReport, Thread
from app.conversations.rules import excerpt
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.notifications import rules
from app.notifications.operations import tell
from app.notifications.rules import Delivery, Kind, Note

CHUNK = 100
"""How many followers are told in one transaction."""

REPLY = rules.register(Kind("conversations.reply", _l("Replies in discussions that I follow")))
ANSWER = rules.register(
    Kind("conversations.answer", _l("Answers to my questions, and mine marked"))
)
QUESTION = rules.register(Kind("conversations.thread", _l("New discussions where I teach")))
REPORT = rules.register(
    Kind("conversations.report", _l("Reported posts where I teach"), Delivery.NOW)
)


MESSAGE = rules.register(
    Kind("conversations.message", _l("Messages about my applications"), Delivery.NOW)
)


@operation
def tell_of_thread(thread_id: uuid.UUID) -> None:
    """Tell those who look after the place of a new thread; of a private one, both sides."""
    thread = db.session.get_one(Thread, thread_id)
    opening = _post_at(thread, 0)
    if not _stands(opening) or _told_privately(opening):
        return
    author = thread.author.name

    def compose() -> Note:
        kind = _("asks") if thread.is_question else _("writes")
        return Note(
            _("%(name)s %(kind)s: %(title)s", name=author, kind=kind, title=thread.title),
            excerpt(opening.body),
        )

    wanted = places.moderators(thread.place) - {thread.author_id}
    _tell_each(wanted, QUESTION, compose, path_of(opening), f"thread:{thread.id}")


@operation
def tell_of_post(site_url: str, post_id: uuid.UUID, after: uuid.UUID | None = None) -> None:
    """Tell the followers AFTER this one of a reply, then leave the rest to the next job."""
    post = db.session.get_one(Post, post_id)
    thread = post.thread
    if _told_privately(post):
        return
    followers = queries.followers_after(thread.id, after, CHUNK)
    if not followers or not _stands(post) or not _stands(_post_at(thread, 0)):
        return
    stop = f"{site_url}/discussions/{thread.id}/following"

    def compose() -> Note:
        return Note(
            _("%(name)s replied: %(title)s", name=post.author.name, title=thread.title),
            excerpt(post.body) + "\n\n" + _("No more news of this thread: %(url)s", url=stop),
        )

    wanted = places.readers(thread.place, [one for one in followers if one != post.author_id])
    _tell_each(wanted, REPLY, compose, path_of(post), f"post:{post.id}")
    if len(followers) == CHUNK:
        defer("conversations.tasks.tell_of_post", post_id=str(post.id), after=str(followers[-1]))


@operation
def tell_of_answer(post_id: uuid.UUID) -> None:
    """Tell who asked and who answered that the question has its answer, not who marked it."""
    post = db.session.get_one(Post, post_id)
    thread = post.thread
    if post.answer_at is None or not _stands(post) or places.audience(thread.place) is not None:
        return
    people = {thread.author_id, post.author_id} - {post.answer_by_id}

    def compose() -> Note:
        return Note(
            _("Marked as the answer: %(title)s", title=thread.title),
            _("%(name)s wrote:", name=post.author.name) + "\n" + excerpt(post.body),
        )

    wanted = places.readers(thread.place, [one for one in people if one is not None])
    _tell_each(wanted, ANSWER, compose, path_of(post), f"answer:{post.id}")


@operation
def tell_of_report(report_id: uuid.UUID) -> None:
    """Tell those who look after the place that somebody reported a post."""
    report = db.session.get_one(PostReport, report_id)
    thread = report.post.thread
    if report.settled_at is not None:
        return

    def compose() -> Note:
        return Note(
            _("A post was reported: %(title)s", title=thread.title),
            _("The reason given: %(reason)s", reason=report.reason),
        )

    wanted = places.moderators(thread.place)
    _tell_each(wanted, REPORT, compose, "/discussions/reports", f"report:{report.id}")


def _told_privately(post: Post) -> bool:
    """Whether POST stands in a private place; its readers are told that there is something."""
    wanted = places.audience(post.thread.place)
    if wanted is None:
        return False
    if _stands(post):

        def compose() -> Note:
            return Note(_("A new message about an application"), _("It is read on the site alone."))

        _tell_each(wanted - {post.author_id}, MESSAGE, compose, path_of(post), f"post:{post.id}")
    return True


def path_of(post: Post) -> str:
    """Where a post is read, within the site."""
    return f"/discussions/{post.thread_id}?at={post.position}#p{post.position}"


def _post_at(thread: Thread, position: int) -> Post:
    return db.session.scalars(
        select(Post).where(Post.thread_id == thread.id, Post.position == position)
    ).one()


def _stands(post: Post) -> bool:
    return post.deleted_at is None and post.hidden_at is None


def _tell_each(
    wanted: Collection[uuid.UUID], kind: Kind, compose: Callable[[], Note], path: str, key: str
) -> None:
    people = db.session.scalars(
        select(Person)
        .where(Person.id.in_(wanted))
        .order_by(Person.id)
        .options(selectinload(Person.memberships))
    ).all()
    for person in people:
        tell(person, kind, compose, path, key=key)
