"""Verifiable credentials: built, signed, baked, verified. A library without Flask or database.

    key = vc.SigningKey.generate()
    did = vc.did_for("https://banyan.example", "nctu")
    document = vc.achievement_credential(
        id=…, issuer=vc.profile(did, …), subject=vc.subject(…), achievement=vc.achievement(…), …
    )
    signed = vc.sign(document, key, f"{did}#key-1", created)
    vc.verify(signed, resolve_did=…, fetch_status=…, now=…).ok

Everything that it refuses is a VcError. It reads no clock, no file but its own, and no network.
"""

from app.vc.baking import bake_png, bake_svg, unbake
from app.vc.building import CLR_SCHEMA, OPEN_BADGE_SCHEMA, achievement_credential, clr_credential
from app.vc.did import address_of, did_document, did_for, timestamp
from app.vc.errors import VcError
from app.vc.jsontext import dumps, loads
from app.vc.keys import PublishedKey, SigningKey
from app.vc.parts import (
    achievement,
    alignment,
    association,
    both,
    digest,
    evidence,
    identity,
    identity_matches,
    profile,
    refresh_service,
    result,
    result_description,
    schema_entry,
    subject,
)
from app.vc.proofs import sign, sign_both, sign_jwt
from app.vc.status import LIST_SIZE, status_entry, status_list_credential
from app.vc.verifying import CHECKS, Check, Verification, verify

__all__ = [
    "CHECKS",
    "CLR_SCHEMA",
    "LIST_SIZE",
    "OPEN_BADGE_SCHEMA",
    "Check",
    "PublishedKey",
    "SigningKey",
    "VcError",
    "Verification",
    "achievement",
    "achievement_credential",
    "address_of",
    "alignment",
    "association",
    "bake_png",
    "bake_svg",
    "both",
    "clr_credential",
    "did_document",
    "did_for",
    "digest",
    "dumps",
    "evidence",
    "identity",
    "identity_matches",
    "loads",
    "profile",
    "refresh_service",
    "result",
    "result_description",
    "schema_entry",
    "sign",
    "sign_both",
    "sign_jwt",
    "status_entry",
    "status_list_credential",
    "subject",
    "timestamp",
    "unbake",
    "verify",
]
