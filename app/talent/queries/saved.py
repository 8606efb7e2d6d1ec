"""Searches that a company keeps."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.talent.models import SavedSearch

__all__ = ["saved_search", "saved_searches"]


def saved_searches(organisation_id: uuid.UUID) -> Sequence[SavedSearch]:
    return db.session.scalars(
        select(SavedSearch)
        .where(SavedSearch.organisation_id == organisation_id, SavedSearch.ended_at.is_(None))
        .options(joinedload(SavedSearch.made_by))
        .order_by(SavedSearch.made_at.desc(), SavedSearch.id)
    ).all()


def saved_search(organisation_id: uuid.UUID, search_id: uuid.UUID) -> SavedSearch:
    """Raises NotVisible."""
    found = db.session.get(SavedSearch, search_id)
    if found is None or found.organisation_id != organisation_id or found.ended_at is not None:
        raise NotVisible(str(search_id))
    return found
