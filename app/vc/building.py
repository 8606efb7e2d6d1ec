"""Credentials before they are signed: Open Badges 3.0 and Comprehensive Learner Record 2.0."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from app.vc import contexts
from app.vc.did import timestamp
from app.vc.errors import VcError
from app.vc.parts import Part, given, image_of, refresh_service, schema_entry

__all__ = ["CLR_SCHEMA", "OPEN_BADGE_SCHEMA", "achievement_credential", "clr_credential"]

OPEN_BADGE_SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
CLR_SCHEMA = (
    "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json"
)


def achievement_credential(
    *,
    id: str,
    issuer: str | Mapping[str, Any],
    subject: Mapping[str, Any],
    achievement: Mapping[str, Any],
    valid_from: datetime,
    evidence: Sequence[Mapping[str, Any]] = (),
    valid_until: datetime | None = None,
    awarded_at: datetime | None = None,
    status: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    schema: str | Mapping[str, Any] | Sequence[Mapping[str, Any]] = OPEN_BADGE_SCHEMA,
    refresh: str | Mapping[str, Any] | None = None,
    name: str | None = None,
    description: str | None = None,
    image: str | None = None,
) -> Part:
    """An Open Badges 3.0 credential (OpenBadgeCredential), not yet signed.

    `id` is an absolute address, best the page where people verify it. `issuer`, `subject`,
    `achievement` and `evidence` come from the functions of the same names (issuer: `profile`).
    `schema` and `refresh` may be given as addresses. Raises VcError for a date without zone.
    """
    document = _credential(
        [contexts.CREDENTIALS, contexts.OPEN_BADGES, contexts.EXTENSIONS],
        "OpenBadgeCredential",
        id=id,
        issuer=issuer,
        name=name or str(achievement["name"]),
        description=description,
        image=image,
        valid_from=valid_from,
        valid_until=valid_until,
        awarded_at=awarded_at,
    )
    document["credentialSubject"] = {**subject, "achievement": dict(achievement)}
    if evidence:
        document["evidence"] = [dict(piece) for piece in evidence]
    return {**document, **_services(status, schema, refresh)}


def clr_credential(
    *,
    id: str,
    issuer: str | Mapping[str, Any],
    subject: Mapping[str, Any],
    credentials: Sequence[Mapping[str, Any]],
    valid_from: datetime,
    associations: Sequence[Mapping[str, Any]] = (),
    achievements: Sequence[Mapping[str, Any]] = (),
    valid_until: datetime | None = None,
    awarded_at: datetime | None = None,
    status: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    schema: str | Mapping[str, Any] | Sequence[Mapping[str, Any]] = CLR_SCHEMA,
    refresh: str | Mapping[str, Any] | None = None,
    name: str,
    description: str | None = None,
    partial: bool | None = None,
) -> Part:
    """A Comprehensive Learner Record 2.0 that holds signed credentials, not yet signed itself.

    `associations` (see `association`) say how the achievements of the credentials hang together,
    `partial` whether more is known of the learner than the record says. Raises VcError without a
    credential, or for one without proof.
    """
    if not credentials or any("proof" not in credential for credential in credentials):
        raise VcError("A learner record holds signed credentials.")
    document = _credential(
        [contexts.CREDENTIALS, contexts.CLR, contexts.OPEN_BADGES, contexts.EXTENSIONS],
        "ClrCredential",
        id=id,
        issuer=issuer,
        name=name,
        description=description,
        image=None,
        valid_from=valid_from,
        valid_until=valid_until,
        awarded_at=awarded_at,
    )
    if partial is not None:
        document["partial"] = partial
    record = {**subject, "type": ["ClrSubject"]}
    record["verifiableCredential"] = [dict(credential) for credential in credentials]
    if achievements:
        record["achievement"] = [dict(one) for one in achievements]
    if associations:
        record["association"] = [dict(one) for one in associations]
    document["credentialSubject"] = record
    return {**document, **_services(status, schema, refresh)}


def _credential(
    context: list[str],
    kind: Literal["OpenBadgeCredential", "ClrCredential"],
    *,
    id: str,
    issuer: str | Mapping[str, Any],
    name: str,
    description: str | None,
    image: str | None,
    valid_from: datetime,
    valid_until: datetime | None,
    awarded_at: datetime | None,
) -> Part:
    return {
        "@context": context,
        **given(
            id=id,
            type=["VerifiableCredential", kind],
            issuer=issuer if isinstance(issuer, str) else dict(issuer),
            name=name,
            description=description,
            image=image_of(image),
            validFrom=timestamp(valid_from),
            validUntil=timestamp(valid_until) if valid_until else None,
            awardedDate=timestamp(awarded_at) if awarded_at else None,
        ),
    }


def _services(
    status: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None,
    schema: str | Mapping[str, Any] | Sequence[Mapping[str, Any]],
    refresh: str | Mapping[str, Any] | None,
) -> Part:
    if isinstance(schema, str):
        schema = schema_entry(schema)
    if isinstance(refresh, str):
        refresh = refresh_service(refresh)
    return given(
        credentialSchema=[dict(one) for one in _several(schema)],
        credentialStatus=_one_or_more(status),
        refreshService=dict(refresh) if refresh else None,
    )


def _several(
    value: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None,
) -> Iterable[Mapping[str, Any]]:
    if value is None:
        return []
    return [value] if isinstance(value, Mapping) else value


def _one_or_more(value: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None) -> Any:
    found = [dict(one) for one in _several(value)]
    return found[0] if len(found) == 1 else found
