"""One server per person: when the next lab needs another one, she decides, and nothing is lost."""

import time
import uuid
from datetime import timedelta

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.learning.models import Section
from app.operations import queries
from app.operations.models import LabRun
from app.operations.operations.runs import admit
from app.operations.operations.stopping import GRACE_SECONDS, call_off_stop, carry_out_stop
from app.operations.queries import profiles
from app.operations.rules import Ending
from app.workspaces import hub
from app.workspaces.gates import NotNow

__all__ = ["AnotherServer", "call_off_restart", "open_lab", "order_restart", "restart"]

PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.5


class AnotherServer(NotNow):
    """Her server runs and is not what the lab needs; ``path`` leads to where she chooses."""

    def __init__(self, section: Section, lab_slug: str) -> None:
        super().__init__(
            _l("This lab needs another server than the one that runs."),
            path=f"/learn/{section.code}/labs/{lab_slug}/server",
        )


@operation
def open_lab(
    person: Person,
    section: Section | None,
    lab_slug: str,
    *,
    environment: str = "",
    as_is: bool = False,
) -> LabRun:
    """As ``admit``, for a lab of ENVIRONMENT. AS_IS, or without SECTION: in the server that runs,
    whatever it is.

    Raises AnotherServer beside what ``admit`` raises.
    """
    running = queries.live_run_of(person.id)
    wanted = profiles.profile_for(environment)
    works_in = running.profile if running is not None and running.ready_at is not None else None
    if section and works_in and wanted and not as_is and not profiles.fits(works_in, wanted):
        raise AnotherServer(section, lab_slug)
    run = admit(person, section, lab_slug)
    if running is None and wanted is not None:
        run.profile = wanted.name
    return run


@operation
def order_restart(
    person: Person, section: Section, lab_slug: str, *, environment: str, locale: str
) -> LabRun | None:
    """Let her server end in GRACE_SECONDS and start anew as the lab needs it.

    Her open labs save their files first, as when an operator stops one. A second order changes
    nothing. None when no server of hers runs.
    """
    run = queries.live_run_of(person.id)
    if run is None or run.stop_at is not None:
        return run
    run.stop_at = clock.now() + timedelta(seconds=GRACE_SECONDS)
    run.stop_by_id = person.id
    audit.record(person.id, "ordered_restart", "lab_run", run.id, lab=lab_slug)
    defer(
        "operations.tasks.restart",
        priority=20,
        at=run.stop_at,
        run_id=str(run.id),
        section_id=str(section.id),
        lab_slug=lab_slug,
        environment=environment,
        locale=locale,
    )
    return run


@operation
def call_off_restart(person: Person) -> None:
    """Let her server go on after all; what an operator ordered stays."""
    run = queries.live_run_of(person.id)
    if run is not None and run.stop_by_id == person.id:
        call_off_stop(person, run)


def restart(
    run_id: uuid.UUID, section_id: uuid.UUID, lab_slug: str, *, environment: str, locale: str
) -> None:
    """End the server and start the next one, unless that was called off. Waits for its end.

    Safe to run twice. Raises HubUnavailable, and NotNow when labs closed meanwhile.
    """
    run = db.session.get(LabRun, run_id)
    if run is None or run.stop_at is None or run.stop_at > clock.now():
        return
    live = queries.live_run_of(run.person_id)
    if live is not None and live.id != run_id:
        return  # it has been started already
    handle = run.person.handle
    carry_out_stop(run_id)
    db.session.rollback()  # no transaction is needed while it ends
    deadline = time.monotonic() + PATIENCE_SECONDS
    while hub.client().status(handle).state != "stopped":
        if time.monotonic() > deadline:
            raise hub.HubUnavailable
        time.sleep(LOOK_SECONDS)
    _begin_anew(run_id, section_id, lab_slug, environment)
    hub.client().start(handle, locale=locale, environment=environment)


@operation
def _begin_anew(
    run_id: uuid.UUID, section_id: uuid.UUID, lab_slug: str, environment: str
) -> LabRun:
    run = db.session.get_one(LabRun, run_id)
    if run.ended_at is None:
        run.ended_at, run.ending = clock.now(), Ending.STOPPED
        db.session.flush()
    section = db.session.get_one(Section, section_id)
    return open_lab(run.person, section, lab_slug, environment=environment)
