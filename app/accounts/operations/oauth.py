"""Codes and tokens of the OpenID Connect provider."""

import uuid
from datetime import timedelta

from sqlalchemy import delete, select, update

from app.accounts.models import OAuthCode, OAuthToken, Person, SignIn
from app.accounts.rules import hash_token
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.transaction import operation

__all__ = ["forget_old_codes", "issue_code", "issue_token", "redeem_code"]

CODE_LASTS = timedelta(seconds=60)


@operation
def issue_code(
    code: str,
    *,
    person: Person,
    sign_in_id: uuid.UUID | None,
    client_id: str,
    redirect_uri: str,
    scope: str,
    nonce: str | None,
    code_challenge: str,
) -> None:
    """Keep what CODE, which the browser is about to carry to the client, stands for."""
    db.session.add(
        OAuthCode(
            code_hash=hash_token(code),
            client_id=client_id,
            person_id=person.id,
            sign_in_id=sign_in_id,
            redirect_uri=redirect_uri,
            scope=scope,
            nonce=nonce,
            code_challenge=code_challenge,
            code_challenge_method="S256",
        )
    )


@operation
def redeem_code(code: str, *, client_id: str) -> OAuthCode | None:
    """Use CODE up, whatever comes of it. None when it is unknown, too old or was used before.

    A second use means that somebody else had the code as well: what the first one got is revoked
    (RFC 6749 section 4.1.2).
    """
    row = db.session.scalar(
        select(OAuthCode)
        .where(OAuthCode.code_hash == hash_token(code), OAuthCode.client_id == client_id)
        .with_for_update()
    )
    if row is None:
        return None
    if row.used_at is not None:
        row.replayed_at = clock.now()
        revoked = db.session.scalars(
            update(OAuthToken)
            .where(OAuthToken.code_id == row.id, OAuthToken.revoked_at.is_(None))
            .values(revoked_at=clock.now())
            .returning(OAuthToken.id)
        ).all()
        audit.record(
            row.person_id, "replayed code", "oauth code", row.id, tokens_revoked=len(revoked)
        )
        return None
    row.used_at = clock.now()
    is_fresh = clock.now() - row.created_at <= CODE_LASTS
    return row if is_fresh and _still_signed_in(row) else None


def _still_signed_in(row: OAuthCode) -> bool:
    if row.sign_in_id is None:
        return False
    sign_in = db.session.get(SignIn, row.sign_in_id)
    return sign_in is not None and sign_in.ended_at is None


@operation
def issue_token(token: str, *, code: OAuthCode, seconds: int) -> None:
    """Keep the hash of an access token, valid for SECONDS; void if CODE was replayed meanwhile."""
    db.session.refresh(code, with_for_update=True)
    db.session.add(
        OAuthToken(
            token_hash=hash_token(token),
            code_id=code.id,
            client_id=code.client_id,
            person_id=code.person_id,
            scope=code.scope,
            expires_at=clock.now() + timedelta(seconds=seconds),
            revoked_at=code.replayed_at,
        )
    )


@operation
def forget_old_codes() -> None:
    """Delete codes and tokens that have been useless for a day."""
    yesterday = clock.now() - timedelta(days=1)
    db.session.execute(delete(OAuthToken).where(OAuthToken.expires_at < yesterday))
    db.session.execute(delete(OAuthCode).where(OAuthCode.created_at < yesterday))
