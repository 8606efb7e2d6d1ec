"""The staff of a place keeps it in order; everybody there can ask them to."""

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.conversations import policies
from app.conversations.models import Post, PostReport, Thread
from app.conversations.operations.finding import thread_changed
from app.conversations.places import Place
from app.conversations.rules import REASON_LETTERS
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.jobs import defer
from app.kernel.transaction import operation


class ReasonNeeded(Refused):
    message = _l("Please give a reason.")


class NotInTheQueue(Refused):
    message = _l("This report is settled already.")


def _reason(text: str) -> str:
    reason = text.replace("\0", "").strip()[:REASON_LETTERS]
    if not reason:
        raise ReasonNeeded
    return reason


@operation
def pin(actor: Person, thread: Thread, place: Place, *, wanted: bool) -> None:
    """Keep a thread at the top of its lists, or let it go. Raises NotVisible."""
    _moderates(place)
    thread.pinned_at = (thread.pinned_at or clock.now()) if wanted else None
    audit.record(actor.id, "thread.pinned" if wanted else "thread.unpinned", "thread", thread.id)


@operation
def lock(actor: Person, thread: Thread, place: Place, *, wanted: bool) -> None:
    """Let nobody but the staff write in a thread, or open it again. Raises NotVisible."""
    _moderates(place)
    thread.locked_at = (thread.locked_at or clock.now()) if wanted else None
    audit.record(actor.id, "thread.locked" if wanted else "thread.unlocked", "thread", thread.id)


@operation
def hide(actor: Person, post: Post, place: Place, reason: str) -> None:
    """Show a post to nobody but the staff and its author; what was reported of it is settled.

    Hiding the first post hides the thread. Raises NotVisible, ReasonNeeded.
    """
    _moderates(place)
    reason = _reason(reason)
    thread = db.session.scalars(
        select(Thread).where(Thread.id == post.thread_id).with_for_update()
    ).one()
    if post.hidden_at is None:
        post.hidden_at, post.hidden_by_id = clock.now(), actor.id
    post.hidden_reason = reason
    if post.position == 0:
        thread.hidden_at = post.hidden_at
    if post.answer_at is not None:
        post.answer_at = post.answer_by_id = thread.answered_at = None
    db.session.execute(
        update(PostReport)
        .where(PostReport.post_id == post.id, PostReport.settled_at.is_(None))
        .values(settled_at=clock.now(), settled_by_id=actor.id)
    )
    thread_changed(thread.id)
    audit.record(actor.id, "post.hidden", "post", post.id, reason=reason)


@operation
def show_again(actor: Person, post: Post, place: Place) -> None:
    """Raises NotVisible."""
    _moderates(place)
    post.hidden_at = post.hidden_by_id = None
    post.hidden_reason = ""
    if post.position == 0:
        post.thread.hidden_at = None
    thread_changed(post.thread_id)
    audit.record(actor.id, "post.shown_again", "post", post.id)


@operation
def report(person: Person, post: Post, reason: str) -> None:
    """Ask the staff to look at a post, once as long as nobody has. Raises NotVisible,
    ReasonNeeded."""
    if not policies.can_report(person, post):
        raise NotVisible(str(post.id))
    reason = _reason(reason)
    made = db.session.scalar(
        insert(PostReport)
        .values(
            id=new_id(),
            post_id=post.id,
            person_id=person.id,
            reason=reason,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(
            index_elements=["post_id", "person_id"],
            index_where=PostReport.settled_at.is_(None),
        )
        .returning(PostReport.id)
    )
    if made is not None:
        defer("conversations.tasks.tell_of_report", report_id=str(made))


@operation
def settle(actor: Person, found: PostReport) -> None:
    """Nothing has to be done about a report. Raises NotInTheQueue."""
    if found.settled_at is not None:
        raise NotInTheQueue
    found.settled_at, found.settled_by_id = clock.now(), actor.id
    audit.record(actor.id, "report.settled", "post_report", found.id)


def _moderates(place: Place) -> None:
    if not place.may_moderate:
        raise NotVisible(place.key)
