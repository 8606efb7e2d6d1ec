"""Reading: somebody's news, and what she chose."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.accounts.models import Person
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.notifications import rules
from app.notifications.models import Notification, Preference
from app.notifications.rules import Delivery, Kind

PAGE = 30


@dataclass(frozen=True)
class Choice:
    """What somebody hears of a kind, chosen or by default."""

    kind: Kind
    in_site: bool
    mail: Delivery


def news_of(person: Person, page: int) -> tuple[Sequence[Notification], bool]:
    """One page (from 1) of somebody's news, newest first, and whether there is more."""
    found = db.session.scalars(
        select(Notification)
        .where(Notification.person_id == person.id, Notification.in_site)
        .order_by(Notification.created_at.desc(), Notification.id.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    ).all()
    return found[:PAGE], len(found) > PAGE


def mine(person: Person, notification_id: uuid.UUID) -> Notification:
    """Her notification with this id. Raises NotVisible."""
    found = db.session.get(Notification, notification_id)
    if found is None or found.person_id != person.id:
        raise NotVisible
    return found


def unread(person_id: uuid.UUID) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Notification)
            .where(
                Notification.person_id == person_id,
                Notification.in_site,
                Notification.read_at.is_(None),
            )
        )
        or 0
    )


def choices_of(person: Person) -> list[Choice]:
    """What somebody hears of every kind there is, by its title."""
    chosen = {
        row.kind: row
        for row in db.session.scalars(select(Preference).where(Preference.person_id == person.id))
    }
    found = [_choice(kind, chosen.get(kind.name)) for kind in rules.KINDS.values()]
    return sorted(found, key=lambda choice: str(choice.kind.title))


def choice_of(person_id: uuid.UUID, kind: Kind) -> Choice:
    row = db.session.scalar(
        select(Preference).where(Preference.person_id == person_id, Preference.kind == kind.name)
    )
    return _choice(kind, row)


def awaiting_digest() -> Sequence[uuid.UUID]:
    """The people for whom a digest has something to say."""
    return db.session.scalars(
        select(Notification.person_id).where(Notification.awaits_digest).distinct()
    ).all()


def _choice(kind: Kind, row: Preference | None) -> Choice:
    if row is None:
        return Choice(kind, True, kind.mail)
    return Choice(kind, row.in_site, row.mail)
