"""News from below: who takes back her consent is forgotten by what companies saved."""

from app.accounts.events import PersonSuspended
from app.briefs.rules.purposes import TALENT_SEARCH
from app.kernel.events import subscribe
from app.privacy.events import ConsentWithdrawn
from app.talent.operations.profile import forget


@subscribe(ConsentWithdrawn)
def withdrew(event: ConsentWithdrawn) -> None:
    if event.purpose == TALENT_SEARCH.name:
        forget(event.person_id)


@subscribe(PersonSuspended)
def suspended(event: PersonSuspended) -> None:
    forget(event.person_id)
