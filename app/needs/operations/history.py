"""Corrections: what stood there, what stands there now, by whom, for whom."""

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.needs import policies, rules
from app.needs.models import Interview, NeedChange, PainPoint

__all__ = ["CorrectedMeanwhile", "lock", "note"]

OF_PEOPLE = frozenset({"contact_name", "contact_title", "contact_email", "notes"})
"""Of these the history says only that they were corrected."""


class CorrectedMeanwhile(Refused):
    message = _l(
        "Somebody else corrected this meanwhile. Look at the page in another window and send yours"
        " again: then it stands."
    )


def lock(row: Interview | PainPoint) -> None:
    """Read ROW anew; whoever wants to change it waits until this transaction ends."""
    kind = type(row)
    db.session.execute(select(kind.id).where(kind.id == row.id).with_for_update())
    db.session.refresh(row)


def note(
    actor: Person,
    interview: Interview,
    changes: Mapping[str, tuple[Any, Any]],
    *,
    pain_point_id: uuid.UUID | None = None,
) -> None:
    """Write CHANGES, by field what stood there and what stands there now, into the history."""
    if not changes:
        return
    db.session.add(
        NeedChange(
            interview_id=interview.id,
            pain_point_id=pain_point_id,
            by_id=actor.id,
            organisation_id=_on_behalf_of(actor, interview),
            before={name: _kept(name, before) for name, (before, _after) in changes.items()},
            after={name: _kept(name, after) for name, (_before, after) in changes.items()},
        )
    )


def _on_behalf_of(actor: Person, interview: Interview) -> uuid.UUID | None:
    if policies.steers(actor):
        return None
    hers = policies.recorders_of(actor)
    for organisation_id in (interview.organisation_id, interview.recorded_for_id):
        if organisation_id in hers:
            return organisation_id
    return None


def _kept(name: str, value: Any) -> Any:
    """As JSON keeps it; what names people is not kept twice."""
    if name in OF_PEOPLE:
        return None
    if isinstance(value, LocalizedText):
        return dict(value)
    if isinstance(value, Decimal):
        return rules.number_name(value)
    if isinstance(value, date | uuid.UUID):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    return value
