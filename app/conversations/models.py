"""Threads, their posts, who follows them, and what was reported."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.conversations.rules import REASON_LETTERS, TITLE_LETTERS, ThreadKind
from app.kernel import clock
from app.kernel.database import Model


class Thread(Model):
    """People talk about one subject of a place (``app.conversations.places``)."""

    __tablename__ = "threads"
    __table_args__ = (
        Index(None, "place", "subject"),
        Index(None, "place", "last_post_at"),
        CheckConstraint("post_count >= 1", name="begins_with_a_post"),
        CheckConstraint("answered_at IS NULL OR kind = 'question'", name="questions_have_answers"),
    )

    place: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(120))
    kind: Mapped[ThreadKind]
    title: Mapped[str] = mapped_column(String(TITLE_LETTERS))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_post_at: Mapped[datetime] = mapped_column(default=clock.now)
    post_count: Mapped[int] = mapped_column(default=1)
    """How many posts it ever had: the next one gets this position."""
    answered_at: Mapped[datetime | None]
    pinned_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    """As its first post: then only the staff and its author see it."""
    removed_at: Mapped[datetime | None]
    """Its author deleted it before anybody replied: it is gone for everybody."""

    author: Mapped[Person] = relationship()

    @property
    def is_question(self) -> bool:
        return self.kind is ThreadKind.QUESTION


class Post(Model):
    """What somebody wrote. Position 0 is what the thread began with."""

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("thread_id", "position"),
        UniqueConstraint("author_id", "key"),
        Index(
            "one_answer_of_a_thread",
            "thread_id",
            unique=True,
            postgresql_where=text("answer_at IS NOT NULL"),
        ),
        CheckConstraint("position >= 0", name="position_counts_from_0"),
        CheckConstraint("length(body) BETWEEN 1 AND 20000", name="body_is_not_endless"),
        CheckConstraint("answer_at IS NULL OR position > 0", name="an_answer_is_a_reply"),
        CheckConstraint("(hidden_at IS NULL) = (hidden_by_id IS NULL)", name="hidden_by_one"),
    )

    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("threads.id"))
    position: Mapped[int]
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    key: Mapped[uuid.UUID]
    """Made with the form: the same form sent twice writes one post."""
    body: Mapped[str]
    """Markdown."""
    body_html: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    """By its author; a tombstone stays where others replied."""
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    hidden_reason: Mapped[str] = mapped_column(String(REASON_LETTERS), default="")
    answer_at: Mapped[datetime | None]
    answer_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    thread: Mapped[Thread] = relationship()
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    hidden_by: Mapped[Person | None] = relationship(foreign_keys=[hidden_by_id])


class PostRevision(Model):
    """What a post said before it was edited."""

    __tablename__ = "post_revisions"

    post_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("posts.id"), index=True)
    title: Mapped[str | None] = mapped_column(String(TITLE_LETTERS))
    """The thread's, when this is its first post."""
    body: Mapped[str]
    body_html: Mapped[str]
    written_at: Mapped[datetime]
    replaced_at: Mapped[datetime] = mapped_column(default=clock.now)


class PostReport(Model):
    """Somebody finds that a post should not stand there."""

    __tablename__ = "post_reports"
    __table_args__ = (
        Index(
            "one_open_report",
            "post_id",
            "person_id",
            unique=True,
            postgresql_where=text("settled_at IS NULL"),
        ),
        CheckConstraint("(settled_at IS NULL) = (settled_by_id IS NULL)", name="settled_by_one"),
    )

    post_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("posts.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(REASON_LETTERS))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    post: Mapped[Post] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class ThreadReader(Model):
    """How far somebody has read a thread, and whether she wants to hear of it."""

    __tablename__ = "thread_readers"
    __table_args__ = (
        UniqueConstraint("thread_id", "person_id"),
        Index(
            "followers_of_a_thread",
            "thread_id",
            "person_id",
            postgresql_where=text("followed_at IS NOT NULL"),
        ),
    )

    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("threads.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    seen_position: Mapped[int] = mapped_column(default=-1)
    """The last post that she saw."""
    followed_at: Mapped[datetime | None]
    unfollowed_at: Mapped[datetime | None]
    """She stopped following: nothing but her own wish starts it again."""
