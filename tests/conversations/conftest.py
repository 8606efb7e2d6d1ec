"""A place to talk in: the section that lin teaches and mei and hao take."""

import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from app.conversations import operations, places
from app.conversations.models import Post, Thread
from app.conversations.operations import Words
from app.conversations.rules import ThreadKind
from app.kernel.database import db

LESSON = "lesson:areas"


def words(text: str, key: uuid.UUID | None = None) -> Words:
    return Words(text, key or uuid.uuid4())


@dataclass
class Talk:
    """Does things as somebody, in a context of its own, and answers ids."""

    cast: Any

    @property
    def place(self) -> str:
        return f"section:{self.cast.code}"

    def asks(
        self,
        handle: str = "mei",
        title: str = "Why?",
        text: str = "I wonder.",
        subject: str = LESSON,
        kind: ThreadKind = ThreadKind.QUESTION,
    ) -> uuid.UUID:
        with self.cast.app.app_context():
            person = self.cast.person(handle)
            place = places.place_for(person, f"section:{self.cast.section().code}")
            made = operations.start_thread(person, place, subject, kind, title, words(text))
            return made.id

    def replies(self, handle: str, thread_id: uuid.UUID, text: str = "Because.") -> uuid.UUID:
        with self.cast.app.app_context():
            person, thread = self.cast.person(handle), db.session.get_one(Thread, thread_id)
            place = places.place_for(person, thread.place)
            return operations.reply(person, thread, place, words(text)).id

    def opening(self, thread_id: uuid.UUID) -> uuid.UUID:
        with self.cast.app.app_context():
            return self.posts(thread_id)[0].id

    def posts(self, thread_id: uuid.UUID) -> Any:
        return db.session.scalars(
            db.select(Post).where(Post.thread_id == thread_id).order_by(Post.position)
        ).all()


@pytest.fixture
def talk(enrolled) -> Talk:
    return Talk(enrolled)
