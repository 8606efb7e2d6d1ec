"""Writes: one verb per use case, refusals beside the functions that raise them."""

from app.accounts.operations.invitations import (
    InvitationOver,
    RoleNotYours,
    accept_invitation,
    invite,
    is_open,
    withdraw_invitation,
)
from app.accounts.operations.keys import rotate_keys, signing_key
from app.accounts.operations.links import LinkExpired, LinkInvalid
from app.accounts.operations.memberships import (
    NumberTaken,
    add_membership,
    end_membership,
    recognise,
)
from app.accounts.operations.organisations import (
    OrganisationInvalid,
    add_domain,
    create_organisation,
)
from app.accounts.operations.passwords import (
    WrongPassword,
    ask_for_reset,
    change_password,
    reset_link,
    reset_password,
    reset_subject,
)
from app.accounts.operations.profiles import change_profile
from app.accounts.operations.registration import (
    check_verification_password,
    create_person,
    register,
    send_verification,
    verification_subject,
    verify_email,
)
from app.accounts.operations.rosters import (
    ClaimRefused,
    RosterChange,
    ask_to_claim,
    claim_with_code,
    load_roster,
    preview_roster,
)
from app.accounts.operations.sign_ins import (
    AccountSuspended,
    DemoAccountClosed,
    WrongCredentials,
    end_sign_in,
    end_sign_ins,
    note_visit,
    open_demo_sign_in,
    open_sign_in,
    sign_in,
    visit_is_news,
)
from app.accounts.operations.suspensions import (
    NotYoursToSuspend,
    restore_person,
    suspend_person,
)
from app.accounts.operations.throttling import TooManyTries

__all__ = [
    "AccountSuspended",
    "ClaimRefused",
    "DemoAccountClosed",
    "InvitationOver",
    "LinkExpired",
    "LinkInvalid",
    "NotYoursToSuspend",
    "NumberTaken",
    "OrganisationInvalid",
    "RoleNotYours",
    "RosterChange",
    "TooManyTries",
    "WrongCredentials",
    "WrongPassword",
    "accept_invitation",
    "add_domain",
    "add_membership",
    "ask_for_reset",
    "ask_to_claim",
    "change_password",
    "change_profile",
    "check_verification_password",
    "claim_with_code",
    "create_organisation",
    "create_person",
    "end_membership",
    "end_sign_in",
    "end_sign_ins",
    "invite",
    "is_open",
    "load_roster",
    "note_visit",
    "open_demo_sign_in",
    "open_sign_in",
    "preview_roster",
    "recognise",
    "register",
    "reset_link",
    "reset_password",
    "reset_subject",
    "restore_person",
    "rotate_keys",
    "send_verification",
    "sign_in",
    "signing_key",
    "suspend_person",
    "verification_subject",
    "verify_email",
    "visit_is_news",
    "withdraw_invitation",
]
