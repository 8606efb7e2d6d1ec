"""Keeping threads findable, as the last step of each transaction.

A thread is found by whoever may read about its subject: rooms that have places hand out
``talk:PLACE:SUBJECT`` for what is open to a searcher.
"""

import uuid
from collections.abc import Collection, Iterator
from itertools import groupby

from sqlalchemy import select

from app.conversations.models import Post, Thread
from app.kernel.database import db
from app.kernel.i18n import LOCALES
from app.kernel.localized import LocalizedText
from app.kernel.transaction import before_commit
from app.search import operations as search
from app.search.rules import Document, Text, text_of_html

__all__ = ["talk_key", "thread_changed", "thread_documents"]

_CHANGED = "threads whose documents are written again"


def talk_key(place: str, subject: str) -> str:
    """The key of the search that opens what is said about SUBJECT in PLACE."""
    return f"talk:{place}:{subject}"


def thread_changed(thread_id: uuid.UUID) -> None:
    """Note that a thread says something else, or is shown to others."""
    db.session.info.setdefault(_CHANGED, set()).add(thread_id)
    before_commit(_CHANGED, _put)


def _put() -> None:
    changed = db.session.info.pop(_CHANGED, set())
    documents = list(thread_documents(changed))
    search.put_all(documents)
    search.remove(*({f"thread:{key}" for key in changed} - {d.key for d in documents}))


def thread_documents(thread_ids: Collection[uuid.UUID] | None = None) -> Iterator[Document]:
    """Every thread that all its readers see, or these of them, with all posts that they see."""
    statement = (
        select(Thread, Post.body_html)
        .join(Post, Post.thread_id == Thread.id)
        .where(
            Thread.removed_at.is_(None),
            Thread.hidden_at.is_(None),
            Post.deleted_at.is_(None),
            Post.hidden_at.is_(None),
        )
        .order_by(Thread.id, Post.position)
    )
    if thread_ids is not None:
        statement = statement.where(Thread.id.in_(thread_ids))
    rows = db.session.execute(statement.execution_options(yield_per=500))
    for thread, posts in groupby(rows, key=lambda row: row[0]):
        words = "\n\n".join(text_of_html(html).body for _thread, html in posts)
        yield Document(
            kind="thread",
            key=f"thread:{thread.id}",
            title=LocalizedText(dict.fromkeys(LOCALES, thread.title)),
            path=f"/discussions/{thread.id}",
            audience=frozenset({talk_key(thread.place, thread.subject)}),
            texts=dict.fromkeys(LOCALES, Text(words)),
        )
