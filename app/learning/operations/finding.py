"""Keeping people and announcements findable, as the last step of each transaction."""

import uuid

from app.kernel.database import db
from app.kernel.transaction import before_commit
from app.learning.queries import finding
from app.search import operations as search

__all__ = ["announcement_changed", "person_changed"]

_CHANGED = "people whose documents are written again"


def person_changed(person_id: uuid.UUID) -> None:
    """Note that somebody's name, memberships or sections are others."""
    # All of them at once and in one order: two transactions never wait for each other crosswise.
    db.session.info.setdefault(_CHANGED, set()).add(person_id)
    before_commit(_CHANGED, _put)


def announcement_changed(announcement_id: uuid.UUID) -> None:
    """Note that an announcement is out, says something else, or is withdrawn."""

    def put() -> None:
        documents = list(finding.announcement_documents([announcement_id]))
        search.put_all(documents)
        if not documents:
            search.remove(f"announcement:{announcement_id}")

    before_commit(("announcement", announcement_id), put)


def _put() -> None:
    search.put_all(finding.person_documents(db.session.info.pop(_CHANGED, ())))
