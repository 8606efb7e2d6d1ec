"""What this room does when something happens below it."""

from app.accounts.events import AccountSeen, CompanyApplied, SignedUp
from app.accounts.models import Person
from app.kernel.database import db
from app.kernel.events import subscribe
from app.privacy import operations
from app.privacy.rules import ACCOUNT, COMPANY
from app.privacy.rules.looks import ACCOUNT_PAGE


@subscribe(SignedUp)
def shown_at_sign_up(event: SignedUp) -> None:
    """The page of registering shows the notice of the account."""
    operations.inform(event.person_id, ACCOUNT.name)


@subscribe(CompanyApplied)
def shown_at_application(event: CompanyApplied) -> None:
    """The form for signing an organisation up shows the notice of acting for one."""
    operations.inform(event.person_id, COMPANY.name, event.organisation_id)


@subscribe(AccountSeen)
def looked_at_an_account(event: AccountSeen) -> None:
    """She sees who opened her page."""
    viewer = db.session.get_one(Person, event.viewer_id)
    operations.looked(event.person_id, viewer, ACCOUNT_PAGE.name)
