"""Secrets that are handed out once and kept as hashes."""

import hashlib
import hmac
import secrets

__all__ = ["fingerprint", "hash_token", "new_code", "new_token", "same"]


def new_token() -> str:
    """256 random bits, fit for an address or a cookie."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Six digits that a person types; guard it with a limit on tries."""
    return f"{secrets.randbelow(1_000_000):06d}"


def hash_token(token: str) -> str:
    """What the database keeps of a token: SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def fingerprint(value: str) -> str:
    """A short stand-in for VALUE that changes with it: 16 hexadecimal digits."""
    return hashlib.sha256(value.encode()).hexdigest()[:16]
