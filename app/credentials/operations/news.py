"""Who is told of credentials. These run as jobs: the same news is told once."""

import uuid

from sqlalchemy.orm import joinedload

from app.credentials.models import Award
from app.credentials.rules import REASON_NAMES
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.notifications import rules
from app.notifications.operations import tell
from app.notifications.rules import Delivery, Kind, Note

__all__ = ["tell_issued", "tell_revoked"]

MINE = rules.register(Kind("credentials.mine", _l("My credentials"), Delivery.NOW))


def _award(award_id: uuid.UUID) -> Award | None:
    return db.session.get(
        Award, award_id, options=[joinedload(Award.person), joinedload(Award.achievement)]
    )


@operation
def tell_issued(award_id: uuid.UUID) -> None:
    """A badge is hers."""
    found = _award(award_id)
    if found is None or found.person is None or found.withdrawn_at is not None:
        return
    title = found.achievement.title

    def compose() -> Note:
        return Note(
            _("A badge is yours: %(title)s", title=title),
            _("It is signed and anybody can verify it. You decide who sees it."),
        )

    tell(found.person, MINE, compose, "/me/credentials", key=f"credential:{found.id}")


@operation
def tell_revoked(award_id: uuid.UUID) -> None:
    found = _award(award_id)
    if found is None or found.person is None or found.withdrawn_for is None:
        return
    title, reason = found.achievement.title, REASON_NAMES[found.withdrawn_for]
    note = next((row.revocation_note for row in found.credentials if row.revocation_note), "")

    def compose() -> Note:
        return Note(
            _("A credential of yours was revoked: %(title)s", title=title),
            f"{reason}. {note}".strip(),
        )

    tell(
        found.person, MINE, compose, "/me/credentials",
        key=f"credential-revoked:{found.id}:{found.issued_number}",
    )  # fmt: skip
