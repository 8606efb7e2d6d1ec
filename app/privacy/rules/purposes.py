"""What people's data is used for, and what a person can say about each use."""

import enum
from dataclasses import dataclass

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l


class Act(enum.Enum):
    """A line of the ledger."""

    INFORMED = "informed"
    """The notice was shown where data was collected; the use rests on something else."""
    CONSENTED = "consented"
    WITHDREW = "withdrew"
    ENDED = "ended"
    """The longest that a consent lasts was over."""


@dataclass(frozen=True)
class Purpose:
    """One use of people's data. ``name`` is kept in the database and names the notice.

    ``by_consent``: nothing happens before she consents, and withdrawing ends it at the next
    request. Otherwise the use rests on what ``basis`` says, and the notice only informs.
    ``per_organisation``: she consents to one organisation at a time.
    """

    name: str
    title: LazyText
    basis: LazyText
    by_consent: bool = True
    per_organisation: bool = False


PURPOSES: dict[str, Purpose] = {}


def register(purpose: Purpose) -> Purpose:
    """Let people decide about PURPOSE. Rooms do this when they are imported."""
    known = PURPOSES.setdefault(purpose.name, purpose)
    if known is not purpose and known != purpose:
        raise ValueError(f"The purpose {purpose.name} is registered twice")
    return known


ACCOUNT = register(
    Purpose(
        "account",
        _l("Your account"),
        _l("The agreement with you: without these data there is no account."),
        by_consent=False,
    )
)
COMPANY = register(
    Purpose(
        "company",
        _l("Acting for a company"),
        _l("The agreement with the organisation that you act for, and your own request."),
        by_consent=False,
        per_organisation=True,
    )
)
ENROLMENT = register(
    Purpose(
        "enrolment",
        _l("Taking a course"),
        _l("The school’s task of teaching and examining, and the agreement with you."),
        by_consent=False,
        per_organisation=True,
    )
)
PORTFOLIO_TO_COMPANY = register(
    Purpose(
        "portfolio-to-company",
        _l("Showing your portfolio to a company"),
        _l("Your consent, to one company at a time."),
        per_organisation=True,
    )
)
