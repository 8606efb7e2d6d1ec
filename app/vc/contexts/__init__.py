"""The vocabularies that credentials are read with, pinned: nothing is ever fetched.

Where each file comes from, and under which licence, is in SOURCES.md beside it.
"""

import json
from functools import cache
from importlib import resources
from typing import Any

from app.vc.errors import VcError

__all__ = [
    "CLR",
    "CREDENTIALS",
    "DATA_INTEGRITY",
    "DID",
    "EXTENSIONS",
    "MULTIKEY",
    "OPEN_BADGES",
    "PINNED",
    "load",
]

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
MULTIKEY = "https://w3id.org/security/multikey/v1"
DID = "https://www.w3.org/ns/did/v1"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"

PINNED = {
    CREDENTIALS: (
        "credentials-v2.json",
        "8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f",
    ),
    DATA_INTEGRITY: (
        "data-integrity-v2.json",
        "0f77743daf5b4e8fc067fc5ba5b21044283053aa717fc6b0219843bed3b00363",
    ),
    MULTIKEY: (
        "multikey-v1.json",
        "c5f3806f8286920573221938917988a18a4cc5a09e968d29649613c7a1c2b1f6",
    ),
    DID: (
        "did-v1.json",
        "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f",
    ),
    OPEN_BADGES: (
        "open-badges-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    EXTENSIONS: (
        "open-badges-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
    CLR: (
        "clr-2.0.1.json",
        "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6",
    ),
}
"""Address: file beside this one, and the SHA-256 of its bytes."""


@cache
def load(address: str) -> dict[str, Any]:
    """The pinned document of an address. Raises VcError for any other address."""
    if address not in PINNED:
        raise VcError(f"The context {address!r} is not one of those that are known here.")
    name, _ = PINNED[address]
    document = json.loads(resources.files(__name__).joinpath(name).read_bytes())
    assert isinstance(document, dict)
    return document
