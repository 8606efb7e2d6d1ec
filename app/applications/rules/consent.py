"""What applicants agree to, and how it is called when a company looks."""

from app.kernel.i18n import lazy_gettext as _l
from app.privacy.rules import Look, Purpose, register, register_look

TO_COMPANY = register(
    Purpose(
        "application-to-company",
        _l("Applying to a company"),
        _l("Your consent, to one company at a time."),
        per_organisation=True,
    )
)
"""A company sees nothing of an applicant without it, from the next request on."""
LOOK = register_look(Look("application", _l("Your application")))
LOOK_LIST = register_look(Look("applicants", _l("The list of applicants with you in it")))
