"""The parts of a credential: who issues, who earned, what, by what evidence.

What is not given is left out, because an empty value is not covered by a signature. Texts are
plain strings; `both` writes two languages as one.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.vc.did import timestamp
from app.vc.errors import VcError

__all__ = [
    "Part",
    "achievement",
    "alignment",
    "association",
    "both",
    "digest",
    "evidence",
    "given",
    "identity",
    "identity_matches",
    "image_of",
    "profile",
    "refresh_service",
    "result",
    "result_description",
    "schema_entry",
    "subject",
]

Part = dict[str, Any]

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def profile(
    did: str,
    name: str,
    *,
    url: str | None = None,
    description: str | None = None,
    email: str | None = None,
    image: str | None = None,
) -> Part:
    """Who issues: `did` is the identifier that `did_for` made, `image` the address of a picture."""
    return given(
        id=did,
        type=["Profile"],
        name=name,
        url=url,
        description=description,
        email=email,
        image=image_of(image),
    )


def subject(
    id: str | None = None,
    *,
    identifiers: Sequence[Mapping[str, Any]] = (),
    results: Sequence[Mapping[str, Any]] = (),
    credits_earned: float | None = None,
    started: datetime | None = None,
    ended: datetime | None = None,
    role: str | None = None,
    term: str | None = None,
    license_number: str | None = None,
    source: str | Mapping[str, Any] | None = None,
) -> Part:
    """Who earned it: an `id` of her own, `identifiers` (see `identity`), or both."""
    if id is None and not identifiers:
        raise VcError("A credential is for somebody: give an id or an identifier.")
    return given(
        id=id,
        type=["AchievementSubject"],
        identifier=[dict(one) for one in identifiers],
        result=[dict(one) for one in results],
        creditsEarned=credits_earned,
        activityStartDate=timestamp(started) if started else None,
        activityEndDate=timestamp(ended) if ended else None,
        role=role,
        term=term,
        licenseNumber=license_number,
        source=source,
    )


def identity(value: str, salt: str | None, kind: str = "name") -> Part:
    """A name or address of the earner (IdentityObject): only its salted hash, unless salt is None.

    `kind` is one of the specification's identity types: name, emailAddress, username, …
    """
    if salt is None:
        hashed = {"hashed": False, "identityHash": value}
    else:
        hashed = {"hashed": True, "identityHash": _identity_hash(value, salt), "salt": salt}
    return {"type": "IdentityObject", "identityType": kind, **hashed}


def identity_matches(identifier: Mapping[str, Any], value: str) -> bool:
    """Whether an IdentityObject is about this name or address."""
    stated = identifier.get("identityHash")
    if not identifier.get("hashed"):
        return stated == value
    return stated == _identity_hash(value, str(identifier.get("salt", "")))


def achievement(
    id: str,
    *,
    kind: str,
    name: str,
    description: str,
    criteria: str,
    criteria_url: str | None = None,
    image: str | None = None,
    creator: Mapping[str, Any] | None = None,
    alignments: Sequence[Mapping[str, Any]] = (),
    results: Sequence[Mapping[str, Any]] = (),
    tags: Sequence[str] = (),
    human_code: str | None = None,
    field_of_study: str | None = None,
    credits_available: float | None = None,
    version: str | None = None,
    language: str | None = None,
) -> Part:
    """What was achieved. `kind` is an AchievementType (Competency, Course, Certificate, Badge, …).

    `criteria` is Markdown, `results` come from `result_description`, `language` is a BCP 47 tag.
    """
    return given(
        id=id,
        type=["Achievement"],
        achievementType=kind,
        name=name,
        description=description,
        criteria=given(id=criteria_url, narrative=criteria),
        image=image_of(image),
        creator=creator,
        alignment=[dict(one) for one in alignments],
        resultDescription=[dict(one) for one in results],
        tag=list(dict.fromkeys(tags)),
        humanCode=human_code,
        fieldOfStudy=field_of_study,
        creditsAvailable=credits_available,
        version=version,
        inLanguage=language,
    )


def alignment(
    name: str,
    url: str,
    *,
    code: str | None = None,
    framework: str | None = None,
    description: str | None = None,
    kind: str = "CFItem",
) -> Part:
    """The place of an achievement in a framework of skills; `kind` is an AlignmentTargetType."""
    return given(
        type=["Alignment"],
        targetName=name,
        targetUrl=url,
        targetCode=code,
        targetFramework=framework,
        targetDescription=description,
        targetType=kind,
    )


def result_description(
    id: str,
    name: str,
    *,
    kind: str = "Percent",
    minimum: str | None = None,
    maximum: str | None = None,
) -> Part:
    """What a `result` of the achievement means; `kind` is a ResultType: Percent, LetterGrade, …"""
    return given(
        id=id,
        type=["ResultDescription"],
        name=name,
        resultType=kind,
        valueMin=minimum,
        valueMax=maximum,
    )


def result(value: str, *, description_id: str | None = None, status: str | None = None) -> Part:
    """What this person reached, as text; `description_id` is the id of a `result_description`."""
    return given(type=["Result"], resultDescription=description_id, value=value, status=status)


def evidence(
    id: str,
    *,
    name: str,
    narrative: str | None = None,
    description: str | None = None,
    genre: str | None = None,
    audience: str | None = None,
    digest_multibase: str | None = None,
) -> Part:
    """A piece of work that vouches for the achievement: its digest (see `digest`), not the work."""
    return given(
        id=id,
        type=["Evidence"],
        name=name,
        narrative=narrative,
        description=description,
        genre=genre,
        audience=audience,
        digestMultibase=digest_multibase,
    )


def association(kind: str, source: str, target: str) -> Part:
    """How two achievements of a record hang together; `kind` is an AssociationType: isChildOf, …"""
    return {
        "type": "Association",
        "associationType": kind,
        "sourceId": source,
        "targetId": target,
    }


def refresh_service(address: str) -> Part:
    """Where a holder gets the present form of her credential."""
    return {"id": address, "type": "1EdTechCredentialRefresh"}


def schema_entry(address: str) -> Part:
    return {"id": address, "type": "1EdTechJsonSchemaValidator2019"}


def digest(content: bytes | str) -> str:
    """A SHA-256 as credentials write it (`digestMultibase`): multihash in base64url.

    Text is taken for a SHA-256 in hexadecimal, bytes for the content itself.
    """
    if isinstance(content, str):
        try:
            raw = bytes.fromhex(content)
        except ValueError as error:
            raise VcError("Not a SHA-256 in hexadecimal.") from error
        if len(raw) != 32:
            raise VcError("Not a SHA-256 in hexadecimal.")
    else:
        raw = hashlib.sha256(content).digest()
    return "u" + base64.urlsafe_b64encode(b"\x12\x20" + raw).rstrip(b"=").decode()


def both(texts: Mapping[str, str], separator: str = " · ") -> str:
    """Two languages in one string, in the order given: the specification has room for one only."""
    found = dict.fromkeys(text.strip() for text in texts.values() if text and text.strip())
    return separator.join(found)


def image_of(address: str | None) -> Part | None:
    """A picture by its address."""
    return {"id": address, "type": "Image"} if address else None


def given(**parts: Any) -> Part:
    """The parts that say something; characters that no text needs are taken out."""
    return {
        name: _CONTROL.sub("", part) if isinstance(part, str) else part
        for name, part in parts.items()
        if part not in (None, "", [], {})
    }


def _identity_hash(value: str, salt: str) -> str:
    return "sha256$" + hashlib.sha256((value + salt).encode()).hexdigest()
