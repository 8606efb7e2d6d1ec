"""Messages to many that were sent, and to whom."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page
from app.steering.models import BulkMessage, BulkRecipient


def messages(*, search: str = "", page: int | None = 1) -> Listed[BulkMessage]:
    """All of them, the newest first."""
    statement = select(BulkMessage).options(joinedload(BulkMessage.sender))
    if search:
        statement = statement.where(
            or_(
                *(
                    column.icontains(search, autoescape=True)
                    for column in (
                        BulkMessage.subject_zh,
                        BulkMessage.subject_en,
                        BulkMessage.audience_name,
                    )
                )
            )
        )
    statement = statement.order_by(BulkMessage.sent_at.desc(), BulkMessage.id.desc())
    statement, total, page = one_page(statement, page)
    return Listed(db.session.scalars(statement).all(), total, page)


def message(message_id: uuid.UUID) -> BulkMessage:
    """Raises NotVisible."""
    found = db.session.scalar(
        select(BulkMessage)
        .where(BulkMessage.id == message_id)
        .options(joinedload(BulkMessage.sender))
    )
    if found is None:
        raise NotVisible(str(message_id))
    return found


def recipients_of(found: BulkMessage, *, page: int | None = 1) -> Listed[BulkRecipient]:
    statement = (
        select(BulkRecipient)
        .where(BulkRecipient.message_id == found.id)
        .options(joinedload(BulkRecipient.person))
        .order_by(BulkRecipient.id)
    )
    statement, total, page = one_page(statement, page)
    return Listed(db.session.scalars(statement).all(), total, page)


def told_count(found: BulkMessage) -> int:
    """How many of its people it has reached so far."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(BulkRecipient)
            .where(BulkRecipient.message_id == found.id, BulkRecipient.told_at.is_not(None))
        )
        or 0
    )


def untold(message_id: uuid.UUID, most: int) -> Sequence[BulkRecipient]:
    """Some whom it has not reached yet, kept from others who tell at the same time."""
    return db.session.scalars(
        select(BulkRecipient)
        .where(BulkRecipient.message_id == message_id, BulkRecipient.told_at.is_(None))
        .order_by(BulkRecipient.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
