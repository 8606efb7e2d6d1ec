"""The tables of people and organisations."""

from app.accounts.models.companies import (
    CompanyContact,
    CompanyDocument,
    CompanyStep,
    JoinRequest,
)
from app.accounts.models.people import (
    Invitation,
    Membership,
    OAuthCode,
    OAuthToken,
    Organisation,
    OrganisationDomain,
    Person,
    RosterClaim,
    RosterEntry,
    SignIn,
    SigningKey,
    ThrottledTry,
)

__all__ = [
    "CompanyContact",
    "CompanyDocument",
    "CompanyStep",
    "Invitation",
    "JoinRequest",
    "Membership",
    "OAuthCode",
    "OAuthToken",
    "Organisation",
    "OrganisationDomain",
    "Person",
    "RosterClaim",
    "RosterEntry",
    "SignIn",
    "SigningKey",
    "ThrottledTry",
]
