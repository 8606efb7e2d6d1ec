"""News that this room publishes, in the transaction in which it happens."""

import uuid
from dataclasses import dataclass


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
class MembershipStarted:
    """She now belongs to an organisation in a role."""

    person_id: uuid.UUID
    membership_id: uuid.UUID


@dataclass(frozen=True)
class MembershipEnded:
    person_id: uuid.UUID
    membership_id: uuid.UUID
