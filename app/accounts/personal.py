"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

import uuid

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from app.accounts.models import Membership, Organisation, Person
from app.accounts.rules import Role
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Fate, Sql, Table, contact, declare, impersonal, refusal

declare(
    "accounts",
    Table(
        name="people",
        title=_l("Your account"),
        fate=Fate.CUT,
        also=("people.id = :person",),
        by=("suspended_by_id",),
        secret=("password_hash",),
        cut={
            "email": Sql("'erased-' || people.id || '@erased.invalid'"),
            "handle": Sql("'gone-' || right(replace(people.id::text, '-', ''), 16)"),
            "name": "—",
            "password_hash": None,
            "suspension_reason": None,
            "email_verified_at": None,
            "unread_count": 0,
            "suspended_at": Sql("coalesce(people.suspended_at, now())"),
            "erased_at": Sql("now()"),
        },
        words=("locale",),
        reason=_l("A number without a name, because rows of others point to it."),
        correct="accounts.profile",
    ),
    Table(
        name="memberships",
        title=_l("Where you belong, and your student number"),
        whose=("person_id",),
        by=("ended_by_id",),
        correct="accounts.profile",
    ),
    Table(
        name="invitations",
        title=_l("Invitations to your address"),
        whose=("accepted_by_id",),
        also=("invitations.email = :email",),
        by=("invited_by_id",),
        secret=("token_hash",),
    ),
    Table(
        name="roster_entries",
        title=_l("Your line in a school’s roster"),
        whose=("claimed_by_id",),
        also=("roster_entries.email = :email",),
    ),
    Table(
        name="roster_claims",
        title=_l("Student numbers that you claimed"),
        whose=("person_id",),
        via=(("roster_entry_id", "roster_entries"),),
        secret=("code_hash",),
    ),
    Table(name="company_steps", by=("by_id",)),
    Table(name="company_documents", by=("uploaded_by_id",)),
    Table(
        name="company_contacts",
        title=_l("Addresses that you gave for a company"),
        whose=("person_id",),
    ),
    Table(
        name="join_requests",
        title=_l("Where you asked to act for a company"),
        whose=("person_id",),
        by=("answered_by_id",),
    ),
    Table(
        name="sign_ins",
        title=_l("Signed-in browsers"),
        whose=("person_id",),
        secret=("token_hash",),
        correct="accounts.browsers",
    ),
    Table(
        name="oauth_codes",
        title=_l("Codes with which your labs were opened"),
        whose=("person_id",),
        secret=("code_hash", "nonce", "code_challenge"),
    ),
    Table(
        name="oauth_tokens",
        title=_l("Tokens with which your labs were opened"),
        whose=("person_id",),
        secret=("token_hash",),
    ),
    Table(
        name="audit_entries",
        title=_l("What you did, and what was done to your account"),
        fate=Fate.KEEP,
        whose=("actor_id",),
        also=("audit_entries.subject_id = :person_text",),
        secret=("details",),
        cut={"details": {}},
        words=("verb", "subject_kind", "subject_id"),
        reason=_l(
            "The trail of what was done, with numbers and without names: proof of due care "
            "(Enforcement Rules of the Personal Data Protection Act, article 12)."
        ),
    ),
)
impersonal("accounts", "organisations", "organisation_domains", "signing_keys", "throttled_tries")
contact("invitations", email="email", only="invitations.accepted_at IS NULL")
contact("roster_entries", email="email", only="roster_entries.claimed_at IS NULL")


def _is_last_operator(person_id: uuid.UUID) -> str | None:
    operators = set(
        db.session.scalars(
            select(Membership.person_id)
            .join(Person, Person.id == Membership.person_id)
            .where(
                Membership.role == Role.OPERATOR,
                Membership.ended_at.is_(None),
                Person.suspended_at.is_(None),
            )
        )
    )
    if operators == {person_id}:
        return _("You are the only operator. Make somebody else an operator first.")
    return None


def _is_last_owner(person_id: uuid.UUID) -> str | None:
    """The name of an organisation that would be left without an owner."""
    others = aliased(Membership)
    alone = db.session.scalar(
        select(Organisation.name)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.person_id == person_id,
            Membership.role == Role.OWNER,
            Membership.ended_at.is_(None),
            ~exists().where(
                others.organisation_id == Organisation.id,
                others.role == Role.OWNER,
                others.ended_at.is_(None),
                others.person_id != person_id,
            ),
        )
        .limit(1)
    )
    if alone is None:
        return None
    return _("You are the only owner of %(name)s. Make somebody else an owner first.", name=alone)


def _why_not(person_id: uuid.UUID) -> str | None:
    return _is_last_operator(person_id) or _is_last_owner(person_id)


refusal("accounts", _why_not)
