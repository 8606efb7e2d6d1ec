"""Applications as the company meets them.

Each answer begins with two questions, asked anew at every request: is the reader of an approved
company, and who consents to that company now. Who does not is not there, not even in a count.
"""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Membership, Person
from app.applications import policies
from app.applications.models import (
    Application,
    ApplicationDesk,
    ApplicationNote,
    ApplicationPerson,
)
from app.applications.queries.eligible import eligibilities
from app.applications.queries.seen import Board, Seen
from app.applications.rules import (
    COMPANY_SEES,
    TO_COMPANY,
    State,
)
from app.briefs import queries as briefs
from app.briefs.models import Brief
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.privacy import queries as privacy

__all__ = [
    "applicants_of", "application_on_desk", "board_of", "brief_on_desk", "is_read_blind",
    "note_on_desk", "people_on_desk",
]  # fmt: skip

PARTS = (
    joinedload(Application.brief).joinedload(Brief.organisation),
    joinedload(Application.team),
    joinedload(Application.version),
    selectinload(Application.people)
    .joinedload(ApplicationPerson.person)
    .selectinload(Person.memberships)
    .joinedload(Membership.organisation),
    selectinload(Application.tags),
)
MORE = (
    selectinload(Application.files),
    selectinload(Application.steps),
    selectinload(Application.notes).joinedload(ApplicationNote.by),
)


def brief_on_desk(person: Person, brief_id: uuid.UUID) -> Brief:
    """A brief of a company that she acts for and that is approved now. Raises NotVisible."""
    brief = briefs.brief_managed_by(person, brief_id)
    if not policies.can_read_applicants(person, brief) or brief.current is None:
        raise NotVisible(str(brief_id))
    return brief


def board_of(person: Person, brief_id: uuid.UUID) -> Board:
    """Raises NotVisible. The same number of statements, however many apply."""
    brief = brief_on_desk(person, brief_id)
    rows = _seen(brief, Application.state.in_(COMPANY_SEES))
    seats = db.session.scalars(
        select(Application.seat).where(
            Application.brief_id == brief.id, Application.seat.is_not(None)
        )
    ).all()
    return Board(brief, rows, is_read_blind(brief.id), len(seats))


def people_on_desk(brief: Brief) -> Sequence[uuid.UUID]:
    """Who is on the board of BRIEF, for noting that she is looked at; two statements."""
    consenting = privacy.consented_people(TO_COMPANY.name, brief.organisation_id)
    return db.session.scalars(
        select(ApplicationPerson.person_id)
        .join(ApplicationPerson.application)
        .where(
            Application.brief_id == brief.id,
            Application.sent_by_id.in_(consenting),
            ApplicationPerson.person_id.in_(consenting),
        )
        .distinct()
    ).all()


def application_on_desk(person: Person, application_id: uuid.UUID) -> Seen:
    """One application with everything that the company may see of it. Raises NotVisible."""
    brief_id = db.session.scalar(
        select(Application.brief_id).where(
            Application.id == application_id, Application.state.in_(COMPANY_SEES)
        )
    )
    if brief_id is None:
        raise NotVisible(str(application_id))
    brief = brief_on_desk(person, brief_id)
    found = _seen(brief, Application.id == application_id, MORE)
    if not found:
        raise NotVisible(str(application_id))
    return found[0]


def note_on_desk(seen: Seen, note_id: uuid.UUID) -> ApplicationNote:
    """Raises NotVisible."""
    found = next((note for note in seen.application.notes if note.id == note_id), None)
    if found is None:
        raise NotVisible(str(note_id))
    return found


def applicants_of(brief: Brief, states: Collection[State]) -> Sequence[Application]:
    """For rounds: who applied for BRIEF and stands in one of STATES, by number; with their people.

    Nothing of it is shown to a company: that is for ``board_of``.
    """
    return db.session.scalars(
        select(Application)
        .where(Application.brief_id == brief.id, Application.state.in_(states))
        .options(
            joinedload(Application.team),
            selectinload(Application.people).joinedload(ApplicationPerson.person),
        )
        .order_by(Application.number)
    ).all()


def is_read_blind(brief_id: uuid.UUID) -> bool:
    """Whether whoever applies now is read without her name at first."""
    return bool(
        db.session.scalar(
            select(ApplicationDesk.is_blind).where(ApplicationDesk.brief_id == brief_id)
        )
    )


def _seen(
    brief: Brief, condition: ColumnElement[bool], more: Sequence[object] = ()
) -> tuple[Seen, ...]:
    consenting = privacy.consented_people(TO_COMPANY.name, brief.organisation_id)
    if not consenting:
        return ()
    rows = db.session.scalars(
        select(Application)
        .where(Application.brief_id == brief.id, condition, Application.sent_by_id.in_(consenting))
        .options(*PARTS, *more)  # type: ignore[arg-type]
        .order_by(Application.applied_at, Application.id)
    ).all()
    people = {
        row.id: tuple(
            sorted(
                (one.person for one in row.people if one.person_id in consenting),
                key=lambda person: (person.name, person.id),
            )
        )
        for row in rows
    }
    found = eligibilities(brief.terms, {key: [p.id for p in who] for key, who in people.items()})
    return tuple(Seen(row, people[row.id], found[row.id]) for row in rows if people[row.id])
