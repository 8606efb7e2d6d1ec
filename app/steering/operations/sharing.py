"""Whose something is, and by when."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.accounts.policies import is_officer, is_operator
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.transaction import operation
from app.notifications import rules as news
from app.notifications.operations import tell
from app.notifications.rules import Delivery, Kind, Note
from app.steering.models import DeskItem
from app.steering.queries import Row, desk_key

__all__ = ["NotAnOfficer", "TakenMeanwhile", "give", "move_due", "take"]

GIVEN = news.register(Kind("steering.given", _l("What I was asked to look after"), Delivery.NOW))


class TakenMeanwhile(Refused):
    message = _l("Somebody else took it meanwhile.")


class NotAnOfficer(Refused):
    message = _l("Only officers and operators look after what waits here.")


@operation
def take(actor: Person, row: Row) -> None:
    """Make it hers, if it is nobody's. Raises TakenMeanwhile."""
    item = _locked(row)
    if item.owner_id not in (None, actor.id):
        raise TakenMeanwhile
    if item.owner_id is None:
        _own(item, actor, actor)
        audit.record(actor.id, "steering.take", "desk", desk_key(row.queue.name, row.item.key))


@operation
def give(actor: Person, row: Row, owner: Person | None, path: str) -> None:
    """Make it OWNER's, or nobody's. She is told, with the address PATH. Raises NotAnOfficer."""
    if owner is not None and not (is_officer(owner) or is_operator(owner)):
        raise NotAnOfficer
    item = _locked(row)
    if item.owner_id == (owner.id if owner else None):
        return
    _own(item, owner, actor)
    audit.record(
        actor.id,
        "steering.give",
        "desk",
        desk_key(row.queue.name, row.item.key),
        to=str(owner.id) if owner else "",
    )
    if owner is not None and owner.id != actor.id:
        tell(
            owner,
            GIVEN,
            lambda: Note(
                _("%(name)s asks you to look after something", name=actor.name),
                f"{row.queue.title}: {row.item.title}",
            ),
            path,
        )


@operation
def move_due(actor: Person, row: Row, due_at: datetime | None) -> None:
    """Let it be due at DUE_AT; None: as the rule says."""
    item = _locked(row)
    if item.due_at == due_at:
        return
    item.due_at, item.changed_at = due_at, clock.now()
    audit.record(
        actor.id,
        "steering.due",
        "desk",
        desk_key(row.queue.name, row.item.key),
        due=due_at.isoformat() if due_at else "",
    )


def _own(item: DeskItem, owner: Person | None, by: Person) -> None:
    item.owner_id = owner.id if owner else None
    item.owned_at = clock.now() if owner else None
    item.given_by_id = by.id
    item.changed_at = clock.now()


def _locked(row: Row) -> DeskItem:
    """The row of this item, made when there is none; others wait for it."""
    db.session.execute(
        insert(DeskItem)
        .values(id=new_id(), queue=row.queue.name, key=row.item.key, changed_at=clock.now())
        .on_conflict_do_nothing(index_elements=["queue", "key"])
    )
    return db.session.scalars(
        select(DeskItem)
        .where(DeskItem.queue == row.queue.name, DeskItem.key == row.item.key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
