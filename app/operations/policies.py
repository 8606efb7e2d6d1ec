"""Who runs the installation."""

from enum import Enum

from app.accounts.policies import is_operator


class Permission(Enum):
    OPERATE = "see and stop people's lab servers, close and open labs, set quotas, see the checks"


GRANTS = {Permission.OPERATE: [[is_operator]]}
