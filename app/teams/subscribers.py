"""News from below: who does not agree any more is not found any more."""

from app.accounts.events import PersonSuspended
from app.kernel.events import subscribe
from app.privacy.events import ConsentWithdrawn
from app.teams.operations.seeking import end_search
from app.teams.rules import TEAM_SEARCH


@subscribe(ConsentWithdrawn)
def nobody_finds_her(event: ConsentWithdrawn) -> None:
    if event.purpose == TEAM_SEARCH.name:
        end_search(event.person_id)


@subscribe(PersonSuspended)
def who_is_suspended_looks_for_nothing(event: PersonSuspended) -> None:
    end_search(event.person_id)
