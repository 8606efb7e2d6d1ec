"""What this room does when something happens below it."""

from app.kernel.events import subscribe
from app.portfolio import operations
from app.privacy.events import ConsentWithdrawn
from app.privacy.rules import PORTFOLIO_TO_COMPANY


@subscribe(ConsentWithdrawn)
def withdrawn(event: ConsentWithdrawn) -> None:
    if event.purpose == PORTFOLIO_TO_COMPANY.name and event.organisation_id is not None:
        operations.end_shares_to(event.person_id, event.organisation_id)
