"""People, organisations and who belongs where."""

import uuid
from datetime import datetime
from typing import Any

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import CITEXT, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.rules import OrganisationKind, Proof, Role, Standing
from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText


class Person(UserMixin, Model):
    """Somebody. Handles never change: they name her on the Hub."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("handle ~ '^[a-z][a-z0-9-]{1,28}[a-z0-9]$'", name="handle_is_a_label"),
    )

    email: Mapped[str] = mapped_column(CITEXT, unique=True)
    handle: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(20), default="zh-Hant-TW")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    email_verified_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Made by the demo, with a public password: refused wherever the demo is off."""
    unread_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How many pieces of news she has not read; kept by the room of notifications."""
    suspended_at: Mapped[datetime | None]
    suspended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    suspension_reason: Mapped[str | None] = mapped_column(String(500))
    erased_at: Mapped[datetime | None]
    """Her data is gone; the row stays as a number without a name. Nobody brings her back."""

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="person", foreign_keys="Membership.person_id"
    )

    @property
    def is_active(self) -> bool:
        return self.suspended_at is None

    @property
    def live_memberships(self) -> list["Membership"]:
        return [m for m in self.memberships if m.ended_at is None]

    def has_role(self, *roles: Role) -> bool:
        """Whether she holds one of ROLES in any organisation now."""
        return any(m.role in roles for m in self.live_memberships)

    def roles_in(self, organisation_id: uuid.UUID) -> set[Role]:
        return {m.role for m in self.live_memberships if m.organisation_id == organisation_id}

    def organisations_as(self, *roles: Role) -> set[uuid.UUID]:
        """The organisations in which she holds one of ROLES now."""
        return {m.organisation_id for m in self.live_memberships if m.role in roles}


class Organisation(Model):
    """A school, company, trade association or agency."""

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint(
            "(standing = 'approved') = (verified_at IS NOT NULL)", name="verified_when_approved"
        ),
        # Several may apply with one number, so that nobody keeps the true holder out.
        Index(
            "one_holder_of_a_tax_id",
            "tax_id",
            unique=True,
            postgresql_where=text("standing IN ('approved', 'suspended')"),
        ),
        Index("by_standing", "standing", "kind"),
    )

    kind: Mapped[OrganisationKind]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[LocalizedText] = mapped_column(Localized)
    tax_id: Mapped[str | None] = mapped_column(String(8))
    county: Mapped[str | None] = mapped_column(String(40))
    industry: Mapped[str | None] = mapped_column(String(40))
    """One of ``kernel.industries``."""
    website: Mapped[str | None] = mapped_column(String(300))
    about: Mapped[LocalizedText | None] = mapped_column(Localized)
    """Plain text of its public page."""
    logo_blob: Mapped[str | None] = mapped_column(String(64))
    """The address of a stored picture (PNG, at most 512 by 512)."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    standing: Mapped[Standing] = mapped_column(default=Standing.WAITING)
    """Kept by ``operations.companies``; how it came about is in ``CompanyStep``."""
    verified_at: Mapped[datetime | None]
    """Since when it is approved; None while it is not, and while it is suspended."""

    domains: Mapped[list["OrganisationDomain"]] = relationship(back_populates="organisation")


class OrganisationDomain(Model):
    """A mail domain whose holders belong to an organisation, with the role it proves."""

    __tablename__ = "organisation_domains"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    domain: Mapped[str] = mapped_column(CITEXT, unique=True)
    role: Mapped[Role]

    organisation: Mapped[Organisation] = relationship(back_populates="domains")


class Membership(Model):
    """Somebody's role in an organisation, from when to when, and how it was proven."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "one_live_membership",
            "person_id",
            "organisation_id",
            "role",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "one_holder_of_a_student_number",
            "organisation_id",
            "student_number",
            unique=True,
            postgresql_where=text("ended_at IS NULL AND student_number IS NOT NULL"),
        ),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[Role]
    proven_by: Mapped[Proof]
    student_number: Mapped[str | None] = mapped_column(String(30))
    department: Mapped[str | None] = mapped_column(String(120))
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    person: Mapped[Person] = relationship(back_populates="memberships", foreign_keys=[person_id])
    organisation: Mapped[Organisation] = relationship()


class Invitation(Model):
    """A letter that lets its holder join an organisation in a role, once."""

    __tablename__ = "invitations"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[Role]
    email: Mapped[str] = mapped_column(CITEXT)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()


class RosterEntry(Model):
    """A line of a school's roster: who may claim a student number."""

    __tablename__ = "roster_entries"
    __table_args__ = (UniqueConstraint("organisation_id", "student_number"),)

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    student_number: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(CITEXT)
    department: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    claimed_at: Mapped[datetime | None]
    claimed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    organisation: Mapped[Organisation] = relationship()


class RosterClaim(Model):
    """Somebody says that a roster line is hers; the code was mailed to the line's address."""

    __tablename__ = "roster_claims"
    __table_args__ = (UniqueConstraint("person_id", "roster_entry_id"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    roster_entry_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("roster_entries.id", ondelete="CASCADE"), index=True
    )
    code_hash: Mapped[str] = mapped_column(String(64))
    try_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]

    entry: Mapped[RosterEntry] = relationship()


class SignIn(Model):
    """One signed-in browser. A session holds its token; ending the row ends the session."""

    __tablename__ = "sign_ins"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    """Moves on with every visit, up to the length that she chose."""
    is_remembered: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str] = mapped_column(String(45), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class ThrottledTry(Model):
    """One try of something that is limited (a password, a reset mail), for counting."""

    __tablename__ = "throttled_tries"
    __table_args__ = (Index(None, "bucket", "at"),)

    bucket: Mapped[str] = mapped_column(String(120))
    """What is counted and for whom, for example ``sign-in:address:127.0.0.1``."""
    at: Mapped[datetime] = mapped_column(default=clock.now)


class SigningKey(Model):
    """A key of the OpenID Connect provider. The private half is sealed with the secret key."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(String(60), unique=True)
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sealed_private: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]
    """Signs no more, but is still published, so that tokens made with it can be checked."""


class OAuthCode(Model):
    """An authorization code (RFC 6749 section 4.1) with its PKCE challenge (RFC 7636)."""

    __tablename__ = "oauth_codes"

    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    client_id: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    sign_in_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("sign_ins.id", ondelete="SET NULL")
    )
    redirect_uri: Mapped[str]
    scope: Mapped[str]
    nonce: Mapped[str | None]
    code_challenge: Mapped[str | None]
    code_challenge_method: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    used_at: Mapped[datetime | None]
    replayed_at: Mapped[datetime | None]
    """A second use revokes what the first one got (RFC 6749 section 4.1.2)."""


class OAuthToken(Model):
    """An access token of the OpenID Connect provider, kept as a hash."""

    __tablename__ = "oauth_tokens"

    code_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("oauth_codes.id", ondelete="SET NULL"), index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    client_id: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    scope: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
