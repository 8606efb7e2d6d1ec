"""Keeping what people find in step with the briefs, as the last step of each transaction."""

import uuid

from app.briefs.queries import documents
from app.kernel.transaction import before_commit
from app.search import operations as search

__all__ = ["changed", "company_changed"]


def changed(brief_id: uuid.UUID) -> None:
    """Note that a brief says something else, or is not shown any more."""

    def put() -> None:
        if found := list(documents.documents_of([brief_id])):
            search.put_all(found)
        else:
            search.remove(documents.key_of(brief_id))

    before_commit(("find brief", brief_id), put)


def company_changed(organisation_id: uuid.UUID) -> None:
    """Note that a company was approved or suspended: all of its briefs come or go."""
    for brief_id in documents.published_of(organisation_id):
        changed(brief_id)
