"""Becoming somebody here: registering, and proving that the mail address is one's own."""

import secrets
import uuid
from datetime import timedelta

from sqlalchemy.dialects.postgresql import insert

from app.accounts import queries
from app.accounts.events import PersonRegistered, SignedUp
from app.accounts.models import Person
from app.accounts.operations import links, memberships
from app.accounts.operations.sign_ins import WrongCredentials
from app.accounts.operations.throttling import Limit, forgive, take
from app.accounts.rules import (
    HANDLE,
    RESERVED_HANDLES,
    fingerprint,
    handle_stem,
    hash_password,
    network_of,
    normalise_email,
    normalise_name,
    verify_password,
)
from app.kernel import audit, clock, mail
from app.kernel.config import Config
from app.kernel.database import db
from app.kernel.events import publish
from app.kernel.i18n import gettext as _
from app.kernel.i18n import speaking
from app.kernel.ids import new_id
from app.kernel.transaction import operation

__all__ = [
    "check_verification_password",
    "create_person",
    "register",
    "send_verification",
    "verification_subject",
    "verify_email",
]

VERIFICATION_LASTS = timedelta(hours=48)
# A whole class registers from one address in its first lesson.
BY_ADDRESS = Limit("register:address", count=150, seconds=3600)
MAILS_TO_ACCOUNT = Limit("mail:account", count=5, seconds=3600)
VERIFY_TRIES = Limit("verify:account", count=10, seconds=15 * 60)


def register(
    config: Config, *, name: str, email: str, password: str, locale: str, address: str
) -> uuid.UUID:
    """Make an account, or tell the owner of the address that there is one already.

    The answer is the same in both cases, so that nobody learns who is here: an id, which is the new
    person's, or nobody's. Raises TooManyTries.
    """
    email = normalise_email(email)
    take((BY_ADDRESS, network_of(address)), (MAILS_TO_ACCOUNT, email))
    return _register(config, normalise_name(name), email, hash_password(password), locale)


@operation
def _register(config: Config, name: str, email: str, hashed: str, locale: str) -> uuid.UUID:
    person = create_person(name=name, email=email, password_hash=hashed, locale=locale)
    if person is not None:
        audit.record(person.id, "registered", "person", person.id)
        publish(SignedUp(person.id))
        _send_verification(config, person)
        return person.id
    owner = queries.person_by_email(email)
    if owner is not None and not owner.is_demo:
        _tell_owner(config, owner)
    return new_id()


@operation
def create_person(
    *,
    name: str,
    email: str,
    password_hash: str | None = None,
    locale: str = "zh-Hant-TW",
    is_demo: bool = False,
    handle: str | None = None,
) -> Person | None:
    """A new person with a handle of her own; None when the address is taken."""
    email = normalise_email(email)
    for wanted in [handle] if handle else _handles(name, email):
        made = db.session.scalar(
            insert(Person)
            .values(
                id=new_id(),
                email=email,
                handle=wanted,
                name=name,
                password_hash=password_hash,
                locale=locale,
                is_demo=is_demo,
                created_at=clock.now(),
            )
            .on_conflict_do_nothing()
            .returning(Person.id)
        )
        if made is not None:
            publish(PersonRegistered(made))
            return db.session.get_one(Person, made)
        if queries.person_by_email(email) is not None:
            return None
    raise RuntimeError("no free handle was found")


def _handles(name: str, email: str) -> list[str]:
    stem = handle_stem(name, email)
    plain = [stem] if stem not in RESERVED_HANDLES and HANDLE.fullmatch(stem) else []
    numbered = [f"{stem}-{number}" for number in range(2, 6)]
    random = [f"{stem}-{secrets.token_hex(3)}" for _try in range(8)]
    return plain + numbered + random


def send_verification(config: Config, person: Person) -> None:
    """Mail the link again, unless the address is verified. Raises TooManyTries."""
    if person.email_verified_at is None:
        take((MAILS_TO_ACCOUNT, person.email))
        _send_verification(config, person)


@operation
def _send_verification(config: Config, person: Person) -> None:
    token = links.seal(
        config,
        "verify",
        {"person": str(person.id), "email": fingerprint(person.email)},
        lasting=VERIFICATION_LASTS,
    )
    with speaking(person.locale):
        mail.send(
            to=person.email,
            subject=_("Confirm your mail address for Banyan"),
            text=_(
                "Somebody, probably you, registered at Banyan with this address.\n\n"
                "Open this link within 48 hours to confirm that it is yours:\n%(url)s\n\n"
                "If it was not you, ignore this mail: without the link nothing happens.",
                url=f"{config.site_url}/verify/{token}",
            ),
        )


def _tell_owner(config: Config, owner: Person) -> None:
    with speaking(owner.locale):
        mail.send(
            to=owner.email,
            subject=_("You already have an account at Banyan"),
            text=_(
                "Somebody, probably you, tried to register at Banyan with this address, which has "
                "an account already. Nothing was changed.\n\n"
                "Sign in here: %(sign_in)s\n"
                "Choose a new password here: %(reset)s",
                sign_in=f"{config.site_url}/sign-in",
                reset=f"{config.site_url}/password/forgotten",
            ),
        )


def verification_subject(config: Config, token: str) -> Person:
    """Whose address a verification link is about. Raises LinkInvalid or LinkExpired."""
    data = links.unseal(config, "verify", token)
    person = db.session.get(Person, uuid.UUID(data["person"]))
    if person is None or fingerprint(person.email) != data["email"]:
        raise links.LinkInvalid
    return person


def check_verification_password(person: Person, password: str) -> None:
    """Ask for the password before an address is verified from another browser.

    Otherwise somebody could register with another's address and a password of her own, and wait
    for the owner to open the link. Raises WrongCredentials or TooManyTries.
    """
    tries = take((VERIFY_TRIES, str(person.id)))
    if not verify_password(person.password_hash, password):
        raise WrongCredentials
    forgive(tries)


@operation
def verify_email(person: Person) -> None:
    """Her address is proven; she joins the organisations that it speaks for."""
    if person.email_verified_at is None:
        person.email_verified_at = clock.now()
        audit.record(person.id, "verified mail address", "person", person.id)
        db.session.flush()
    memberships.recognise(person)
