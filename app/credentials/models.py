"""Issuers and their keys, achievements, awards, and the signed credentials."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.credentials.rules.kinds import AchievementKind, CredentialKind, Reason
from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText


class CredentialSite(Model):
    """The address that stands in every credential, fixed when the first one was issued."""

    __tablename__ = "credential_sites"
    __table_args__ = (
        UniqueConstraint("is_the_one"),
        CheckConstraint("is_the_one", name="there_is_one"),
    )

    is_the_one: Mapped[bool] = mapped_column(default=True)
    address: Mapped[str] = mapped_column(String(300))
    fixed_at: Mapped[datetime] = mapped_column(default=clock.now)


class Issuer(Model):
    """Who issues credentials: a school, or the programme."""

    __tablename__ = "credential_issuers"
    __table_args__ = (
        UniqueConstraint("organisation_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]*$'", name="slug_is_an_address"),
    )

    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"))
    """None: the programme."""
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)

    organisation: Mapped[Organisation | None] = relationship()
    keys: Mapped[list["IssuerKey"]] = relationship(
        back_populates="issuer", order_by="IssuerKey.number"
    )


class IssuerKey(Model):
    """A key of an issuer. The private half is a file under ``instance/secrets/issuers``.

    A retired key signs no more but what it signed still verifies. Nothing that a compromised one
    signed verifies any more: whoever has it writes any date into a proof.
    """

    __tablename__ = "credential_issuer_keys"
    __table_args__ = (
        UniqueConstraint("issuer_id", "number"),
        Index(
            "one_key_that_signs",
            "issuer_id",
            unique=True,
            postgresql_where=text("retired_at IS NULL"),
        ),
        CheckConstraint(
            "compromised_at IS NULL OR retired_at IS NOT NULL", name="compromised_signs_no_more"
        ),
    )

    issuer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("credential_issuers.id"))
    number: Mapped[int]
    multibase: Mapped[str] = mapped_column(String(80), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    retired_at: Mapped[datetime | None]
    compromised_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500), default="")

    issuer: Mapped[Issuer] = relationship(back_populates="keys")

    @property
    def fragment(self) -> str:
        return f"key-{self.number}"


class AwardRule(Model):
    """When an achievement is awarded. Never changed: another rule ends it."""

    __tablename__ = "award_rules"
    __table_args__ = (
        Index(
            "one_rule_in_force",
            "kind",
            "subject",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    kind: Mapped[AchievementKind]
    subject: Mapped[str] = mapped_column(String(200), default="")
    """The slug of the course or cluster, the key of the skill; empty: all that have none."""
    is_on: Mapped[bool] = mapped_column(default=True)
    """False: nothing is awarded for it."""
    condition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))


class Achievement(Model):
    """What somebody can have achieved, in words. Never changed: other words are another version."""

    __tablename__ = "achievements"
    __table_args__ = (UniqueConstraint("kind", "subject", "number"),)

    kind: Mapped[AchievementKind]
    subject: Mapped[str] = mapped_column(String(200))
    """What it is of: ``areas-and-squares``; of a skill its key and level."""
    number: Mapped[int]
    title: Mapped[LocalizedText] = mapped_column(Localized)
    description: Mapped[LocalizedText] = mapped_column(Localized)
    criteria: Mapped[LocalizedText] = mapped_column(Localized)
    industry: Mapped[str] = mapped_column(String(60), default="")
    level: Mapped[int | None]
    credits: Mapped[float | None]
    alignments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    """Skills and frameworks that it speaks of: name, url, code, framework."""
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class IssuingRun(Model):
    """Credentials for everybody who has reached something, at one go, in the background."""

    __tablename__ = "issuing_runs"
    __table_args__ = (
        Index(
            "one_live_issuing_run",
            "kind",
            "subject",
            unique=True,
            postgresql_where=text("looked_at IS NULL"),
        ),
    )

    kind: Mapped[AchievementKind]
    subject: Mapped[str] = mapped_column(String(200))
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    begun_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    candidate_count: Mapped[int] = mapped_column(default=0)
    """How many people are looked at."""
    looked_count: Mapped[int] = mapped_column(default=0)
    looked_at: Mapped[datetime | None]
    """When everybody had been looked at."""

    begun_by: Mapped[Person | None] = relationship()


class Award(Model):
    """Somebody has reached an achievement. What it rests on stays; what became of it is added."""

    __tablename__ = "awards"
    __table_args__ = (
        Index(
            "one_live_award",
            "person_id",
            "issuer_id",
            "kind",
            "subject",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index(
            "awards_to_issue",
            "awarded_at",
            postgresql_where=text("issued_number < wanted_number AND withdrawn_at IS NULL"),
        ),
        CheckConstraint("issued_number <= wanted_number", name="not_more_than_wanted"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_for IS NULL)", name="withdrawn_for_a_reason"
        ),
    )

    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    """None once her data is erased."""
    issuer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("credential_issuers.id"), index=True)
    achievement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("achievements.id"), index=True)
    kind: Mapped[AchievementKind]
    subject: Mapped[str] = mapped_column(String(200))
    awarded_at: Mapped[datetime] = mapped_column(default=clock.now)
    awarded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    """None: a rule did."""
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("issuing_runs.id"), index=True)
    basis: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """What it rests on, as ``rules.documents`` reads it: result, evidence by digest, rule."""
    wanted_number: Mapped[int] = mapped_column(default=1)
    """How many times it is to have been signed; one more with every re-issue."""
    issued_number: Mapped[int] = mapped_column(default=0)
    hidden_at: Mapped[datetime | None]
    """Its holder does not show its page."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_for: Mapped[Reason | None]
    withdrawn_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    issuer: Mapped[Issuer] = relationship()
    achievement: Mapped[Achievement] = relationship()
    credentials: Mapped[list["Credential"]] = relationship(
        back_populates="award", order_by="Credential.number, Credential.kind"
    )


class StatusList(Model):
    """131,072 places that say which credentials are revoked (Bitstring Status List)."""

    __tablename__ = "credential_status_lists"
    __table_args__ = (UniqueConstraint("issuer_id", "number"),)

    issuer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("credential_issuers.id"))
    number: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    document: Mapped[str] = mapped_column(default="")
    """The signed list as it was last given out."""
    signed_at: Mapped[datetime | None]
    """None: something was revoked since."""

    issuer: Mapped[Issuer] = relationship()


class Credential(Model):
    """A signed credential. Never changed; all that may come is that it is revoked.

    Its person is her award's. Erasing her takes the signed text away and leaves the place in the
    status list.
    """

    __tablename__ = "credentials"
    __table_args__ = (
        UniqueConstraint("award_id", "kind", "number"),
        UniqueConstraint("status_list_id", "status_index"),
        CheckConstraint("status_index BETWEEN 0 AND 131071", name="has_a_place_in_the_list"),
        CheckConstraint(
            "(revoked_at IS NULL) = (revoked_for IS NULL)", name="revoked_for_a_reason"
        ),
        Index(
            "revoked_of_a_list",
            "status_list_id",
            "status_index",
            postgresql_where=text("revoked_at IS NOT NULL"),
        ),
    )

    award_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("awards.id"))
    kind: Mapped[CredentialKind]
    number: Mapped[int]
    issuer_key_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("credential_issuer_keys.id"), index=True
    )
    status_list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("credential_status_lists.id"))
    status_index: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)
    valid_until: Mapped[datetime | None]
    with_name: Mapped[bool] = mapped_column(default=False)
    """Whether her name stands in it."""
    document: Mapped[str] = mapped_column(deferred=True)
    """The signed JSON, as it was signed; empty once her data is erased."""
    jwt: Mapped[str] = mapped_column(deferred=True)
    """The same as VC-JWT."""
    revoked_at: Mapped[datetime | None]
    revoked_for: Mapped[Reason | None]
    revoked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    revocation_note: Mapped[str] = mapped_column(String(500), default="")

    award: Mapped[Award] = relationship(back_populates="credentials")
    issuer_key: Mapped[IssuerKey] = relationship()
    status_list: Mapped[StatusList] = relationship()


class CredentialChoice(Model):
    """What somebody wants to stand in her credentials. Without a row: no name."""

    __tablename__ = "credential_choices"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), unique=True)
    shows_name: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
