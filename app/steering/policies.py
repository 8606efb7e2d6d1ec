"""Who sits at the desk."""

from enum import StrEnum

from app.accounts.policies import is_officer, is_operator


class Permission(StrEnum):
    STEER = "see everything that waits, share it out, write to many"
    READ_AUDIT = "read the log of every decision"


GRANTS = {
    Permission.STEER: [[is_officer], [is_operator]],
    Permission.READ_AUDIT: [[is_officer], [is_operator]],
}
