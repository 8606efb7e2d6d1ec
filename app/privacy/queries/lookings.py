"""Who has looked at somebody."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.kernel.database import db
from app.kernel.paging import Listed, one_page
from app.privacy.models import Looking


def lookings_at(person: Person, page: int | None = 1) -> Listed[Looking]:
    """Who looked at PERSON's data, the latest first; PAGE None: all of it. Two statements."""
    statement, total, page = one_page(
        select(Looking)
        .where(Looking.person_id == person.id)
        .order_by(Looking.last_at.desc(), Looking.id),
        page,
    )
    rows = db.session.scalars(
        statement.options(joinedload(Looking.viewer), joinedload(Looking.organisation))
    ).all()
    return Listed(rows, total, page)
