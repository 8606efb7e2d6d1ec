"""Live sessions and who was there."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.transaction import operation
from app.learning.events import SessionChanged
from app.learning.models import Attendance, Enrolment, LiveSession, Section
from app.learning.rules import Presence


class SessionCancelled(Refused):
    message = _l("This session was cancelled.")


@operation
def plan_session(
    actor: Person, section: Section, *, title: str, starts_at: datetime, minutes: int, place: str
) -> LiveSession:
    """A meeting of SECTION that lasts MINUTES (5 to 720)."""
    session = LiveSession(
        section_id=section.id,
        title=title,
        starts_at=starts_at,
        minutes=minutes,
        place=place,
        created_by_id=actor.id,
    )
    db.session.add(session)
    db.session.flush()
    audit.record(actor.id, "session.planned", "live_session", session.id)
    publish(SessionChanged(session.id))
    return session


@operation
def cancel_session(actor: Person, session: LiveSession) -> None:
    if session.cancelled_at is None:
        session.cancelled_at = clock.now()
        audit.record(actor.id, "session.cancelled", "live_session", session.id)
        db.session.flush()
        publish(SessionChanged(session.id))


@operation
def note_attendance(
    actor: Person, session: LiveSession, presences: Mapping[uuid.UUID, Presence]
) -> int:
    """Note who was there, by person; people who do not take the section are passed over.

    Returns how many were noted. Raises SessionCancelled.
    """
    if session.cancelled_at is not None:
        raise SessionCancelled
    students = set(
        db.session.scalars(
            select(Enrolment.person_id).where(
                Enrolment.section_id == session.section_id,
                Enrolment.person_id.in_(presences),
                Enrolment.withdrawn_at.is_(None),
            )
        )
    )
    rows = [
        {
            "id": new_id(),
            "session_id": session.id,
            "person_id": person_id,
            "presence": presence,
            "noted_at": clock.now(),
            "noted_by_id": actor.id,
        }
        for person_id, presence in presences.items()
        if person_id in students
    ]
    if rows:
        statement = insert(Attendance).values(rows)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["session_id", "person_id"],
                set_={
                    "presence": statement.excluded.presence,
                    "noted_at": statement.excluded.noted_at,
                    "noted_by_id": statement.excluded.noted_by_id,
                },
            )
        )
    return len(rows)
