"""What a student agrees to when she answers a company with yes."""

from app.kernel.i18n import lazy_gettext as _l
from app.privacy.rules import Purpose, register

TALENT_CONTACT = register(
    Purpose(
        "talent-contact",
        _l("Telling a company who you are"),
        _l("Your consent, to one company that asked you."),
        per_organisation=True,
    )
)
