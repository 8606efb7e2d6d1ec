"""Signatures: Data Integrity with eddsa-rdfc-2022, and the same credential as a JWT.

`sign` follows W3C Data Integrity EdDSA Cryptosuites 1.0 §3.2; `sign_jwt` Open Badges 3.0 §8.2.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.vc import jsontext
from app.vc.canonical import canonical
from app.vc.did import JWK_SUFFIX, timestamp
from app.vc.errors import VcError
from app.vc.keys import SigningKey, from_multibase, to_multibase

__all__ = [
    "CRYPTOSUITE", "Signature", "of_document", "of_jwt", "sign", "sign_both", "sign_jwt", "when",
]  # fmt: skip

CRYPTOSUITE = "eddsa-rdfc-2022"
_PROOF_KEYS = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
_SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_JWT_CLAIMS = ("iss", "jti", "nbf", "sub", "exp", "iat")


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature found on a credential, not yet believed."""

    method_id: str
    created_at: datetime | None
    signature: bytes
    message: bytes
    is_jwt: bool = False


def sign(
    document: Mapping[str, Any], key: SigningKey, method_id: str, created: datetime
) -> dict[str, Any]:
    """The document with a proof. The same input gives the same bytes.

    Raises VcError if the document has a proof, or holds anything that a signature would not cover.
    """
    unsigned = _unsigned(document)
    return _proven(unsigned, canonical(unsigned), key, method_id, created)


def sign_jwt(document: Mapping[str, Any], key: SigningKey, method_id: str) -> str:
    """The unsigned document as a compact JWT (EdDSA). Raises VcError like `sign`.

    Its `kid` is the same key where the issuer's document has it as JWK (`did_document`).
    """
    unsigned = _unsigned(document)
    canonical(unsigned)
    return _token(unsigned, key, method_id)


def sign_both(
    document: Mapping[str, Any], key: SigningKey, method_id: str, created: datetime
) -> tuple[dict[str, Any], str]:
    """What `sign` and `sign_jwt` give, for little more than the time of one of them."""
    unsigned = _unsigned(document)
    proven = _proven(unsigned, canonical(unsigned), key, method_id, created)
    return proven, _token(unsigned, key, method_id)


def _unsigned(document: Mapping[str, Any]) -> dict[str, Any]:
    if "proof" in document:
        raise VcError("The document is signed already.")
    return dict(document)


def _proven(
    unsigned: dict[str, Any], canonized: str, key: SigningKey, method_id: str, created: datetime
) -> dict[str, Any]:
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": timestamp(created),
        "verificationMethod": method_id,
        "proofPurpose": "assertionMethod",
    }
    value = key.sign(_hashes(unsigned, canonized, proof))
    return {**unsigned, "proof": {**proof, "proofValue": to_multibase(value)}}


def _token(unsigned: dict[str, Any], key: SigningKey, method_id: str) -> str:
    """UNSIGNED, which has been looked at, as a token."""
    header = {"alg": "EdDSA", "typ": "JWT", "kid": method_id + JWK_SUFFIX}
    body = {**unsigned, **_claims(unsigned)}
    content = f"{_to_base64(header)}.{_to_base64(body)}"
    return f"{content}.{_base64url(key.sign(content.encode()))}"


def of_document(document: Mapping[str, Any]) -> Signature:
    """The proof of a signed document. Raises VcError unless it is one of ours in kind."""
    proof = document.get("proof")
    if isinstance(proof, list | tuple) and len(proof) == 1:
        proof = proof[0]
    if not isinstance(proof, Mapping):
        raise VcError("The credential has no proof, or more than one.")
    if set(proof) != _PROOF_KEYS or not all(isinstance(value, str) for value in proof.values()):
        raise VcError("The proof has other members than such a proof has.")
    if (proof["type"], proof["cryptosuite"]) != ("DataIntegrityProof", CRYPTOSUITE):
        raise VcError(f"The proof is not of the kind {CRYPTOSUITE}.")
    if proof["proofPurpose"] != "assertionMethod":
        raise VcError("The proof was not made to issue a credential.")
    unsigned = {key: value for key, value in document.items() if key != "proof"}
    options = {key: value for key, value in proof.items() if key != "proofValue"}
    return Signature(
        method_id=proof["verificationMethod"],
        created_at=when(proof["created"]),
        signature=from_multibase(proof["proofValue"]),
        message=_hashes(unsigned, canonical(unsigned), options),
    )


def of_jwt(token: str) -> tuple[dict[str, Any], Signature]:
    """The credential within a JWT, and its signature. Raises VcError if it is none of our kind."""
    if len(token) > jsontext.MAX_CHARACTERS or token.count(".") != 2:
        raise VcError("Not a compact JWT.")
    first, second, third = token.split(".")
    header = jsontext.loads(_from_base64url(first))
    if header.get("alg") != "EdDSA" or header.get("typ", "JWT") not in ("JWT", "vc+jwt"):
        raise VcError("The token is not signed with EdDSA.")
    if set(header) - {"alg", "typ", "kid", "cty"} or not isinstance(header.get("kid"), str):
        raise VcError("The token's header names no published key, or asks for more.")
    body = jsontext.loads(_from_base64url(second))
    credential = {key: value for key, value in body.items() if key not in _JWT_CLAIMS}
    stated = {key: body[key] for key in _JWT_CLAIMS if key in body and key != "iat"}
    if "proof" in credential or stated != _claims(credential):
        raise VcError("The token says something else than the credential within.")
    found = Signature(
        method_id=header["kid"],
        created_at=None,
        signature=_from_base64url(third),
        message=f"{first}.{second}".encode(),
        is_jwt=True,
    )
    canonical(credential)
    return credential, found


def when(text: Any) -> datetime:
    """The instant of an XSD dateTimeStamp. Raises VcError for anything without seconds and zone."""
    if not isinstance(text, str) or not _SECONDS.fullmatch(text):
        raise VcError(f"{text!r} is not a date with time and time zone.")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise VcError(f"{text!r} is not a date with time and time zone.") from error


def _hashes(unsigned: dict[str, Any], canonized: str, options: Mapping[str, Any]) -> bytes:
    # Both are read with the document's vocabularies, so that those are signed as well.
    of_options = canonical({"@context": unsigned.get("@context"), **options})
    return (
        hashlib.sha256(of_options.encode()).digest() + hashlib.sha256(canonized.encode()).digest()
    )


def _claims(credential: Mapping[str, Any]) -> dict[str, Any]:
    issuer, subject = credential.get("issuer"), credential.get("credentialSubject")
    claims: dict[str, Any] = {
        "iss": issuer.get("id") if isinstance(issuer, Mapping) else issuer,
        "jti": credential.get("id"),
        "nbf": int(when(credential.get("validFrom")).timestamp()),
    }
    if isinstance(subject, Mapping) and isinstance(subject.get("id"), str):
        claims["sub"] = subject["id"]
    if "validUntil" in credential:
        claims["exp"] = int(when(credential["validUntil"]).timestamp())
    return claims


def _to_base64(value: Any) -> str:
    return _base64url(jsontext.dumps(value).encode())


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _from_base64url(text: str) -> bytes:
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise VcError("Not base64url.")
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error) as error:
        raise VcError("Not base64url.") from error
    if _base64url(content) != text:
        raise VcError("Not base64url in its only form.")
    return content
