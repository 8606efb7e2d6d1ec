"""Signing keys: Ed25519, published as Multikey."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.vc.errors import VcError

__all__ = [
    "PublishedKey",
    "SigningKey",
    "from_jwk",
    "from_multibase",
    "to_jwk",
    "to_multibase",
    "verifies",
]

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
# Multicodec ed25519-pub, two bytes of a variable-length integer.
_ED25519_PUBLIC = b"\xed\x01"
_LONGEST = 200


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """A private Ed25519 key. Its text form never shows the secret."""

    private_bytes: bytes
    _key: Ed25519PrivateKey = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.private_bytes) != 32:
            raise VcError("An Ed25519 key has 32 bytes.")
        object.__setattr__(self, "_key", Ed25519PrivateKey.from_private_bytes(self.private_bytes))

    @classmethod
    def generate(cls) -> "SigningKey":
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_bytes(cls, private_bytes: bytes) -> "SigningKey":
        """The key of 32 secret bytes. Raises VcError for another length."""
        return cls(private_bytes)

    @property
    def public_bytes(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    @property
    def multibase(self) -> str:
        """The public key as it is published, `z6Mk…`."""
        return to_multibase(_ED25519_PUBLIC + self.public_bytes)

    def sign(self, message: bytes) -> bytes:
        """64 bytes, always the same for the same message (RFC 8032)."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey({self.multibase})"


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key in the history that an issuer publishes.

    A retired key simply has a successor: it stays published, and what it signed stays valid.
    A revoked key was lost to somebody else. Whoever has it writes any date into a proof, so that
    from `revoked_at` on nothing signed with it counts, however old it says it is: the issuer
    signs again what it had issued.
    """

    fragment: str
    multibase: str
    not_before: datetime
    revoked_at: datetime | None = None


def verifies(multibase: str, signature: bytes, message: bytes) -> bool:
    """Whether the signature is this public key's for this message. Raises VcError for no key."""
    try:
        Ed25519PublicKey.from_public_bytes(_public(multibase)).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        if isinstance(error, VcError):
            raise
        return False
    return True


def to_jwk(multibase: str) -> dict[str, str]:
    """The public key as a JSON Web Key (RFC 8037)."""
    x = base64.urlsafe_b64encode(_public(multibase)).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "x": x}


def from_jwk(jwk: Any) -> str:
    """The multibase form of a public JSON Web Key. Raises VcError unless it is Ed25519."""
    if not isinstance(jwk, Mapping) or (jwk.get("kty"), jwk.get("crv")) != ("OKP", "Ed25519"):
        raise VcError("The published key is not Ed25519.")
    x = jwk.get("x")
    if not isinstance(x, str) or not re.fullmatch(r"[A-Za-z0-9_-]{43}", x):
        raise VcError("The published key is not Ed25519.")
    return to_multibase(_ED25519_PUBLIC + base64.urlsafe_b64decode(x + "="))


def _public(multibase: str) -> bytes:
    public = from_multibase(multibase)
    if public[:2] != _ED25519_PUBLIC or len(public) != 34:
        raise VcError("The published key is not Ed25519.")
    return public[2:]


def to_multibase(content: bytes) -> str:
    """base58btc with its prefix `z`."""
    number, digits = int.from_bytes(content, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _ALPHABET[digit] + digits
    zeros = len(content) - len(content.lstrip(b"\0"))
    return "z" + "1" * zeros + digits


def from_multibase(text: str) -> bytes:
    """The bytes of a base58btc text. Raises VcError if it is none, or longer than a signature."""
    if not isinstance(text, str) or not text.startswith("z") or len(text) > _LONGEST:
        raise VcError("Not a base58 value.")
    number = 0
    for character in text[1:]:
        if character not in _VALUES:
            raise VcError("Not a base58 value.")
        number = number * 58 + _VALUES[character]
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
