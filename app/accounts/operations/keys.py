"""The keys that sign what the site tells the Hub about people. RS256, sealed at rest."""

import base64
import secrets

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import RSAKey
from sqlalchemy import select, text

from app.accounts.models import SigningKey
from app.kernel import audit, clock
from app.kernel.config import Config
from app.kernel.database import db
from app.kernel.transaction import operation

__all__ = ["key_in_use", "rotate_keys", "signing_key"]

KEY_BITS = 2048
_LOCK = 0x62616E79  # "bany": serialises whoever would make the first key, or rotate


def signing_key(config: Config) -> RSAKey:
    """The private key to sign with; made at first need.

    A key that cannot be opened (the secret key was changed) is retired and replaced.
    """
    row = key_in_use()
    opened = _open(config, row) if row else None
    return opened or _replace(config, row)


def key_in_use() -> SigningKey | None:
    return db.session.scalar(
        select(SigningKey)
        .where(SigningKey.retired_at.is_(None))
        .order_by(SigningKey.created_at.desc())
        .limit(1)
    )


@operation
def rotate_keys(config: Config) -> SigningKey:
    """Sign with a new key from now on; the old ones stay published until their tokens are old."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    return _rotate(config)


@operation
def _replace(config: Config, unusable: SigningKey | None) -> RSAKey:
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    row = key_in_use()
    if row is None or (unusable is not None and row.id == unusable.id):
        row = _rotate(config)
    opened = _open(config, row)
    assert opened is not None
    return opened


def _rotate(config: Config) -> SigningKey:
    for old in db.session.scalars(select(SigningKey).where(SigningKey.retired_at.is_(None))):
        old.retired_at = clock.now()
    kid = f"{clock.now():%Y%m%d}-{secrets.token_hex(4)}"
    key = RSAKey.generate_key(KEY_BITS, {"kid": kid, "use": "sig", "alg": "RS256"})
    row = SigningKey(
        kid=kid,
        public_jwk=dict(key.as_dict(private=False)),
        sealed_private=_box(config).encrypt(key.as_pem(private=True)).decode(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(None, "rotated signing key", "signing key", kid)
    return row


def _open(config: Config, row: SigningKey) -> RSAKey | None:
    try:
        pem = _box(config).decrypt(row.sealed_private.encode())
    except InvalidToken:
        return None
    return RSAKey.import_key(pem, {"kid": row.kid, "use": "sig", "alg": "RS256"})


def _box(config: Config) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"banyan signing keys").derive(
        config.secret_key.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
