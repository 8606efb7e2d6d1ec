"""Bitstring Status List 1.0: which credentials no longer count, told without naming them."""

import base64
import binascii
import gzip
import io
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from app.vc import contexts
from app.vc.did import timestamp
from app.vc.errors import VcError

__all__ = ["LIST_SIZE", "Purpose", "encode", "is_set", "status_entry", "status_list_credential"]

LIST_SIZE = 131_072
"""Fewest bits of a list (16 KB): among so many nobody tells whose bit is asked for."""
MAX_LIST_SIZE = LIST_SIZE * 64

Purpose = Literal["revocation", "suspension"]


def status_entry(list_id: str, index: int, purpose: Purpose = "revocation") -> dict[str, Any]:
    """What a credential says about where its status is to be read."""
    if not 0 <= index < MAX_LIST_SIZE:
        raise VcError("The place in the status list does not exist.")
    return {
        "id": f"{list_id}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": list_id,
    }


def status_list_credential(
    id: str,
    issuer: str | Mapping[str, Any],
    bits: bytes | Iterable[int],
    purpose: Purpose = "revocation",
    valid_from: datetime | None = None,
    *,
    valid_until: datetime | None = None,
) -> dict[str, Any]:
    """A list to be signed.

    `bits` are the bits themselves, the first the highest of the first byte, or the numbers of
    those that are set. `issuer` is the one of the credentials that point to the list.
    """
    if valid_from is None:
        raise VcError("A status list needs the date from which it holds.")
    document: dict[str, Any] = {
        "@context": [contexts.CREDENTIALS],
        "id": id,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer if isinstance(issuer, str) else issuer["id"],
        "validFrom": timestamp(valid_from),
    }
    if valid_until is not None:
        document["validUntil"] = timestamp(valid_until)
    document["credentialSubject"] = {
        "id": f"{id}#list",
        "type": "BitstringStatusList",
        "statusPurpose": purpose,
        "encodedList": encode(bits),
    }
    return document


def encode(bits: bytes | Iterable[int]) -> str:
    """The bits compressed, as a multibase text; always the same for the same bits."""
    if isinstance(bits, bytes | bytearray):
        content = bytearray(bits)
        if len(content) < LIST_SIZE // 8:
            content.extend(bytes(LIST_SIZE // 8 - len(content)))
    else:
        numbers = list(bits)
        size = max([LIST_SIZE, *(number + 1 for number in numbers)])
        content = bytearray((size + 7) // 8)
        for number in numbers:
            if number < 0:
                raise VcError("The place in the status list does not exist.")
            content[number // 8] |= 0x80 >> number % 8
    if len(content) * 8 > MAX_LIST_SIZE:
        raise VcError("The status list is too long.")
    packed = gzip.compress(bytes(content), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def is_set(encoded: str, index: int) -> bool:
    """Whether a bit is set. Raises VcError for a list that is none, too short or too long."""
    if not isinstance(encoded, str) or not encoded.startswith("u") or len(encoded) > MAX_LIST_SIZE:
        raise VcError("The status list cannot be read.")
    try:
        packed = base64.b64decode(
            encoded[1:] + "=" * (-len(encoded[1:]) % 4), altchars=b"-_", validate=True
        )
        with gzip.open(io.BytesIO(packed)) as stream:
            content = stream.read(MAX_LIST_SIZE // 8 + 1)
    except (ValueError, binascii.Error, OSError, EOFError, zlib.error) as error:
        raise VcError("The status list cannot be read.") from error
    if not LIST_SIZE // 8 <= len(content) <= MAX_LIST_SIZE // 8:
        raise VcError("The status list has not the length of one.")
    if not 0 <= index < len(content) * 8:
        raise VcError("The credential's place is not in the status list.")
    return bool(content[index // 8] & (0x80 >> index % 8))
