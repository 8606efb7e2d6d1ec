"""What was done, by whom, to what: append-only."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database import Model, db


class AuditEntry(Model):
    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "subject_kind", "subject_id"),)

    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    verb: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


def record(
    actor_id: uuid.UUID | None, verb: str, kind: str, subject: object, **details: Any
) -> None:
    """Write one line of the audit trail in the current transaction."""
    db.session.add(
        AuditEntry(
            actor_id=actor_id,
            verb=verb,
            subject_kind=kind,
            subject_id=str(subject),
            details=details,
        )
    )
