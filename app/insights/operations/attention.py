"""Who may need attention: looked up, and what the staff do about it."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.gradebook import operations as gradebook
from app.gradebook.queries import Book
from app.insights import queries
from app.insights.models import RiskFinding, RiskSettings, RiskStep
from app.insights.rules.risk import Thresholds, is_new, matters_of, reasons
from app.insights.rules.steps import MOST_WORDS, StepKind
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.transaction import operation
from app.learning import operations as learning
from app.learning.models import Section
from app.notifications import operations as notifications
from app.notifications import rules as news
from app.notifications.rules import Delivery, Kind, Note, plain_line

__all__ = [
    "MESSAGES",
    "NotHeard",
    "NothingWritten",
    "give_time",
    "look",
    "look_everywhere",
    "save_thresholds",
    "take_step",
    "write_to",
]  # fmt: skip

MESSAGES = news.register(
    Kind("insights.messages", _l("Messages of my instructors to me"), Delivery.NOW)
)


class NothingWritten(Refused):
    message = _l("Write something first.")


class NotHeard(Refused):
    message = _l(
        "The message was not sent: this person wants no messages of this kind or is suspended."
    )


@operation
def look(book: Book) -> int:
    """Apply the rules to everybody of BOOK's section; returns for how many some hold.

    What was taken care of stays so until there is a new matter.
    """
    gradebook.bring_up_to_date(book)
    thresholds, now = queries.thresholds_of(book.section.id), clock.now()
    found = {
        person_id: mine
        for person_id, facts in queries.facts_of(book, stuck_from=thresholds.stuck).items()
        if (mine := reasons(facts, thresholds, now))
    }
    known = {
        row.person_id: row
        for row in db.session.scalars(
            select(RiskFinding)
            .where(RiskFinding.section_id == book.section.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    gone = known.keys() - found.keys()
    if gone:
        db.session.execute(
            delete(RiskFinding).where(
                RiskFinding.section_id == book.section.id, RiskFinding.person_id.in_(gone)
            )
        )
    new = []
    for person_id, mine in found.items():
        written = [reason.as_json() for reason in mine]
        row = known.get(person_id)
        if row is None:
            new.append(
                {
                    "id": new_id(),
                    "section_id": book.section.id,
                    "person_id": person_id,
                    "reasons": written,
                    "found_at": now,
                    "settled_matters": [],
                }
            )
            continue
        row.reasons = _plain(written)
        if row.settled_at is not None and is_new(mine, row.settled_matters):
            row.settled_at = None
    if new:
        db.session.execute(insert(RiskFinding).values(new).on_conflict_do_nothing())
    db.session.flush()
    return len(found)


def _plain(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """As the database gives it back, so that what is the same is not written again."""
    return [{k: list(v) if isinstance(v, tuple) else v for k, v in row.items()} for row in rows]


def look_everywhere() -> int:
    """Look at every section that is taught now, each in its own transaction; returns how many."""
    codes = queries.sections_to_look_at(clock.now())
    for section_id in codes:
        look(queries.book_to_look_at(section_id))
    return len(codes)


@operation
def save_thresholds(actor: Person, section: Section, wanted: Thresholds) -> None:
    """From when on ACTOR wants to hear of somebody in SECTION."""
    row = db.session.scalar(
        select(RiskSettings).where(RiskSettings.section_id == section.id).with_for_update()
    )
    if row is None:
        row = RiskSettings(section_id=section.id)
        db.session.add(row)
    row.missing, row.falling, row.stuck = wanted.missing, wanted.falling, wanted.stuck
    row.absent_days, row.below_pass = wanted.absent_days, wanted.below_pass
    row.set_by_id, row.set_at = actor.id, clock.now()
    db.session.flush()
    audit.record(actor.id, "insights.thresholds_set", "section", section.id)


@operation
def take_step(
    actor: Person,
    section: Section,
    student: Person,
    kind: StepKind,
    *,
    text: str = "",
    days: int = 0,
    key: uuid.UUID,
) -> None:
    """Note what ACTOR did or thinks: NOTE, SETTLED, SNOOZED (for DAYS) or REOPENED.

    The same KEY is one step, however often it comes. Raises NothingWritten for an empty note.
    """
    text = text.strip()[:MOST_WORDS]
    if kind is StepKind.NOTE and not text:
        raise NothingWritten
    until = clock.now() + timedelta(days=days) if kind is StepKind.SNOOZED else None
    if not _keep(actor, section, student, kind, text=text, until=until, key=key):
        return
    finding = db.session.scalar(
        select(RiskFinding)
        .where(RiskFinding.section_id == section.id, RiskFinding.person_id == student.id)
        .with_for_update()
    )
    if finding is None or kind is StepKind.NOTE:
        return
    finding.settled_at = clock.now() if kind is StepKind.SETTLED else None
    finding.settled_matters = matters_of(queries.reasons_of(finding))
    finding.snoozed_until = until
    db.session.flush()


@operation
def write_to(
    actor: Person, section: Section, student: Person, subject: str, text: str, *, key: uuid.UUID
) -> None:
    """Send STUDENT a message, as she chose to hear of such, and keep that it was sent.

    Raises NothingWritten, or NotHeard when nothing would reach her.
    """
    subject, text = plain_line(subject), text.strip()[:MOST_WORDS]
    if not subject or not text:
        raise NothingWritten
    words = f"{subject}\n\n{text}"
    if not _keep(actor, section, student, StepKind.MESSAGE, text=words, until=None, key=key):
        return
    path = f"/learn/{section.code}"
    if (
        notifications.tell(
            student,
            MESSAGES,
            lambda: Note(subject, f"{text}\n\n{actor.name}"),
            path,
            key=f"insights:{key}",
        )
        is None
    ):
        raise NotHeard


@operation
def give_time(
    actor: Person,
    section: Section,
    student: Person,
    *,
    item_key: str | None,
    days: int,
    reason: str,
    key: uuid.UUID,
) -> None:
    """Give STUDENT DAYS more for one item (None: everything). Raises learning's NothingGranted."""
    if not _keep(
        actor, section, student, StepKind.EXTENSION, text=reason.strip(), until=None, key=key
    ):
        return
    extension = learning.grant_extension(
        actor, section, student, item_key=item_key, extra_days=days, reason=reason
    )
    step = db.session.scalars(select(RiskStep).where(RiskStep.key == key)).one()
    step.extension_id = extension.id
    db.session.flush()


def _keep(
    actor: Person,
    section: Section,
    student: Person,
    kind: StepKind,
    *,
    text: str,
    until: datetime | None,
    key: uuid.UUID,
) -> bool:
    """Write the step down; False when it is there already."""
    made = db.session.scalar(
        insert(RiskStep)
        .values(
            id=new_id(),
            section_id=section.id,
            person_id=student.id,
            kind=kind,
            text=text,
            until=until,
            by_id=actor.id,
            at=clock.now(),
            key=key,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(RiskStep.id)
    )
    return made is not None
