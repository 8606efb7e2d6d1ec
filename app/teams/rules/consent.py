"""What students agree to when they act together."""

from app.kernel.i18n import lazy_gettext as _l
from app.privacy.rules import Purpose, register

TEAM = register(
    Purpose(
        "team",
        _l("Showing your verified skills to your teams"),
        _l("Your consent, which you give when you join a team."),
    )
)
TEAM_SEARCH = register(
    Purpose(
        "team-search",
        _l("Being found by teams"),
        _l("Your consent, which you give when you say that you look for a team."),
    )
)
