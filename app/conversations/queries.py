"""Reading threads, always through a person and the place as she meets it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Person
from app.conversations import places, policies
from app.conversations.models import Post, PostReport, PostRevision, Thread, ThreadReader
from app.conversations.places import Place
from app.conversations.rules import PAGE, Show, ThreadKind
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import one_page, page_count, page_within

__all__ = [
    "Count",
    "PostPage",
    "ThreadPage",
    "ThreadRow",
    "ThreadView",
    "answer_of",
    "counts_in",
    "followers_after",
    "open_questions",
    "open_report_counts",
    "open_reports",
    "post_for",
    "posts_of",
    "reader_of",
    "report_for",
    "revisions_of",
    "subjects_in",
    "thread_for",
    "threads_in",
]


@dataclass(frozen=True)
class Count:
    """How many threads there are about a subject, and how many posts in them are new to her."""

    threads: int = 0
    unread: int = 0


@dataclass(frozen=True)
class ThreadRow:
    """A thread as a list shows it."""

    thread: Thread
    replies: int
    unread: int
    is_gone: bool
    """Its author deleted what it began with."""


@dataclass(frozen=True)
class ThreadPage:
    rows: Sequence[ThreadRow]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return page_count(self.total, PAGE)


@dataclass(frozen=True)
class ThreadView:
    """A thread as one person meets it."""

    thread: Thread
    place: Place
    person: Person

    @property
    def subject(self) -> places.Subject:
        return self.place.subjects[self.thread.subject]

    @property
    def may_reply(self) -> bool:
        return policies.can_reply(self.thread, self.place)

    @property
    def may_mark(self) -> bool:
        return self.thread.is_question and policies.can_mark_answer(
            self.person, self.thread, self.place
        )

    def reads(self, post: Post) -> bool:
        return policies.can_read(self.person, post, self.place)

    def edits(self, post: Post) -> bool:
        return policies.can_edit(self.person, post, self.place) and policies.is_editable(
            post, self.thread
        )

    def reports(self, post: Post) -> bool:
        return policies.can_report(self.person, post)


def _standing(person: Person, place: Place) -> ColumnElement[bool]:
    """The threads of PLACE that exist for PERSON."""
    seen: list[ColumnElement[bool]] = [
        Thread.place == place.key,
        Thread.subject.in_(place.subjects),
        Thread.removed_at.is_(None),
    ]
    if not place.may_moderate:
        seen.append(or_(Thread.hidden_at.is_(None), Thread.author_id == person.id))
    return and_(*seen)


_READABLE = and_(Post.deleted_at.is_(None), Post.hidden_at.is_(None))


def _new_to(person: Person) -> ColumnElement[bool]:
    """Posts of others that PERSON has not seen; ThreadReader is joined."""
    return and_(
        _READABLE,
        Post.author_id != person.id,
        Post.position > func.coalesce(ThreadReader.seen_position, -1),
    )


def _her_reading(person: Person) -> ColumnElement[bool]:
    return and_(ThreadReader.thread_id == Thread.id, ThreadReader.person_id == person.id)


def subjects_in(place_key: str) -> set[str]:
    """Every subject of a place that anybody ever talked about."""
    return set(
        db.session.scalars(select(Thread.subject).where(Thread.place == place_key).distinct())
    )


def counts_in(person: Person, place_key: str, *, moderates: bool = False) -> dict[str, Count]:
    """Threads and unread posts by subject, in one statement, for somebody who may read there.

    The caller shows only what is open to her.
    """
    statement = (
        select(
            Thread.subject,
            func.count(Thread.id.distinct()),
            func.count(Post.id).filter(_new_to(person)),
        )
        .join(Post, Post.thread_id == Thread.id)
        .outerjoin(ThreadReader, _her_reading(person))
        .where(Thread.place == place_key, Thread.removed_at.is_(None))
        .group_by(Thread.subject)
    )
    if not moderates:
        statement = statement.where(or_(Thread.hidden_at.is_(None), Thread.author_id == person.id))
    return {
        subject: Count(threads, unread)
        for subject, threads, unread in db.session.execute(statement)
    }


def threads_in(
    person: Person,
    place: Place,
    *,
    subject: str = "",
    search: str = "",
    show: Show = Show.ALL,
    page: int = 1,
) -> ThreadPage:
    """One page of PLACE's threads: pinned ones first, then the latest post. Three statements."""
    wanted = select(Thread).where(_standing(person, place))
    if subject:
        wanted = wanted.where(Thread.subject == subject)
    if search:
        wanted = wanted.where(_mentions(search))
    wanted = _narrowed(wanted, person, show)
    wanted = wanted.order_by(
        Thread.pinned_at.desc().nulls_last(), Thread.last_post_at.desc(), Thread.id
    )
    chosen, total, page = one_page(wanted, page, PAGE)
    threads = db.session.scalars(chosen.options(joinedload(Thread.author))).all()
    numbers = _numbers(person, [thread.id for thread in threads])
    return ThreadPage(
        [ThreadRow(t, *numbers.get(t.id, (0, 0, False))) for t in threads], total, page
    )


def _mentions(search: str) -> ColumnElement[bool]:
    words = select(Post.thread_id).where(_READABLE, Post.body.icontains(search, autoescape=True))
    return or_(Thread.title.icontains(search, autoescape=True), Thread.id.in_(words))


def _narrowed(wanted: Select[Any], person: Person, show: Show) -> Select[Any]:
    if show is Show.OPEN:
        return wanted.where(Thread.kind == ThreadKind.QUESTION, Thread.answered_at.is_(None))
    if show is Show.MINE:
        return wanted.where(Thread.author_id == person.id)
    if show is Show.FOLLOWED:
        followed = and_(_her_reading(person), ThreadReader.followed_at.is_not(None))
        return wanted.where(exists().where(followed))
    if show is Show.UNREAD:
        seen = (
            select(ThreadReader.seen_position)
            .where(_her_reading(person))
            .correlate(Thread)
            .scalar_subquery()
        )
        return wanted.where(
            exists().where(
                Post.thread_id == Thread.id,
                _READABLE,
                Post.author_id != person.id,
                Post.position > func.coalesce(seen, -1),
            )
        )
    return wanted


def _numbers(
    person: Person, thread_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, tuple[int, int, bool]]:
    rows = db.session.execute(
        select(
            Thread.id,
            func.count(Post.id).filter(_READABLE, Post.position > 0),
            func.count(Post.id).filter(_new_to(person)),
            func.count(Post.id).filter(Post.position == 0, Post.deleted_at.is_not(None)),
        )
        .join(Post, Post.thread_id == Thread.id)
        .outerjoin(ThreadReader, _her_reading(person))
        .where(Thread.id.in_(thread_ids))
        .group_by(Thread.id)
    )
    return {key: (replies, unread, bool(gone)) for key, replies, unread, gone in rows}


def thread_for(person: Person, thread_id: uuid.UUID) -> ThreadView:
    """A thread that PERSON may read. Raises NotVisible."""
    thread = db.session.get(Thread, thread_id)
    if thread is None:
        raise NotVisible(str(thread_id))
    place = places.place_for(person, thread.place)
    if not policies.can_see_thread(person, thread, place):
        raise NotVisible(str(thread_id))
    return ThreadView(thread, place, person)


def post_for(person: Person, post_id: uuid.UUID) -> tuple[Post, ThreadView]:
    """A post whose text PERSON may read, with its thread. Raises NotVisible."""
    post = db.session.get(Post, post_id)
    if post is None:
        raise NotVisible(str(post_id))
    view = thread_for(person, post.thread_id)
    if not view.reads(post):
        raise NotVisible(str(post_id))
    return post, view


@dataclass(frozen=True)
class PostPage:
    posts: Sequence[Post]
    page: int
    pages: int


def posts_of(thread: Thread, page: int) -> PostPage:
    """One page (from 1) of a thread's posts with their authors, oldest first."""
    pages = page_count(thread.post_count, PAGE)
    page = page_within(page, thread.post_count, PAGE)
    posts = db.session.scalars(
        select(Post)
        .where(
            Post.thread_id == thread.id,
            Post.position >= (page - 1) * PAGE,
            Post.position < page * PAGE,
        )
        .order_by(Post.position)
        .options(joinedload(Post.author), joinedload(Post.hidden_by))
    ).all()
    return PostPage(posts, page, pages)


def answer_of(thread: Thread) -> Post | None:
    """The reply that was marked as the answer, with its author."""
    if thread.answered_at is None:
        return None
    return db.session.scalar(
        select(Post)
        .where(Post.thread_id == thread.id, Post.answer_at.is_not(None), _READABLE)
        .options(joinedload(Post.author))
    )


def revisions_of(post: Post) -> Sequence[PostRevision]:
    """What a post said before, oldest first."""
    return db.session.scalars(
        select(PostRevision)
        .where(PostRevision.post_id == post.id)
        .order_by(PostRevision.replaced_at, PostRevision.id)
    ).all()


def reader_of(person: Person, thread: Thread) -> ThreadReader | None:
    return db.session.scalar(
        select(ThreadReader).where(
            ThreadReader.thread_id == thread.id, ThreadReader.person_id == person.id
        )
    )


def followers_after(
    thread_id: uuid.UUID, after: uuid.UUID | None, most: int
) -> Sequence[uuid.UUID]:
    """The next followers of a thread, by id."""
    statement = select(ThreadReader.person_id).where(
        ThreadReader.thread_id == thread_id, ThreadReader.followed_at.is_not(None)
    )
    if after is not None:
        statement = statement.where(ThreadReader.person_id > after)
    return db.session.scalars(statement.order_by(ThreadReader.person_id).limit(most)).all()


def open_reports(person: Person) -> Sequence[PostReport]:
    """What was reported in the places that PERSON looks after, oldest first; at most 100."""
    return db.session.scalars(
        select(PostReport)
        .join(Post, Post.id == PostReport.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(PostReport.settled_at.is_(None), Thread.place.in_(places.moderated_by(person)))
        .order_by(PostReport.created_at)
        .limit(100)
        .options(
            joinedload(PostReport.person),
            contains_eager(PostReport.post).contains_eager(Post.thread),
            contains_eager(PostReport.post).joinedload(Post.author),
        )
    ).all()


def report_for(person: Person, report_id: uuid.UUID) -> tuple[PostReport, ThreadView]:
    """A report in a place that PERSON looks after. Raises NotVisible."""
    found = db.session.get(PostReport, report_id)
    if found is None:
        raise NotVisible(str(report_id))
    view = thread_for(person, found.post.thread_id)
    if not view.place.may_moderate:
        raise NotVisible(str(report_id))
    return found, view


def open_report_counts(place_keys: Sequence[str]) -> dict[str, int]:
    """Open reports by place."""
    rows = db.session.execute(
        select(Thread.place, func.count())
        .join(Post, Post.thread_id == Thread.id)
        .join(PostReport, PostReport.post_id == Post.id)
        .where(Thread.place.in_(place_keys), PostReport.settled_at.is_(None))
        .group_by(Thread.place)
    )
    return {place: count for place, count in rows}


def open_questions(place_keys: Sequence[str]) -> dict[str, int]:
    """Questions that nobody has answered, by place: no answer marked, no reply by somebody else."""
    replied = exists().where(
        Post.thread_id == Thread.id, Post.author_id != Thread.author_id, _READABLE
    )
    rows = db.session.execute(
        select(Thread.place, func.count())
        .where(
            Thread.place.in_(place_keys),
            Thread.kind == ThreadKind.QUESTION,
            Thread.answered_at.is_(None),
            Thread.hidden_at.is_(None),
            Thread.removed_at.is_(None),
            ~replied,
        )
        .group_by(Thread.place)
    )
    return {place: count for place, count in rows}
