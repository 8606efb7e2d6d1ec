"""did:web: who signs, and where the world reads with which keys."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from app.vc.errors import VcError
from app.vc.keys import PublishedKey, to_jwk

__all__ = ["JWK_SUFFIX", "address_of", "did_document", "did_for", "timestamp"]

JWK_SUFFIX = "-jwk"
"""What the name of a key ends in where it is written as JWK."""

_DID_WEB = re.compile(r"did:web:[A-Za-z0-9.%_-]+(:[A-Za-z0-9.%_-]+)*")


def timestamp(moment: datetime) -> str:
    """An instant as credentials write it: UTC, whole seconds. Raises VcError without a zone."""
    if moment.tzinfo is None:
        raise VcError("A date of a credential needs its time zone.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def did_for(site_url: str, slug: str) -> str:
    """The issuer's identifier: `did:web:host%3Aport:schools:SLUG`, with the site's path if any.

    An empty slug gives the beginning that all issuers of the site share.
    """
    site = urlsplit(site_url)
    if not site.hostname:
        raise VcError("The site's address names no host.")
    host = site.hostname if site.port is None else f"{site.hostname}%3A{site.port}"
    path = [part for part in site.path.split("/") if part]
    parts = [quote(part, safe="") for part in (*path, "schools", slug)]
    return ":".join(["did", "web", host, *parts])


def address_of(did: str) -> str:
    """Where a did:web identifier's document is read: https, by the method's specification."""
    if not _DID_WEB.fullmatch(did):
        raise VcError("Not a did:web identifier.")
    host, *path = did.removeprefix("did:web:").split(":")
    where = "/".join(path) if path else ".well-known"
    return f"https://{unquote(host)}/{where}/did.json"


def did_document(did: str, keys: Iterable[PublishedKey], name: str = "") -> dict[str, Any]:
    """The issuer's document with its keys, oldest first.

    Each key stands there twice: as Multikey for proofs, and as JWK (`#FRAGMENT-jwk`) for JWTs,
    whose verifiers read that. Retired keys stay among those that may sign. Revoked ones are shown
    with their date but may not: verifiers that overlook `revoked` refuse them as well.
    """
    ordered = sorted(keys, key=lambda key: (key.not_before, key.fragment))
    context: list[Any] = [
        "https://www.w3.org/ns/did/v1",
        "https://w3id.org/security/multikey/v1",
        "https://w3id.org/security/jwk/v1",
    ]
    if name:
        context.append({"name": "https://schema.org/name"})
    document: dict[str, Any] = {"@context": context, "id": did}
    if name:
        document["name"] = name
    document["verificationMethod"] = [method for key in ordered for method in _methods(did, key)]
    document["assertionMethod"] = [
        method["id"] for key in ordered if key.revoked_at is None for method in _methods(did, key)
    ]
    return document


def _methods(did: str, key: PublishedKey) -> list[dict[str, Any]]:
    name = f"{did}#{key.fragment}"
    since = {} if key.revoked_at is None else {"revoked": timestamp(key.revoked_at)}
    return [
        {
            "id": name,
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": key.multibase,
            **since,
        },
        {
            "id": name + JWK_SUFFIX,
            "type": "JsonWebKey",
            "controller": did,
            "publicKeyJwk": to_jwk(key.multibase),
            **since,
        },
    ]
