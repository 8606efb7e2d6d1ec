"""A server begins, comes up or does not."""

from pathlib import Path

from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.transaction import operation
from app.learning.models import Section
from app.notifications.operations import tell
from app.notifications.rules import Delivery, Kind, Note, register
from app.operations import queries
from app.operations.models import LabRun
from app.operations.operations.quotas import hold_to_quotas
from app.operations.queries import quotas
from app.operations.rules import (
    CAUSE_NAMES,
    Cause,
    Ending,
    RunState,
    advice_on,
    classify,
    new_reference,
)
from app.operations.rules.quotas import Limits, nearest
from app.workspaces import hub
from app.workspaces.gates import Explanation, NotNow

__all__ = ["LabsClosed", "admit", "admit_at_the_hub", "explain", "fail_start", "note_state"]

TAIL_BYTES = 6000
FOR_OPERATORS = (Cause.SANDBOX, Cause.IMAGE, Cause.DISK, Cause.MEMORY)
"""What does not go away by itself."""

FAILING = register(Kind("operations.labs_fail", _l("Labs fail to start"), Delivery.NOW))


class LabsClosed(NotNow):
    """Maintenance: the message says why and until when."""


@operation
def admit(person: Person, section: Section | None, lab_slug: str | None) -> LabRun:
    """Note that PERSON's server starts, or that she opens another lab in the one that runs.

    Raises LabsClosed while labs are closed; who has a server goes on working in it until it is put
    away. Raises QuotaReached and HoursUsed when her course has no place for another server.
    """
    running = queries.live_run_of(person.id)
    drain = queries.current_drain()
    now = clock.now()
    if drain is not None and now >= drain.from_at:
        works = running is not None and running.ready_at is not None
        if not works or now >= drain.put_away_at:
            raise LabsClosed(queries.drain_words(drain, now))
    if section is not None and (running is None or running.section_id != section.id):
        hold_to_quotas(person, section)
    if running is None:
        return _begin(person, section, lab_slug)
    if section is not None:
        running.section_id, running.lab_slug = section.id, lab_slug
    return running


@operation
def admit_at_the_hub(person: Person) -> Limits:
    """What PERSON's server may use that starts now, wherever its start was asked for.

    One that the site has admitted is let through. Else she goes on where she worked last. Raises
    as ``admit``.
    """
    running = queries.live_run_of(person.id)
    if running is not None and running.ready_at is not None:
        # The Hub starts one, so the one that was ready is over; the next look would have said so.
        running.ended_at, running.ending = clock.now(), Ending.GONE
        db.session.flush()
        running = None
    if running is None:
        section, lab_slug = quotas.section_of_last_run(person)
        running = admit(person, section, lab_slug)
    if running.section_id is None:
        return Limits()
    section = db.session.get_one(Section, running.section_id)
    return nearest(map(quotas.limits_of, quotas.quotas_over(section)))


def _begin(person: Person, section: Section | None, lab_slug: str | None) -> LabRun:
    """A new row, or the one that another click has made in the same moment."""
    values = {
        "id": new_id(),
        "person_id": person.id,
        "section_id": section.id if section else None,
        "lab_slug": lab_slug,
        "asked_at": clock.now(),
        "profile": "standard",
        "state": RunState.STARTING,
        "detail": "",
        "stop_note": "",
    }
    db.session.execute(
        insert(LabRun)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["person_id"], index_where=LabRun.ended_at.is_(None))
    )
    found = queries.live_run_of(person.id)
    assert found is not None
    return found


@operation
def note_state(person: Person, state: str, *, instance: Path) -> Explanation | None:
    """Note what PERSON's opening page has seen of her server; why its start failed, if it did.

    STATE as the Hub's client says it, or ``unavailable``.
    """
    run = queries.live_run_of(person.id)
    if run is None:
        return explain(queries.last_failure_of(person.id)) if state == "stopped" else None
    if run.ready_at is None and state == "ready":
        run.ready_at = clock.now()
        run.state = RunState.READY
    elif run.ready_at is None and state == "stopped":
        return explain(fail_start(run, person.handle, instance=instance))
    return None


@operation
def fail_start(run: LabRun, handle: str, *, instance: Path) -> LabRun:
    """End RUN as one that never came up, with whatever tells why."""
    try:
        said = hub.client().failure(handle)
    except hub.HubUnavailable:
        said = ""
    tail = log_tail(instance, handle)
    run.ended_at = clock.now()
    run.ending = Ending.FAILED
    run.cause = classify(said, tail)
    run.reference = new_reference()
    run.detail = "\n".join(part for part in (said, tail) if part)
    if run.cause in FOR_OPERATORS:
        _tell_operators(run)
    return run


def _tell_operators(run: LabRun) -> None:
    """At most once an hour for each cause: one full disk fails a whole class."""
    assert run.cause is not None and run.ended_at is not None
    cause = CAUSE_NAMES[run.cause]
    for operator in queries.operators():
        tell(
            operator,
            FAILING,
            lambda: Note(
                _("Labs fail to start: %(cause)s", cause=cause),
                _(
                    "The first was number %(number)s; the page has the end of its log. You hear "
                    "of this at most once an hour.",
                    number=run.reference,
                ),
            ),
            "/operations/failures",
            key=f"labs-fail:{run.cause.value}:{run.ended_at:%Y-%m-%dT%H}",
        )


def explain(run: LabRun | None) -> Explanation | None:
    """A failed start in words for the person."""
    if run is None or run.cause is None or run.reference is None:
        return None
    happened, advice = advice_on(run.cause)
    return Explanation(happened, advice, run.reference)


def log_tail(instance: Path, handle: str) -> str:
    """The end of the log of her server's last run on this machine; nothing when there is none."""
    try:
        with (instance / "logs" / "labs" / f"{handle}.log").open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - TAIL_BYTES))
            return file.read().decode(errors="replace").replace("\0", "").strip()
    except OSError:
        return ""
