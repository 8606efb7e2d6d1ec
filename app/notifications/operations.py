"""Writing: tell people, note what they read and what they chose, send mails."""

import uuid
from collections.abc import Callable, Mapping

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.kernel import clock, mail
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.i18n import LOCALES, speaking
from app.kernel.i18n import gettext as _
from app.kernel.jobs import defer
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.notifications import queries, rules
from app.notifications.models import Notification, Preference
from app.notifications.rules import Delivery, Kind, Note

MOST_IN_A_DIGEST = 100


@operation
def tell(
    person: Person,
    kind: Kind,
    compose: Callable[[], Note],
    path: str,
    *,
    key: str | None = None,
) -> Notification | None:
    """Tell PERSON some news, as she chose to hear of its KIND.

    COMPOSE is called once in each language. PATH leads there within the site. The same KEY is told
    once; None when it was told already, or when she is suspended or wants to hear nothing of it.
    """
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"Not a path within the site: {path}")
    if person.suspended_at is not None:
        return None
    choice = queries.choice_of(person.id, kind)
    if not choice.in_site and choice.mail is Delivery.NEVER:
        return None
    subject, body = _composed(compose)
    made = db.session.scalar(
        insert(Notification)
        .values(
            person_id=person.id,
            kind=kind.name,
            key=key,
            subject=subject,
            body=body,
            path=path,
            in_site=choice.in_site,
            awaits_digest=choice.mail is Delivery.DIGEST,
        )
        .on_conflict_do_nothing(index_elements=["person_id", "key"])
        .returning(Notification)
    )
    if made is None:
        return None
    if choice.in_site:
        _count(person.id)
    if choice.mail is Delivery.NOW:
        defer("notifications.tasks.mail_one", notification_id=str(made.id))
    return made


@operation
def read(person: Person, notification: Notification) -> None:
    """Note that PERSON has seen it."""
    if notification.read_at is None:
        notification.read_at = clock.now()
        notification.awaits_digest = False
        db.session.flush()
        _count(person.id)


@operation
def read_all(person: Person) -> None:
    db.session.execute(
        update(Notification)
        .where(Notification.person_id == person.id, Notification.read_at.is_(None))
        .values(read_at=clock.now(), awaits_digest=False)
    )
    _count(person.id)


@operation
def choose(person_id: uuid.UUID, chosen: Mapping[str, tuple[bool, Delivery]]) -> None:
    """Keep what somebody wants to hear: kind → in the site, by mail. Unknown kinds are left out."""
    for name, (in_site, delivery) in chosen.items():
        if name not in rules.KINDS:
            continue
        values = {"in_site": in_site, "mail": delivery, "changed_at": clock.now()}
        db.session.execute(
            insert(Preference)
            .values(person_id=person_id, kind=name, **values)
            .on_conflict_do_update(index_elements=["person_id", "kind"], set_=values)
        )


@operation
def unsubscribe(secret: str, token: str) -> Kind:
    """Send no more mails of the kind that TOKEN names to whom it names. Raises NotVisible."""
    person_id, kind = subscription(secret, token)
    in_site = queries.choice_of(person_id, kind).in_site
    choose(person_id, {kind.name: (in_site, Delivery.NEVER)})
    db.session.execute(
        update(Notification)
        .where(Notification.person_id == person_id, Notification.kind == kind.name)
        .values(awaits_digest=False)
    )
    return kind


def subscription(secret: str, token: str) -> tuple[uuid.UUID, Kind]:
    """Whose mails of which kind TOKEN is about. Raises NotVisible."""
    try:
        person_id, name = _signer(secret).loads(token)
        kind = rules.KINDS[name]
        if db.session.get(Person, uuid.UUID(person_id)) is None:
            raise NotVisible
    except (BadSignature, KeyError, ValueError, TypeError) as error:
        raise NotVisible from error
    return uuid.UUID(person_id), kind


def unsubscribe_token(secret: str, person_id: uuid.UUID, kind: str) -> str:
    token = _signer(secret).dumps([str(person_id), kind])
    return token if isinstance(token, str) else token.decode()


@operation
def mail_one(site_url: str, secret: str, notification_id: uuid.UUID) -> None:
    """Mail one notification, once."""
    found = db.session.get(Notification, notification_id, with_for_update=True)
    if found is None or found.mailed_at is not None or found.person.suspended_at is not None:
        return
    found.mailed_at = clock.now()
    with speaking(found.person.locale):
        unsubscribe_url = _unsubscribe_url(site_url, secret, found)
        mail.send(
            to=found.person.email,
            subject=rules.plain_line(str(found.subject)),
            text=_(
                "%(body)s\n\n%(url)s\n\n--\nNo more mails of this kind: %(unsubscribe)s\n"
                "What you hear of: %(settings)s",
                body=str(found.body) or str(found.subject),
                url=f"{site_url}{found.path}",
                unsubscribe=unsubscribe_url,
                settings=f"{site_url}/notifications/settings",
            ),
            unsubscribe_url=unsubscribe_url,
        )


@operation
def mail_digest(site_url: str, person_id: uuid.UUID) -> None:
    """Mail somebody what has waited for the digest, once."""
    waiting = db.session.scalars(
        select(Notification)
        .where(Notification.person_id == person_id, Notification.awaits_digest)
        .order_by(Notification.created_at)
        .with_for_update(of=Notification)
    ).all()
    if not waiting:
        return
    person = db.session.get_one(Person, person_id)
    now = clock.now()
    for notification in waiting:
        notification.awaits_digest = False
        notification.mailed_at = now
    if person.suspended_at is not None:
        return
    with speaking(person.locale):
        mail.send(
            to=person.email,
            subject=_("What is new: %(count)s", count=len(waiting)),
            text=_digest(site_url, list(waiting)),
        )


def _digest(site_url: str, waiting: list[Notification]) -> str:
    by_kind: dict[str, list[tuple[str, str]]] = {}
    for notification in waiting[:MOST_IN_A_DIGEST]:
        entry = (rules.plain_line(str(notification.subject)), f"{site_url}{notification.path}")
        by_kind.setdefault(notification.kind, []).append(entry)
    parts = [
        (str(rules.KINDS[name].title) if name in rules.KINDS else name, entries)
        for name, entries in by_kind.items()
    ]
    text = rules.digest_text(parts)
    if len(waiting) > MOST_IN_A_DIGEST:
        more = len(waiting) - MOST_IN_A_DIGEST
        text += "\n\n" + _(
            "And %(count)s more: %(url)s", count=more, url=f"{site_url}/notifications"
        )
    settings = f"{site_url}/notifications/settings"
    return text + "\n\n--\n" + _("What you hear of: %(settings)s", settings=settings)


def _composed(compose: Callable[[], Note]) -> tuple[LocalizedText, LocalizedText]:
    notes = {}
    for code in LOCALES:
        with speaking(code):
            notes[code] = compose()
    return (
        LocalizedText({code: rules.plain_line(note.subject) for code, note in notes.items()}),
        LocalizedText({code: note.text for code, note in notes.items()}),
    )


def _count(person_id: uuid.UUID) -> None:
    db.session.execute(
        update(Person).where(Person.id == person_id).values(unread_count=queries.unread(person_id))
    )


def _unsubscribe_url(site_url: str, secret: str, notification: Notification) -> str:
    token = unsubscribe_token(secret, notification.person_id, notification.kind)
    return f"{site_url}/notifications/unsubscribe/{token}"


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="notifications.unsubscribe")
