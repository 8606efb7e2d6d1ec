"""Closing the labs for maintenance, and opening them again."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import text

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.notifications.operations import tell
from app.notifications.rules import Delivery, Kind, Note, register
from app.operations import queries
from app.operations.models import LabDrain
from app.operations.rules import RunState
from app.workspaces import hub

__all__ = [
    "AlreadyOpen",
    "DrainThere",
    "StepsOutOfOrder",
    "announce_drain",
    "open_again",
    "put_away",
]

WARNING = timedelta(minutes=10)
"""How long people who work may go on when nobody says otherwise."""

CLOSED = register(Kind("operations.labs_closed", _l("Labs close for maintenance"), Delivery.NOW))


class DrainThere(Refused):
    message = _l("Maintenance is announced already. Open the labs again first.")


class StepsOutOfOrder(Refused):
    message = _l(
        "These times do not fit: labs first close, then running ones are put away, then labs open "
        "again, and that is in the future."
    )


class AlreadyOpen(Refused):
    message = _l("Labs are open: there is no maintenance to end.")


@operation
def announce_drain(
    actor: Person | None,
    *,
    until: datetime,
    message: LocalizedText,
    start: datetime | None = None,
    put_away: datetime | None = None,
) -> LabDrain:
    """Close the labs from START (default: now) and put running ones away at PUT_AWAY.

    PUT_AWAY is by default ten minutes after START, UNTIL at the latest. Who has a server running
    gets a mail. ACTOR None is the command line. Raises DrainThere, StepsOutOfOrder.
    """
    now = clock.now()
    start = max(start or now, now)
    put_away = put_away or min(start + WARNING, until)
    if not (start <= put_away <= until and until > now):
        raise StepsOutOfOrder
    # Two who announce at once wait for each other; the index keeps it so in any case.
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtext('lab_drains'))"))
    if queries.current_drain() is not None:
        raise DrainThere
    drain = LabDrain(
        from_at=start,
        put_away_at=put_away,
        until_at=until,
        message=message,
        made_by_id=actor.id if actor else None,
    )
    db.session.add(drain)
    db.session.flush()
    audit.record(drain.made_by_id, "announced_drain", "lab_drain", drain.id, until=str(until))
    defer("operations.tasks.put_away", priority=20, at=put_away, drain_id=str(drain.id))
    for run in queries.live_runs():
        tell(
            run.person,
            CLOSED,
            lambda: Note(_("Labs close for maintenance"), queries.drain_words(drain, now)),
            "/learn",
            key=f"drain:{drain.id}",
        )
    return drain


@operation
def open_again(actor: Person | None) -> LabDrain:
    """End the maintenance: servers start again. Raises AlreadyOpen."""
    drain = queries.current_drain()
    if drain is None:
        raise AlreadyOpen
    drain.opened_at = clock.now()
    drain.opened_by_id = actor.id if actor else None
    audit.record(drain.opened_by_id, "opened_labs", "lab_drain", drain.id)
    return drain


@operation
def put_away(drain_id: uuid.UUID) -> int:
    """Stop every server that runs, unless the labs are open again; how many. Files are kept.

    Raises HubUnavailable; the job then tries again.
    """
    drain = db.session.get(LabDrain, drain_id)
    if drain is None or drain.opened_at is not None or drain.put_away_at > clock.now():
        return 0
    servers = hub.client().running()
    known = {run.person.handle: run for run in queries.live_runs()}
    for server in servers:
        hub.client().stop(server.handle)
        if server.handle in known:
            known[server.handle].state = RunState.STOPPING
    drain.put_away_done_at = clock.now()
    return len(servers)
