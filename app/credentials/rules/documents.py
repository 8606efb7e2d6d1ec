"""Credentials as they are signed: facts in, documents out. Nothing of a student's work is in them
but digests, and of herself a salted hash of her mail address, and her name where she wants it."""

import base64
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app import vc
from app.credentials.rules import schemas
from app.credentials.rules.kinds import AchievementKind
from app.kernel.i18n import LOCALES, speaking
from app.kernel.i18n import gettext as _

__all__ = ["Facts", "addresses", "badge", "issuer_profile", "record", "status_list"]

ACHIEVEMENT_TYPES = {
    AchievementKind.SKILL: "Competency",
    AchievementKind.COURSE: "Course",
    AchievementKind.CLUSTER: "MicroCredential",
    AchievementKind.PROJECT: "Assignment",
    AchievementKind.MENTORING: "CommunityService",
}
"""AchievementType of Open Badges 3.0, section B.2.1."""


@dataclass(frozen=True)
class Facts:
    """What a credential says."""

    address: str
    """Of the site, as it was fixed."""
    credential_id: uuid.UUID
    issuer_slug: str
    issuer_name: Mapping[str, str]
    kind: AchievementKind
    achievement_id: uuid.UUID
    version: int
    title: Mapping[str, str]
    description: Mapping[str, str]
    criteria: Mapping[str, str]
    credits: float | None
    alignments: Sequence[Mapping[str, Any]]
    basis: Mapping[str, Any]
    email: str
    salt: str
    name: str | None
    """None: her name does not stand in it."""
    list_number: int
    list_index: int
    issued_at: datetime
    awarded_at: datetime
    valid_until: datetime | None = None
    pieces: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


@dataclass(frozen=True)
class addresses:
    """Where things of ours are found; ADDRESS is the fixed address of the site."""

    address: str

    def credential(self, credential_id: uuid.UUID) -> str:
        return f"{self.address}/credentials/{credential_id}"

    def achievement(self, achievement_id: uuid.UUID) -> str:
        return f"{self.address}/credentials/achievements/{achievement_id}"

    def status(self, slug: str, number: int) -> str:
        return f"{self.address}/credentials/status/{slug}/{number}"

    def issuer(self, slug: str) -> str:
        return f"{self.address}/schools/{slug}"


def issuer_profile(address: str, slug: str, name: Mapping[str, str]) -> dict[str, Any]:
    return vc.profile(vc.did_for(address, slug), vc.both(name), url=addresses(address).issuer(slug))


def _in_order(texts: Mapping[str, str], separator: str = " · ") -> str:
    """Both languages, the house's first: JSON that the database kept has an order of its own."""
    return vc.both({code: texts[code] for code in LOCALES if code in texts}, separator)


def _both(compose: Any) -> str:
    texts = {}
    for code in LOCALES:
        with speaking(code):
            texts[code] = compose()
    return vc.both(texts)


def _achievement(facts: Facts) -> dict[str, Any]:
    url = addresses(facts.address).achievement(facts.achievement_id)
    results = []
    if facts.basis.get("percent") is not None:
        results.append(
            vc.result_description(
                f"{url}#grade", _both(lambda: _("Final grade")), minimum="0", maximum="100"
            )
        )
    return vc.achievement(
        url,
        kind=ACHIEVEMENT_TYPES[facts.kind],
        name=_in_order(facts.title),
        description=_in_order(facts.description, "\n\n"),
        criteria=_in_order(facts.criteria, "\n\n"),
        image=f"{url}.svg",
        alignments=[_alignment(facts.address, row) for row in facts.alignments],
        results=results,
        credits_available=facts.credits,
        version=str(facts.version),
    )


def _alignment(address: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Places of our own are kept without the address of the site."""
    url = row["url"]
    return vc.alignment(**{**row, "url": f"{address}{url}" if url.startswith("/") else url})


def _subject(facts: Facts) -> dict[str, Any]:
    identifiers = [vc.identity(facts.email.strip().lower(), facts.salt, "emailAddress")]
    if facts.name:
        identifiers.append(vc.identity(facts.name, None, "name"))
    url = addresses(facts.address).achievement(facts.achievement_id)
    basis = facts.basis
    results = []
    if basis.get("percent") is not None:
        results.append(vc.result(str(basis["percent"]), description_id=f"{url}#grade"))
    term = None
    if basis.get("academic_year"):
        term = f"{basis['academic_year']}-{basis['semester']}"
    return vc.subject(
        # Of this credential alone, so that two of hers cannot be laid side by side by it.
        f"{addresses(facts.address).credential(facts.credential_id)}#holder",
        identifiers=identifiers,
        results=results,
        credits_earned=float(basis["credits"]) if basis.get("credits") else None,
        term=term,
    )


def _named_by_digest(digest: str) -> str:
    """The address of something by its SHA-256 (RFC 6920): a name, nothing to fetch."""
    text = base64.urlsafe_b64encode(bytes.fromhex(digest)).rstrip(b"=").decode()
    return f"ni:///sha-256;{text}"


def _evidence(facts: Facts) -> list[dict[str, Any]]:
    found = []
    basis = facts.basis
    if basis.get("digest"):
        found.append(
            vc.evidence(
                _named_by_digest(basis["digest"]),
                name=_both(lambda: _("Final grade")),
                narrative=_both(
                    lambda: _(
                        "Settled on %(day)s for section %(section)s; the digest is of the grade "
                        "and how it came about.",
                        day=basis.get("settled_on"), section=basis.get("section"),
                    )
                ),
                genre="FinalGrade",
                digest_multibase=vc.digest(basis["digest"]),
            )
        )  # fmt: skip
    if basis.get("rules_number") is not None:
        number = basis["rules_number"]
        address = f"{addresses(facts.address).credential(facts.credential_id)}#rules"
        found.append(
            vc.evidence(
                address,
                name=_both(
                    lambda: _("Rules of the course cluster, version %(number)s", number=number)
                ),
                narrative=", ".join(basis.get("courses", ())),
                genre="ClusterRules",
            )
        )
    if basis.get("vouched"):
        address = f"{addresses(facts.address).credential(facts.credential_id)}#vouching"
        found.append(
            vc.evidence(
                address,
                name=_both(lambda: _("Who vouches for it")),
                narrative=_in_order(basis["vouched"]),
                genre=basis["vouching"],
            )
        )
    for piece in basis.get("evidence", ()):
        found.append(
            vc.evidence(
                _named_by_digest(piece["digest"]),
                name=_in_order(piece["title"]),
                narrative=_in_order(piece.get("narrative", {}), "\n"),
                genre=piece.get("genre"),
                digest_multibase=vc.digest(piece["digest"]),
            )
        )
    return list({row["id"]: row for row in found}.values())


def _status(facts: Facts) -> dict[str, Any]:
    url = addresses(facts.address).status(facts.issuer_slug, facts.list_number)
    return vc.status_entry(url, facts.list_index)


def badge(facts: Facts) -> dict[str, Any]:
    """An Open Badges 3.0 credential, not signed yet."""
    url = addresses(facts.address).credential(facts.credential_id)
    return vc.achievement_credential(
        id=url,
        issuer=issuer_profile(facts.address, facts.issuer_slug, facts.issuer_name),
        subject=_subject(facts),
        achievement=_achievement(facts),
        evidence=_evidence(facts),
        valid_from=facts.issued_at,
        valid_until=facts.valid_until,
        awarded_at=facts.awarded_at,
        status=_status(facts),
        schema=schemas.entries(facts.address, schemas.BADGE),
        refresh=f"{url}/refresh",
    )


def record(
    facts: Facts, credentials: Sequence[Mapping[str, Any]], parts: Sequence[str]
) -> dict[str, Any]:
    """A learner record (CLR 2.0) of a cluster, not signed yet: its own badge among CREDENTIALS
    (signed), and of which achievements (PARTS, their addresses) the cluster is made."""
    url = addresses(facts.address).credential(facts.credential_id)
    whole = addresses(facts.address).achievement(facts.achievement_id)
    subject = _subject(facts)
    return vc.clr_credential(
        id=url,
        issuer=issuer_profile(facts.address, facts.issuer_slug, facts.issuer_name),
        subject={name: subject[name] for name in ("id", "type", "identifier")},
        credentials=credentials,
        associations=[vc.association("isChildOf", part, whole) for part in parts],
        valid_from=facts.issued_at,
        awarded_at=facts.awarded_at,
        status=_status(facts),
        schema=schemas.entries(facts.address, schemas.RECORD),
        refresh=f"{url}/refresh",
        name=_in_order(facts.title),
        description=_both(lambda: _("Learner record of the course cluster")),
        partial=True,
    )


def status_list(
    address: str, slug: str, number: int, places: set[int], *, at: datetime, until: datetime
) -> dict[str, Any]:
    """The list that says which of an issuer's credentials are revoked, not signed yet."""
    return vc.status_list_credential(
        addresses(address).status(slug, number),
        vc.did_for(address, slug),
        places,
        "revocation",
        at,
        valid_until=until,
    )
