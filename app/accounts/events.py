"""News that this room publishes, in the transaction in which it happens."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class PersonRegistered:
    person_id: uuid.UUID


@dataclass(frozen=True)
class SignedUp:
    """She made her account herself, on the page with the notice about her data."""

    person_id: uuid.UUID


@dataclass(frozen=True)
class ProfileChanged:
    """She is called otherwise, or reads another language."""

    person_id: uuid.UUID


@dataclass(frozen=True)
class AccountSeen:
    """Somebody who looks after people opened her page."""

    person_id: uuid.UUID
    viewer_id: uuid.UUID


@dataclass(frozen=True)
class PersonSuspended:
    """Her sessions and tokens have ended; whatever runs for her should end as well."""

    person_id: uuid.UUID


@dataclass(frozen=True)
class PersonRestored:
    person_id: uuid.UUID


@dataclass(frozen=True)
class SignedOut:
    """One browser of hers was signed out, by herself or by a change of password."""

    person_id: uuid.UUID
    sign_in_id: uuid.UUID


@dataclass(frozen=True)
class OrganisationMade:
    organisation_id: uuid.UUID


@dataclass(frozen=True)
class MembershipStarted:
    """She now belongs to an organisation in a role."""

    person_id: uuid.UUID
    membership_id: uuid.UUID


@dataclass(frozen=True)
class MembershipEnded:
    person_id: uuid.UUID
    membership_id: uuid.UUID


@dataclass(frozen=True)
class CompanyApplied:
    """It waits for an officer: for the first time, or again."""

    organisation_id: uuid.UUID
    person_id: uuid.UUID
    """Who applied, on a page with the notice about her data."""


@dataclass(frozen=True)
class CompanyApproved:
    """From now on its people may see what students agreed to show; also when reinstated."""

    organisation_id: uuid.UUID


@dataclass(frozen=True)
class CompanySuspended:
    """Its briefs are shown no more and its people see nobody's data."""

    organisation_id: uuid.UUID


@dataclass(frozen=True)
class CompanyAnswered:
    """Its application came back or was refused."""

    organisation_id: uuid.UUID


@dataclass(frozen=True)
class JoinRequested:
    """Somebody asks an organisation's owners to act for it."""

    request_id: uuid.UUID


@dataclass(frozen=True)
class JoinAnswered:
    request_id: uuid.UUID
