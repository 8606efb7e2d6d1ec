"""Who may do what with frameworks. Reading them is for everybody."""

from enum import StrEnum

from app.accounts.policies import is_officer, is_operator


class Permission(StrEnum):
    MANAGE_FRAMEWORKS = "import and retire competency frameworks"


GRANTS = {Permission.MANAGE_FRAMEWORKS: [[is_officer], [is_operator]]}
