"""Changing and resetting passwords."""

import uuid
from datetime import timedelta

from sqlalchemy import select

from app.accounts import queries
from app.accounts.models import Person
from app.accounts.operations import links
from app.accounts.operations.registration import verify_email
from app.accounts.operations.sign_ins import end_sign_ins
from app.accounts.operations.throttling import Limit, forgive, take
from app.accounts.rules import (
    fingerprint,
    hash_password,
    network_of,
    normalise_email,
    verify_password,
)
from app.kernel import audit, mail
from app.kernel.config import Config
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.i18n import speaking
from app.kernel.transaction import operation

__all__ = [
    "WrongPassword",
    "ask_for_reset",
    "change_password",
    "confirm_password",
    "reset_link",
    "reset_password",
    "reset_subject",
]

RESET_LASTS = timedelta(hours=2)
RESET_BY_ADDRESS = Limit("reset:address", count=60, seconds=3600)
RESET_BY_ACCOUNT = Limit("reset:account", count=5, seconds=3600)
CHANGE_TRIES = Limit("password:account", count=5, seconds=15 * 60)


class WrongPassword(Refused):
    message = _l("This is not your present password.")


def change_password(
    person: Person, *, present: str, new: str, sign_in_id: uuid.UUID | None
) -> None:
    """Change the password and sign every other browser out.

    Raises WrongPassword or TooManyTries.
    """
    confirm_password(person, present)
    _set_password(person, new, but=sign_in_id)


def confirm_password(person: Person, present: str) -> None:
    """Before something that cannot be undone. Raises WrongPassword or TooManyTries."""
    tries = take((CHANGE_TRIES, str(person.id)))
    if not verify_password(person.password_hash, present):
        raise WrongPassword
    forgive(tries)


def ask_for_reset(config: Config, *, email: str, address: str) -> None:
    """Mail a reset link if the address has an account; the caller cannot tell.

    Raises TooManyTries.
    """
    email = normalise_email(email)
    take((RESET_BY_ADDRESS, network_of(address)), (RESET_BY_ACCOUNT, email))
    person = queries.person_by_email(email)
    if person is not None and person.suspended_at is None and not person.is_demo:
        _send_reset(config, person)


@operation
def _send_reset(config: Config, person: Person) -> None:
    with speaking(person.locale):
        mail.send(
            to=person.email,
            subject=_("Choose a new password for Banyan"),
            text=_(
                "Somebody, probably you, asked for a new password at Banyan.\n\n"
                "Open this link within 2 hours to choose one; it works once:\n%(url)s\n\n"
                "If it was not you, ignore this mail: your password stays as it is.",
                url=reset_link(config, person),
            ),
        )


def reset_link(config: Config, person: Person) -> str:
    """An address at which PERSON can choose a password, once, within two hours."""
    data = {"person": str(person.id), "password": _fingerprint(person)}
    return f"{config.site_url}/password/reset/" + links.seal(
        config, "reset", data, lasting=RESET_LASTS
    )


def reset_subject(config: Config, token: str) -> Person:
    """Whose password a link resets. Raises LinkInvalid (also after its use) or LinkExpired."""
    data = links.unseal(config, "reset", token)
    person = db.session.get(Person, uuid.UUID(data["person"]))
    if person is None or _fingerprint(person) != data["password"]:
        raise links.LinkInvalid
    return person


@operation
def reset_password(config: Config, token: str, new: str) -> Person:
    """Set a password by link. The link came by mail, so it proves the address as well.

    Raises LinkInvalid or LinkExpired.
    """
    person = reset_subject(config, token)
    # Locked and looked at again: of two requests with one link, one finds it used.
    db.session.scalar(
        select(Person)
        .where(Person.id == person.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if _fingerprint(person) != links.unseal(config, "reset", token)["password"]:
        raise links.LinkInvalid
    _set_password(person, new, but=None)
    verify_email(person)
    return person


@operation
def _set_password(person: Person, new: str, *, but: uuid.UUID | None) -> None:
    person.password_hash = hash_password(new)
    audit.record(person.id, "changed password", "person", person.id)
    end_sign_ins(person, but=but)


def _fingerprint(person: Person) -> str:
    return fingerprint(f"{person.id}:{person.email}:{person.password_hash}")
