"""What rounds do when something happens below them, and what of them waits for the office."""

from collections.abc import Sequence

from app.applications.events import ApplicationMoved
from app.kernel import clock, queues
from app.kernel.events import subscribe
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.queues import Queue, Waiting
from app.rounds import operations, queries
from app.rounds.rules import STATE_NAMES, State


@subscribe(ApplicationMoved)
def follow_the_application(event: ApplicationMoved) -> None:
    if event.round_key is not None:
        operations.note_move(event)


def rounds_that_wait() -> Sequence[Waiting]:
    """Rounds of the programme that are drawn, and those that should have gone on by now."""
    late = set(operations.rounds_due())
    found = []
    for one in queries.going([s for s in State if s is not State.DRAFT]):
        if one.section_id is not None or (one.state is not State.DRAWN and one.id not in late):
            continue
        found.append(
            Waiting(
                key=str(one.id),
                title=str(one.title),
                since=one.closed_at or one.opens_at,
                endpoint="rounds.desk",
                values={"code": one.code},
                detail=_("To be published")
                if one.state is State.DRAWN
                else str(STATE_NAMES[one.state]),
                due_at=one.publishes_at if one.state is State.DRAWN else clock.now(),
            )
        )
    return found


queues.register(
    Queue(
        name="rounds",
        title=_l("Rounds to publish, or that are stuck"),
        items=rounds_that_wait,
        working_days=1,
        order=30,
    )
)
