"""Who is signed in, with what."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from app.accounts.models import Membership, OAuthToken, Person, SignIn, SigningKey
from app.accounts.rules import hash_token
from app.kernel import clock
from app.kernel.database import NOW, db

KEY_STAYS_PUBLISHED = timedelta(days=30)


def live_sign_in(token: str) -> SignIn | None:
    """The sign-in whose session holds TOKEN, with the person and her memberships.

    Asked at every request: one statement, one row for each membership.
    """
    asked = db.session.scalars(_live_sign_in(), {"token_hash": hash_token(token)})
    return asked.unique().one_or_none()


@cache
def _live_sign_in() -> Select[Any]:
    return (
        select(SignIn)
        .join(SignIn.person)
        .where(
            SignIn.token_hash == bindparam("token_hash"),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > NOW,
            Person.suspended_at.is_(None),
        )
        .options(
            contains_eager(SignIn.person)
            .joinedload(Person.memberships)
            .joinedload(Membership.organisation)
        )
    )


def sign_ins_of(person: Person) -> Sequence[SignIn]:
    """Her signed-in browsers, the latest used first."""
    return db.session.scalars(
        select(SignIn)
        .where(
            SignIn.person_id == person.id,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > clock.now(),
        )
        .order_by(SignIn.last_seen_at.desc())
    ).all()


def access_token(token: str) -> tuple[OAuthToken, Person] | None:
    """The live access token TOKEN and its person; None when it has ended or she is suspended."""
    row = db.session.execute(
        select(OAuthToken, Person)
        .join(Person, Person.id == OAuthToken.person_id)
        .where(
            OAuthToken.token_hash == hash_token(token),
            OAuthToken.revoked_at.is_(None),
            OAuthToken.expires_at > clock.now(),
            Person.suspended_at.is_(None),
        )
        .options(selectinload(Person.memberships))
    ).first()
    return (row[0], row[1]) if row else None


def published_keys() -> Sequence[SigningKey]:
    """Keys that clients need to check tokens: the one in use first, then the recently retired."""
    return db.session.scalars(
        select(SigningKey)
        .where(
            or_(
                SigningKey.retired_at.is_(None),
                SigningKey.retired_at > clock.now() - KEY_STAYS_PUBLISHED,
            )
        )
        .order_by(SigningKey.retired_at.desc().nulls_first(), SigningKey.created_at.desc())
    ).all()
