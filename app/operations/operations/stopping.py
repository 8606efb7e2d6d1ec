"""Stopping one server, with a word to the person first."""

import uuid
from datetime import timedelta

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.notifications.operations import tell
from app.notifications.rules import Delivery, Kind, Note, register
from app.operations.models import LabRun
from app.operations.rules import RunState
from app.workspaces import hub

__all__ = ["GRACE_SECONDS", "call_off_stop", "carry_out_stop", "order_stop"]

GRACE_SECONDS = 30
"""Open labs ask every 15 seconds whether there is such an order, and then save their files."""

STOPPED = register(
    Kind("operations.server_stopped", _l("My lab server is stopped by an operator"), Delivery.NOW)
)


@operation
def order_stop(
    actor: Person | None, run: LabRun, note: str, *, grace_seconds: int = GRACE_SECONDS
) -> None:
    """Let RUN's server be stopped after GRACE_SECONDS; its owner reads why. Files are kept.

    ACTOR None is the command line. A second order changes nothing.
    """
    if run.stop_at is not None or run.ended_at is not None:
        return
    run.stop_at = clock.now() + timedelta(seconds=grace_seconds)
    run.stop_by_id = actor.id if actor else None
    run.stop_note = note.strip()[:500]
    audit.record(
        run.stop_by_id, "ordered_stop", "lab_run", run.id,
        person=run.person.handle, note=run.stop_note,
    )  # fmt: skip
    defer("operations.tasks.carry_out_stop", priority=20, at=run.stop_at, run_id=str(run.id))
    tell(
        run.person,
        STOPPED,
        lambda: Note(
            _("Your lab is stopped by the operators"),
            "\n\n".join(
                part
                for part in (
                    run.stop_note,
                    _("Your files are kept. Open the lab again when you like."),
                )
                if part
            ),
        ),
        "/learn",
        key=f"stop:{run.id}",
    )


@operation
def call_off_stop(actor: Person | None, run: LabRun) -> None:
    """Let RUN's server go on after all."""
    if run.stop_at is None or run.stop_at <= clock.now():
        return
    run.stop_at, run.stop_by_id, run.stop_note = None, None, ""
    audit.record(actor.id if actor else None, "called_off_stop", "lab_run", run.id)


@operation
def carry_out_stop(run_id: uuid.UUID) -> None:
    """Stop the server that was ordered to, unless that was called off or it has ended."""
    run = db.session.get(LabRun, run_id)
    if run is None or run.ended_at is not None or run.stop_at is None:
        return
    if run.stop_at > clock.now():
        return  # ordered again later; that order has a job of its own
    hub.client().stop(run.person.handle)
    run.state = RunState.STOPPING
