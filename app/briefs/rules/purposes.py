"""The use of people's data that counting and finding students by skills rests on."""

from app.kernel.i18n import lazy_gettext as _l
from app.privacy.rules import Purpose, register

TALENT_SEARCH = register(
    Purpose(
        "talent-search",
        _l("Being found by companies"),
        _l("Your consent, to all companies that the programme office has approved."),
    )
)
