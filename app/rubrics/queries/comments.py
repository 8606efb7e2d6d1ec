"""Comments to use again."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page
from app.rubrics import policies
from app.rubrics.models import SavedComment
from app.rubrics.queries.rubrics import PAGE_SIZE, contains, in_order_of_reading

MOST_OFFERED = 30


def _usable(person: Person) -> ColumnElement[bool]:
    return or_(
        SavedComment.owner_id == person.id,
        SavedComment.organisation_id.in_(policies.organisations_of(person)),
    )


def comments(
    person: Person,
    *,
    search: str = "",
    tag: str = "",
    whose: str = "",
    archived: bool = False,
    sort: str = "used",
    descending: bool = True,
    page: int | None = 1,
) -> Listed[SavedComment]:
    """What PERSON may insert, or has put away. WHOSE: ``mine``, ``organisation`` or empty."""
    statement = (
        select(SavedComment)
        .join(SavedComment.owner)
        .where(_usable(person))
        .options(joinedload(SavedComment.owner), joinedload(SavedComment.organisation))
    )
    if archived:
        statement = statement.where(
            SavedComment.archived_at.is_not(None), SavedComment.owner_id == person.id
        )
    else:
        statement = statement.where(SavedComment.archived_at.is_(None))
    if whose == "mine":
        statement = statement.where(SavedComment.owner_id == person.id)
    elif whose == "organisation":
        statement = statement.where(SavedComment.organisation_id.is_not(None))
    if tag:
        statement = statement.where(SavedComment.tags.contains([tag]))
    if search:
        statement = statement.where(
            or_(
                contains(SavedComment.text, search),
                func.array_to_string(SavedComment.tags, " ").icontains(search, autoescape=True),
            )
        )
    columns: dict[str, Any] = {
        "text": in_order_of_reading(SavedComment.text),
        "last": func.coalesce(SavedComment.last_used_at, SavedComment.created_at),
    }
    column = columns.get(sort, SavedComment.used_count)
    order = column.desc() if descending else column.asc()
    ordered = statement.order_by(order, SavedComment.id.desc())
    chosen, total, at = one_page(ordered, page, PAGE_SIZE)
    return Listed(db.session.scalars(chosen).all(), total, at, PAGE_SIZE)


def comments_for(person: Person, search: str = "") -> Sequence[SavedComment]:
    """What is offered while she judges: what is used most, at most 30."""
    return comments(person, search=search).rows[:MOST_OFFERED]


def tags_of(person: Person) -> list[str]:
    """Every tag of the comments that PERSON may insert, in order."""
    tags = db.session.scalars(
        select(func.unnest(SavedComment.tags))
        .where(_usable(person), SavedComment.archived_at.is_(None))
        .distinct()
    )
    return sorted(tags)


def comment_usable_by(person: Person, comment_id: uuid.UUID) -> SavedComment:
    """Raises NotVisible."""
    found = db.session.get(SavedComment, comment_id)
    if found is None or not policies.can_use_comment(person, found):
        raise NotVisible(str(comment_id))
    return found


def comment_owned_by(person: Person, comment_id: uuid.UUID) -> SavedComment:
    """Raises NotVisible."""
    found = db.session.get(SavedComment, comment_id)
    if found is None or not policies.can_edit_comment(person, found):
        raise NotVisible(str(comment_id))
    return found
