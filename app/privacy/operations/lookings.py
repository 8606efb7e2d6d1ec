"""Writing down who looked."""

import uuid
from collections.abc import Mapping

from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import db
from app.kernel.ids import new_id
from app.kernel.transaction import operation
from app.privacy.models import Looking
from app.privacy.rules import LOOKS

__all__ = ["looked", "looked_at_all"]


@operation
def looked(
    person_id: uuid.UUID,
    viewer: Person | None,
    what: str,
    *,
    subject: str = "",
    organisation_id: uuid.UUID | None = None,
) -> None:
    """VIEWER (None: nobody who is signed in) looked at PERSON_ID's WHAT, a registered look.

    SUBJECT says which of several, in words that are the person's own (the title of her page).
    Looking again within the same hour adds to the same row. Looking at oneself is not kept.
    """
    looked_at_all({person_id: subject}, viewer, what, organisation_id=organisation_id)


@operation
def looked_at_all(
    subjects: Mapping[uuid.UUID, str],
    viewer: Person | None,
    what: str,
    *,
    organisation_id: uuid.UUID | None = None,
) -> None:
    """The same for several people in one statement: person → subject, as for a list."""
    if what not in LOOKS:
        raise ValueError(f"{what} is no registered look")
    now = clock.now()
    rows = [
        {
            "id": new_id(),
            "person_id": person_id,
            "viewer_id": viewer.id if viewer else None,
            "organisation_id": organisation_id,
            "what": what,
            "subject": subject[:200],
            "hour": now.replace(minute=0, second=0, microsecond=0),
            "count": 1,
            "first_at": now,
            "last_at": now,
        }
        # In one order: two who look at the same list at once must not wait for each other.
        for person_id, subject in sorted(subjects.items())
        if viewer is None or viewer.id != person_id
    ]
    if not rows:
        return
    db.session.execute(
        insert(Looking)
        .values(rows)
        .on_conflict_do_update(
            index_elements=["person_id", "viewer_id", "what", "subject", "hour"],
            set_={"count": Looking.count + 1, "last_at": now},
        )
    )
