"""What this room does when something happens below it."""

from app.accounts.events import CompanyApproved
from app.kernel.events import subscribe
from app.needs import operations


@subscribe(CompanyApproved)
def approved(event: CompanyApproved) -> None:
    operations.adopt_interviews(event.organisation_id)
