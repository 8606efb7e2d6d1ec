"""What our credentials look like, as JSON schemas: served below ``/credentials/schema``, named in
each credential beside 1EdTech's own. One that was served never changes: another form has another.
"""

from typing import Any

from app import vc

__all__ = ["SCHEMAS", "entries", "schema"]

DIALECT = "https://json-schema.org/draft/2019-09/schema"
"""What validators of the kind ``1EdTechJsonSchemaValidator2019`` read."""
BADGE, RECORD = "open-badge-1", "learner-record-1"
SCHEMAS = (BADGE, RECORD)

Node = dict[str, Any]

TEXT: Node = {"type": "string", "minLength": 1}
ADDRESS: Node = {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:\\S+$"}
INSTANT: Node = {"type": "string", "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$"}
CLAIMS: Node = {
    "iss": ADDRESS, "jti": ADDRESS, "sub": ADDRESS, "nbf": {"type": "integer"},
    "exp": {"type": "integer"},
}  # fmt: skip
"""What the body of the same credential as JWT has besides."""


def address_of(site: str, name: str) -> str:
    return f"{site}/credentials/schema/{name}.json"


def entries(site: str, name: str) -> list[dict[str, Any]]:
    """``credentialSchema`` of a credential: 1EdTech's schema of its kind, and ours."""
    of_kind = vc.OPEN_BADGE_SCHEMA if name == BADGE else vc.CLR_SCHEMA
    return [vc.schema_entry(of_kind), vc.schema_entry(address_of(site, name))]


def schema(site: str, name: str) -> Node:
    """The schema NAME (of ``SCHEMAS``) as it is served at SITE."""
    made = _badge() if name == BADGE else _record()
    return {"$schema": DIALECT, "$id": address_of(site, name), **made}


def _object(required: Node, optional: Node | None = None) -> Node:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _types(*names: str) -> Node:
    return {"const": list(names)}


def _list_of(node: Node, least: int = 1) -> Node:
    return {"type": "array", "items": node, "minItems": least}


def _named(kind: str) -> Node:
    return _object({"id": ADDRESS, "type": {"const": kind}})


def _common() -> Node:
    return {
        "id": ADDRESS,
        "issuer": _object(
            {
                "id": {"type": "string", "pattern": "^did:web:"},
                "type": _types("Profile"),
                "name": TEXT,
                "url": ADDRESS,
            }
        ),
        "name": TEXT,
        "validFrom": INSTANT,
        "awardedDate": INSTANT,
        "credentialSchema": _list_of(_named("1EdTechJsonSchemaValidator2019")),
        "credentialStatus": _object(
            {
                "id": ADDRESS,
                "type": {"const": "BitstringStatusListEntry"},
                "statusPurpose": {"const": "revocation"},
                "statusListIndex": {"type": "string", "pattern": "^(0|[1-9]\\d{0,5})$"},
                "statusListCredential": ADDRESS,
            }
        ),
        "refreshService": _named("1EdTechCredentialRefresh"),
    }


def _optional() -> Node:
    proof = _object(
        {
            "type": {"const": "DataIntegrityProof"},
            "cryptosuite": {"const": "eddsa-rdfc-2022"},
            "created": INSTANT,
            "verificationMethod": {"type": "string", "pattern": "^did:web:[^#]+#key-\\d+$"},
            "proofPurpose": {"const": "assertionMethod"},
            "proofValue": {"type": "string", "pattern": "^z[1-9A-HJ-NP-Za-km-z]{80,90}$"},
        }
    )
    return {"validUntil": INSTANT, "proof": proof, **CLAIMS}


def _holder() -> Node:
    """Who earned it: by the hash of her mail address, and by name where she wants it."""
    hashed = _object(
        {
            "type": {"const": "IdentityObject"},
            "identityType": {"const": "emailAddress"},
            "hashed": {"const": True},
            "identityHash": {"type": "string", "pattern": "^sha256\\$[0-9a-f]{64}$"},
            "salt": TEXT,
        }
    )
    named = _object(
        {
            "type": {"const": "IdentityObject"},
            "identityType": {"const": "name"},
            "hashed": {"const": False},
            "identityHash": TEXT,
        }
    )
    return {
        "type": "array", "items": {"anyOf": [hashed, named]}, "minItems": 1, "maxItems": 2,
    }  # fmt: skip


def _achievement() -> Node:
    result = _object(
        {"id": ADDRESS, "type": _types("ResultDescription"), "name": TEXT, "resultType": TEXT},
        {"valueMin": TEXT, "valueMax": TEXT},
    )
    alignment = _object(
        {"type": _types("Alignment"), "targetName": TEXT, "targetUrl": ADDRESS},
        {"targetCode": TEXT, "targetFramework": TEXT, "targetType": TEXT},
    )
    return _object(
        {
            "id": ADDRESS,
            "type": _types("Achievement"),
            "achievementType": TEXT,
            "name": TEXT,
            "description": TEXT,
            "criteria": _object({"narrative": TEXT}),
            "image": _named("Image"),
            "version": TEXT,
        },
        {
            "alignment": _list_of(alignment),
            "resultDescription": _list_of(result),
            "creditsAvailable": {"type": "number", "exclusiveMinimum": 0},
        },
    )


def _badge() -> Node:
    """An Open Badges 3.0 credential of this house. Work stands in it as a digest, never itself."""
    piece = _object(
        {"id": ADDRESS, "type": _types("Evidence"), "name": TEXT},
        {
            "narrative": TEXT,
            "genre": TEXT,
            "digestMultibase": {"type": "string", "pattern": "^uEi[A-Za-z0-9_-]{44}$"},
        },
    )
    result = _object({"type": _types("Result"), "resultDescription": ADDRESS, "value": TEXT})
    subject = _object(
        {
            "id": ADDRESS,
            "type": _types("AchievementSubject"),
            "identifier": _holder(),
            "achievement": _achievement(),
        },
        {"result": _list_of(result), "creditsEarned": {"type": "number"}, "term": TEXT},
    )
    return {
        "title": "A badge of this house: Open Badges 3.0",
        **_object(
            {
                "@context": _list_of(ADDRESS, 3),
                "type": _types("VerifiableCredential", "OpenBadgeCredential"),
                **_common(),
                "credentialSubject": subject,
            },
            {"evidence": _list_of(piece), **_optional()},
        ),
    }


def _record() -> Node:
    """A learner record: signed badges, and how their achievements hang together."""
    association = _object(
        {
            "type": {"const": "Association"},
            "associationType": {"const": "isChildOf"},
            "sourceId": ADDRESS,
            "targetId": ADDRESS,
        }
    )
    held = {"type": "object", "required": ["id", "credentialSubject", "proof"]}
    subject = _object(
        {
            "id": ADDRESS,
            "type": _types("ClrSubject"),
            "identifier": _holder(),
            "verifiableCredential": _list_of(held),
        },
        {"association": _list_of(association)},
    )
    return {
        "title": "A learner record of this house: Comprehensive Learner Record 2.0",
        **_object(
            {
                "@context": _list_of(ADDRESS, 4),
                "type": _types("VerifiableCredential", "ClrCredential"),
                **_common(),
                "description": TEXT,
                "partial": {"type": "boolean"},
                "credentialSubject": subject,
            },
            _optional(),
        ),
    }
