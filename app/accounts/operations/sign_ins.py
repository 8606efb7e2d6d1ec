"""Signing in and out. Each signed-in browser is a row that can be ended from anywhere."""

import uuid
from datetime import timedelta

from sqlalchemy import delete, or_, select, update

from app.accounts import events, queries
from app.accounts.models import OAuthToken, Person, SignIn
from app.accounts.operations.throttling import Limit, forgive, take
from app.accounts.rules import (
    hash_password,
    hash_token,
    network_of,
    new_token,
    normalise_email,
    verify_password,
)
from app.accounts.rules.passwords import LONGEST, needs_rehash
from app.kernel import audit, clock
from app.kernel.config import Config
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation

__all__ = [
    "AccountSuspended",
    "DemoAccountClosed",
    "WrongCredentials",
    "end_sign_in",
    "end_sign_ins",
    "forget_old_sign_ins",
    "note_visit",
    "open_demo_sign_in",
    "open_sign_in",
    "sign_in",
]

BY_ADDRESS = Limit("sign-in:address", count=10, seconds=15 * 60)
BY_ACCOUNT = Limit("sign-in:account", count=5, seconds=15 * 60)

SHORT = timedelta(hours=12)
LONG = timedelta(days=30)
VISIT_STEP = timedelta(minutes=5)


class WrongCredentials(Refused):
    message = _l("Mail address and password do not match. Check both, or reset your password.")


class AccountSuspended(Refused):
    message = _l(
        "This account is suspended. Ask the people who run this site, or your department office."
    )


class DemoAccountClosed(Refused):
    message = _l(
        "This is a demo account with a public password. Demo accounts are closed here, because "
        "the demo is switched off. Please use an account of your own."
    )


def sign_in(
    config: Config,
    *,
    email: str,
    password: str,
    address: str,
    user_agent: str = "",
    remember: bool = False,
) -> tuple[Person, str]:
    """Check the credentials and open a sign-in; returns the person and the session's token.

    Only failures count against the limits, so a class behind one address can sign in together.
    Raises TooManyTries, WrongCredentials, AccountSuspended or DemoAccountClosed.
    """
    email = normalise_email(email)
    tries = take((BY_ADDRESS, network_of(address)), (BY_ACCOUNT, email))
    person = queries.person_by_email(email)
    kept = person.password_hash if person else None
    if not verify_password(kept, password[: LONGEST + 1]) or person is None:
        raise WrongCredentials
    forgive(tries)
    token = open_sign_in(config, person, address=address, user_agent=user_agent, remember=remember)
    if kept is not None and needs_rehash(kept):
        _rehash(person, password)
    return person, token


@operation
def open_sign_in(
    config: Config,
    person: Person,
    *,
    address: str = "",
    user_agent: str = "",
    remember: bool = False,
) -> str:
    """Sign PERSON in without a further check; returns the token that her session must hold.

    Raises AccountSuspended or DemoAccountClosed.
    """
    if person.is_demo and not config.demo:
        raise DemoAccountClosed
    # Locked, so that a suspension at this very moment either comes first or ends this row too.
    suspended = db.session.scalar(
        select(Person.suspended_at).where(Person.id == person.id).with_for_update(read=True)
    )
    if suspended is not None:
        raise AccountSuspended
    token = new_token()
    db.session.add(
        SignIn(
            person_id=person.id,
            token_hash=hash_token(token),
            expires_at=clock.now() + (LONG if remember else SHORT),
            is_remembered=remember,
            address=address[:45],
            user_agent=user_agent[:300],
        )
    )
    return token


def open_demo_sign_in(config: Config, *, email: str, address: str, user_agent: str) -> str:
    """Sign a demo person in without her (public) password. Raises DemoAccountClosed."""
    person = queries.person_by_email(email)
    if person is None or not person.is_demo or not config.demo:
        raise DemoAccountClosed
    return open_sign_in(config, person, address=address, user_agent=user_agent)


@operation
def note_visit(sign_in: SignIn) -> None:
    """Remember that this browser was here; its sign-in lasts on from now."""
    sign_in.last_seen_at = clock.now()
    sign_in.expires_at = clock.now() + (LONG if sign_in.is_remembered else SHORT)


def visit_is_news(sign_in: SignIn) -> bool:
    return clock.now() - sign_in.last_seen_at > VISIT_STEP


@operation
def end_sign_in(person: Person, sign_in_id: uuid.UUID) -> None:
    """End one of PERSON's sign-ins; another's, or one that has ended, is left as it is."""
    ended = db.session.scalars(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.person_id == person.id, SignIn.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(SignIn.id)
    ).all()
    for ended_id in ended:
        publish(events.SignedOut(person.id, ended_id))


@operation
def end_sign_ins(person: Person, *, but: uuid.UUID | None = None) -> int:
    """End all of PERSON's sign-ins except BUT, and her access tokens; returns how many ended."""
    statement = update(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
    if but is not None:
        statement = statement.where(SignIn.id != but)
    ended = db.session.scalars(statement.values(ended_at=clock.now()).returning(SignIn.id)).all()
    db.session.execute(
        update(OAuthToken)
        .where(OAuthToken.person_id == person.id, OAuthToken.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
    for ended_id in ended:
        publish(events.SignedOut(person.id, ended_id))
    if ended:
        audit.record(person.id, "ended sign-ins", "person", person.id, count=len(ended))
    return len(ended)


@operation
def forget_old_sign_ins() -> None:
    """Delete the rows of sign-ins that were over 90 days ago."""
    long_ago = clock.now() - timedelta(days=90)
    db.session.execute(
        delete(SignIn).where(or_(SignIn.ended_at < long_ago, SignIn.expires_at < long_ago))
    )


@operation
def _rehash(person: Person, password: str) -> None:
    person.password_hash = hash_password(password)
