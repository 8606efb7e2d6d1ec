"""Verifying what somebody brings, with nothing but what this house has published.

Nothing is fetched: issuers of other houses cannot be asked, and the answer says so.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app import vc
from app.credentials import queries
from app.credentials.models import Credential, Issuer
from app.credentials.operations.issuing import issuer_name, status_list_now
from app.credentials.operations.keys import House
from app.kernel import clock
from app.kernel.transaction import operation

__all__ = ["Checked", "check", "did_document_of"]

_STATUS = re.compile(r"/credentials/status/([a-z0-9][a-z0-9-]*)/([1-9][0-9]{0,5})")
_OURS = re.compile(r"/credentials/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(frozen=True)
class Checked:
    """What was found of a document."""

    verification: vc.Verification
    credential: Credential | None
    """The row of the credential that it says it is, when that is one of ours."""

    @property
    def document(self) -> Mapping[str, Any]:
        return self.verification.credential


def did_document_of(address: str, issuer: Issuer) -> dict[str, Any]:
    """What ISSUER publishes of its keys."""
    keys = [
        vc.PublishedKey(row.fragment, row.multibase, row.made_at, row.compromised_at)
        for row in issuer.keys
    ]
    name = vc.both(issuer_name(issuer))
    return vc.did_document(vc.did_for(address, issuer.slug), keys, name)


@operation
def check(house: House, document: Mapping[str, Any] | str | bytes) -> Checked:
    """Verify DOCUMENT now, by the keys and lists of this house."""
    address = queries.fixed_address() or house.site_url
    stem = vc.did_for(address, "")

    def resolve(did: str) -> Mapping[str, Any] | None:
        if not did.startswith(stem):
            return None
        issuer = queries.issuer_by_slug(did.removeprefix(stem))
        return None if issuer is None else did_document_of(address, issuer)

    def fetch(url: str) -> str | None:
        found = _STATUS.fullmatch(url.removeprefix(address)) if url.startswith(address) else None
        issuer = queries.issuer_by_slug(found[1]) if found else None
        if found is None or issuer is None:
            return None
        listed = queries.status_list_of(issuer, int(found[2]))
        return None if listed is None else status_list_now(house, listed)

    seen = vc.verify(document, resolve_did=resolve, fetch_status=fetch, now=clock.now())
    name = seen.credential.get("id")
    ours = None
    if isinstance(name, str) and name.startswith(address):
        match = _OURS.fullmatch(name.removeprefix(address))
        ours = queries.credential(uuid.UUID(match[1])) if match else None
    return Checked(seen, ours)
