"""Threads and posts are written, changed and deleted by their authors."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.accounts.models import Person
from app.conversations import policies
from app.conversations.events import PostWritten
from app.conversations.models import Post, PostRevision, Thread
from app.conversations.operations.finding import thread_changed
from app.conversations.operations.reading import begin_to_follow
from app.conversations.places import Place
from app.conversations.rules import MOST_LETTERS, TITLE_LETTERS, ThreadKind, as_html
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation

SAME_WITHIN = timedelta(minutes=5)
"""The same words by the same person at the same place in this time are one post: two tabs."""


class NotWritable(Refused):
    message = _l("Nothing can be written here any more; everything stays readable.")


class ThreadLocked(Refused):
    message = _l("This thread is locked: nobody can reply or change what was written.")


class NothingWritten(Refused):
    message = _l("Please write something.")


class TooLong(Refused):
    message = _l("A post may have %(most)s characters.", most=MOST_LETTERS)


@dataclass(frozen=True)
class Words:
    """What somebody typed, as Markdown. KEY was made with the form that it came from."""

    body: str
    key: uuid.UUID


@operation
def start_thread(
    person: Person, place: Place, subject: str, kind: ThreadKind, title: str, words: Words
) -> Thread:
    """Begin a thread about SUBJECT; its author follows it. The same form twice makes one thread.

    Raises NotVisible, NotWritable, NothingWritten, TooLong.
    """
    if subject not in place.subjects:
        raise NotVisible(subject)
    if not place.may_write:
        raise NotWritable
    title = " ".join(title.replace("\0", "").split())[:TITLE_LETTERS]
    body = _checked(words.body)
    if not title:
        raise NothingWritten
    _one_at_a_time(person)
    known = _written(person, words.key) or _same_thread(person, place, subject, title, body)
    if known is not None:
        return known.thread
    thread = Thread(place=place.key, subject=subject, kind=kind, title=title, author_id=person.id)
    db.session.add(thread)
    db.session.flush()
    _add(person, thread, 0, body, words.key)
    defer("conversations.tasks.tell_of_thread", thread_id=str(thread.id))
    return thread


@operation
def reply(person: Person, thread: Thread, place: Place, words: Words) -> Post:
    """Add to THREAD; who replies follows it. The same form twice, or the same words in two tabs,
    make one post. Raises NotWritable, ThreadLocked, NothingWritten, TooLong."""
    body = _checked(words.body)
    locked = _lock(thread)
    known = _written(person, words.key) or _same_reply(person, locked, body)
    if known is not None:
        return known
    if not place.may_write:
        raise NotWritable
    if not policies.can_reply(locked, place):
        raise ThreadLocked
    post = _add(person, locked, locked.post_count, body, words.key)
    locked.post_count += 1
    locked.last_post_at = post.created_at
    defer("conversations.tasks.tell_of_post", post_id=str(post.id))
    return post


@operation
def edit_post(person: Person, post: Post, place: Place, body: str, title: str = "") -> None:
    """Change one's own words; what stood there before is kept.

    TITLE counts for the first post of a thread. Raises NotWritable, ThreadLocked, NothingWritten,
    TooLong.
    """
    thread = _lock(post.thread)
    db.session.refresh(post)
    if not policies.can_edit(person, post, place):
        raise NotWritable
    if not policies.is_editable(post, thread):
        raise ThreadLocked
    body = _checked(body)
    title = " ".join(title.replace("\0", "").split())[:TITLE_LETTERS]
    changes_title = post.position == 0 and bool(title) and title != thread.title
    if body == post.body and not changes_title:
        return
    db.session.add(
        PostRevision(
            post_id=post.id,
            title=thread.title if post.position == 0 else None,
            body=post.body,
            body_html=post.body_html,
            written_at=post.edited_at or post.created_at,
        )
    )
    if changes_title:
        thread.title = title
    post.body, post.body_html = body, as_html(body, post.position)
    post.edited_at = clock.now()
    thread_changed(thread.id)


@operation
def delete_post(person: Person, post: Post, place: Place) -> None:
    """Take back one's own words: a tombstone stays where others have replied.

    Raises NotWritable, ThreadLocked.
    """
    thread = _lock(post.thread)
    db.session.refresh(post)
    if post.deleted_at is not None:
        return
    if not policies.can_edit(person, post, place):
        raise NotWritable
    if not policies.is_editable(post, thread):
        raise ThreadLocked
    post.deleted_at = clock.now()
    if post.answer_at is not None:
        post.answer_at = thread.answered_at = None
    if post.position == 0 and thread.post_count == 1:
        thread.removed_at = post.deleted_at
    thread_changed(thread.id)
    audit.record(person.id, "post.deleted", "post", post.id)


@operation
def mark_answer(person: Person, post: Post, place: Place) -> None:
    """POST answers its question. Raises NotVisible."""
    thread = _lock(post.thread)
    db.session.refresh(post)
    if (
        not thread.is_question
        or post.position == 0
        or post.deleted_at is not None
        or post.hidden_at is not None
        or not policies.can_mark_answer(person, thread, place)
    ):
        raise NotVisible(str(post.id))
    if post.answer_at is not None:
        return
    _forget_answer(thread)
    post.answer_at = thread.answered_at = clock.now()
    post.answer_by_id = person.id
    defer("conversations.tasks.tell_of_answer", post_id=str(post.id))


@operation
def unmark_answer(person: Person, post: Post, place: Place) -> None:
    """Raises NotVisible."""
    thread = _lock(post.thread)
    if not policies.can_mark_answer(person, thread, place):
        raise NotVisible(str(post.id))
    db.session.refresh(post)
    if post.answer_at is not None:
        _forget_answer(thread)


def _forget_answer(thread: Thread) -> None:
    for post in db.session.scalars(
        select(Post).where(Post.thread_id == thread.id, Post.answer_at.is_not(None))
    ):
        post.answer_at = post.answer_by_id = None
    thread.answered_at = None
    db.session.flush()


def _checked(body: str) -> str:
    body = body.replace("\0", "").replace("\r\n", "\n").strip()
    if not body:
        raise NothingWritten
    if len(body) > MOST_LETTERS:
        raise TooLong
    return body


def _add(person: Person, thread: Thread, position: int, body: str, key: uuid.UUID) -> Post:
    post = Post(
        thread=thread,
        position=position,
        author_id=person.id,
        key=key,
        body=body,
        body_html=as_html(body, position),
    )
    db.session.add(post)
    db.session.flush()
    thread_changed(thread.id)
    begin_to_follow(person, thread)
    publish(PostWritten(thread.place, post.id, person.id))
    return post


def _lock(thread: Thread) -> Thread:
    """Writers of a thread go one after the other: positions have no gaps, counts are right."""
    return db.session.scalars(
        select(Thread)
        .where(Thread.id == thread.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _one_at_a_time(person: Person) -> None:
    """One person's new threads go one after the other, so that two tabs see each other's."""
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())


def _written(person: Person, key: uuid.UUID) -> Post | None:
    return db.session.scalar(select(Post).where(Post.author_id == person.id, Post.key == key))


def _same_thread(person: Person, place: Place, subject: str, title: str, body: str) -> Post | None:
    return db.session.scalar(
        select(Post)
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            Thread.place == place.key,
            Thread.subject == subject,
            Thread.title == title,
            Thread.removed_at.is_(None),
            Post.position == 0,
            Post.author_id == person.id,
            Post.body == body,
            Post.created_at > clock.now() - SAME_WITHIN,
        )
        .limit(1)
    )


def _same_reply(person: Person, thread: Thread, body: str) -> Post | None:
    return db.session.scalar(
        select(Post)
        .where(
            Post.thread_id == thread.id,
            Post.position > 0,
            Post.author_id == person.id,
            Post.body == body,
            Post.deleted_at.is_(None),
            Post.created_at > clock.now() - SAME_WITHIN,
        )
        .limit(1)
    )
