"""Reads: people, organisations, who is signed in."""

from app.accounts.queries.organisations import (
    invitation_by_token,
    invitations_of,
    open_invitations_for,
    organisation_by_slug,
    organisation_open_to,
    organisations,
    organisations_open_to,
    roster_counts,
    roster_of,
    schools_with_roster,
)
from app.accounts.queries.people import (
    PAGE_SIZE,
    Listed,
    live_memberships_of,
    people,
    people_of,
    person_by_email,
    person_by_handle,
    person_visible_to,
    some_operator_exists,
)
from app.accounts.queries.sessions import (
    access_token,
    live_sign_in,
    published_keys,
    sign_ins_of,
)

__all__ = [
    "PAGE_SIZE",
    "Listed",
    "access_token",
    "invitation_by_token",
    "invitations_of",
    "live_memberships_of",
    "live_sign_in",
    "open_invitations_for",
    "organisation_by_slug",
    "organisation_open_to",
    "organisations",
    "organisations_open_to",
    "people",
    "people_of",
    "person_by_email",
    "person_by_handle",
    "person_visible_to",
    "published_keys",
    "roster_counts",
    "roster_of",
    "schools_with_roster",
    "sign_ins_of",
    "some_operator_exists",
]
