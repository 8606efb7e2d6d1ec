"""Maintenance of the labs: is there any, and what it is called."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.operations.models import LabDrain
from app.operations.queries.servers import live_run_of

MOST_DRAINS = 10
SAVE_BEFORE = timedelta(minutes=1)


def current_drain() -> LabDrain | None:
    """Maintenance that is announced or under way."""
    return db.session.scalar(select(LabDrain).where(LabDrain.opened_at.is_(None)))


def announced_drain() -> LabDrain | None:
    """As ``current_drain``, to be kept for a moment: it belongs to no session."""
    found = current_drain()
    if found is not None:
        db.session.expunge(found)
    return found


def notices_for(person: Person) -> list[dict[str, str | bool]]:
    """What concerns her lab that is open, in the reader's language; the most urgent first."""
    found: list[dict[str, str | bool]] = []
    run = live_run_of(person.id)
    if run is not None and run.stop_at is not None:
        if run.stop_by_id == person.id:
            said = _("Your server starts anew for another lab in a moment. Files are being saved.")
        else:
            said = _(
                "Your lab is stopped by the operators in a moment. Your files are being saved."
            )
        found.append(
            {"id": f"stop:{run.id}", "text": f"{said} {run.stop_note}".strip(), "save": True}
        )
    drain = current_drain()
    if drain is not None:
        near = clock.now() >= drain.put_away_at - SAVE_BEFORE
        found.append({"id": f"drain:{drain.id}", "text": _drain_in_short(drain), "save": near})
    return found


def _drain_in_short(drain: LabDrain) -> str:
    """For a notice inside JupyterLab, which cuts what is longer than 140 characters."""
    if clock.now() < drain.put_away_at:
        said = _(
            "Maintenance: your lab is put away at %(put_away)s.",
            put_away=taipei_time(drain.put_away_at),
        )
    else:
        said = _("Labs are closed until %(until)s.", until=taipei_time(drain.until_at))
    return f"{said} {drain.message}".strip()


def last_drains() -> Sequence[LabDrain]:
    """What is over, the newest first."""
    return db.session.scalars(
        select(LabDrain)
        .where(LabDrain.opened_at.is_not(None))
        .order_by(LabDrain.opened_at.desc())
        .limit(MOST_DRAINS)
    ).all()


def drain_words(drain: LabDrain, now: datetime | None = None) -> str:
    """What people are told of it, in the reader's language."""
    now = now or clock.now()
    until = taipei_time(drain.until_at)
    reason = str(drain.message)
    if now < drain.from_at:
        said = _(
            "Labs close for maintenance from %(start)s until %(until)s.",
            start=taipei_time(drain.from_at),
            until=until,
        )
    elif now < drain.put_away_at:
        said = _(
            "Labs are closed for maintenance until %(until)s: none can be opened now. Labs that "
            "are open are put away at %(put_away)s; your files are kept.",
            until=until,
            put_away=taipei_time(drain.put_away_at),
        )
    elif now < drain.until_at:
        said = _(
            "Labs are closed for maintenance until %(until)s. Your files are kept.", until=until
        )
    else:
        said = _(
            "Labs are still closed for maintenance; it takes longer than announced (%(until)s). "
            "Your files are kept.",
            until=until,
        )
    return f"{said} {reason}".strip()


def taipei_time(instant: datetime) -> str:
    """Day and time in Taipei, as pages write them."""
    return instant.astimezone(clock.TAIPEI).strftime("%Y-%m-%d %H:%M")
