"""Forming teams, asking people in, leading, leaving, and holding a team as it is."""

from app.teams.operations.freezing import freeze, unfreeze
from app.teams.operations.inviting import (
    InvitationOver,
    accept,
    answer_request,
    ask_to_join,
    decline,
    invite_by_handle,
    invite_by_mail,
    make_link,
    take_back_request,
    withdraw_invitation,
)
from app.teams.operations.leading import appoint, vote
from app.teams.operations.members import (
    AlreadyIn,
    ConsentMissing,
    Frozen,
    Full,
    NotAStudent,
    join,
    leave,
    put_out,
)
from app.teams.operations.seeking import look_for_a_team, stop_looking
from app.teams.operations.teams import (
    BadSizes,
    TeamWords,
    call_for_members,
    change_team,
    dissolve,
    form_team,
    stop_calling,
)

__all__ = [
    "AlreadyIn",
    "BadSizes",
    "ConsentMissing",
    "Frozen",
    "Full",
    "InvitationOver",
    "NotAStudent",
    "TeamWords",
    "accept",
    "answer_request",
    "appoint",
    "ask_to_join",
    "call_for_members",
    "change_team",
    "decline",
    "dissolve",
    "form_team",
    "freeze",
    "invite_by_handle",
    "invite_by_mail",
    "join",
    "leave",
    "look_for_a_team",
    "make_link",
    "put_out",
    "stop_calling",
    "stop_looking",
    "take_back_request",
    "unfreeze",
    "vote",
    "withdraw_invitation",
]
