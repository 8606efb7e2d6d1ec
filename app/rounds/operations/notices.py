"""What people are told of rounds. No news names anybody else; places are told by applications."""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Membership, Person
from app.accounts.rules import ACTING_ROLES, Role
from app.applications.models import Application, ApplicationPerson
from app.applications.rules import IN_SELECTION
from app.briefs.models import Brief
from app.kernel import clock
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning.models import Enrolment, SectionStaff
from app.learning.rules import StaffRole
from app.notifications import operations as notifications
from app.notifications import rules
from app.notifications.rules import Delivery, Kind, Note
from app.rounds.models import Round, RoundChange, RoundChoice, RoundMember, RoundProject, RoundRank
from app.rounds.rules import Kind as RoundKind
from app.rounds.rules import State

__all__ = [
    "remind", "tell_of_cancelling", "tell_of_change", "tell_of_dates", "tell_of_drawing",
    "tell_of_opening", "tell_of_results",
]  # fmt: skip

RANKING = rules.register(Kind("rounds.ranking", _l("Rounds in which I can rank"), Delivery.NOW))
RESULTS = rules.register(Kind("rounds.results", _l("Results of rounds"), Delivery.NOW))
KEEPING = rules.register(Kind("rounds.keeping", _l("Rounds that I keep"), Delivery.DIGEST))


def _round(round_id: uuid.UUID) -> Round:
    return db.session.scalars(
        select(Round).where(Round.id == round_id).options(joinedload(Round.section))
    ).one()


def _people(condition: object) -> list[Person]:
    return list(
        db.session.scalars(
            select(Person)
            .where(condition, Person.erased_at.is_(None))  # type: ignore[arg-type]
            .options(selectinload(Person.memberships))
            .order_by(Person.id)
        )
    )


def _could_rank(round_: Round) -> list[Person]:
    """Students who have applied for something in it; of teams everybody who takes the section."""
    if round_.kind is RoundKind.TEAMS:
        return _people(
            exists().where(
                Enrolment.section_id == round_.section_id,
                Enrolment.person_id == Person.id,
                Enrolment.withdrawn_at.is_(None),
            ),
        )
    return _people(
        exists()
        .where(
            ApplicationPerson.person_id == Person.id,
            ApplicationPerson.application_id == Application.id,
            ApplicationPerson.ended_at.is_(None),
        )
        .where(
            Application.brief_id == RoundProject.brief_id,
            Application.state.in_(IN_SELECTION),
            RoundProject.round_id == round_.id,
        ),
    )


def _took_part(round_: Round) -> list[Person]:
    return _people(
        exists().where(
            RoundMember.round_id == round_.id,
            RoundMember.person_id == Person.id,
            RoundMember.left_at.is_(None),
        ),
    )


def _companies(round_: Round) -> list[Person]:
    return _people(
        exists()
        .where(
            Membership.person_id == Person.id,
            Membership.ended_at.is_(None),
            Membership.role.in_(ACTING_ROLES),
        )
        .where(
            Membership.organisation_id == Brief.organisation_id,
            Brief.id == RoundProject.brief_id,
            RoundProject.round_id == round_.id,
        ),
    )


def _keepers(round_: Round) -> list[Person]:
    if round_.section_id is not None:
        return _people(
            exists().where(
                SectionStaff.section_id == round_.section_id,
                SectionStaff.person_id == Person.id,
                SectionStaff.role == StaffRole.INSTRUCTOR,
                SectionStaff.ended_at.is_(None),
            ),
        )
    return _people(
        exists().where(
            Membership.person_id == Person.id,
            Membership.ended_at.is_(None),
            Membership.role == Role.OFFICER,
        ),
    )


def _tell(
    people: Iterable[Person], kind: Kind, note: Callable[[], Note], path: str, key: str
) -> None:
    for person in people:
        notifications.tell(person, kind, note, path, key=key)


def _when(instant: datetime) -> str:
    return instant.astimezone(clock.TAIPEI).strftime("%Y-%m-%d %H:%M")


@operation
def tell_of_opening(round_id: uuid.UUID) -> None:
    round_ = _round(round_id)
    if round_.state is not State.OPEN:
        return

    def note() -> Note:
        return Note(
            _("Rank now: %(title)s", title=round_.title),
            _("The ranking is open until %(time)s.", time=_when(round_.closes_at)),
        )

    path, key = f"/rounds/{round_.code}", f"round-open:{round_.id}"
    _tell(_could_rank(round_), RANKING, note, f"{path}/mine", key)
    _tell(_companies(round_), RANKING, note, path, key)


@operation
def remind(round_id: uuid.UUID) -> None:
    """A day before it closes: those who could rank and have not."""
    round_ = _round(round_id)
    if round_.state is not State.OPEN:
        return
    ranked = set(
        db.session.scalars(
            select(RoundMember.person_id)
            .join(RoundChoice, RoundChoice.entry_id == RoundMember.entry_id)
            .where(RoundMember.round_id == round_.id, RoundMember.left_at.is_(None))
        )
    )
    done = set(
        db.session.scalars(
            select(Brief.organisation_id)
            .join(RoundProject, RoundProject.brief_id == Brief.id)
            .where(RoundProject.round_id == round_.id)
            .where(~exists().where(RoundRank.project_id == RoundProject.id))
        )
    )

    def note() -> Note:
        return Note(
            _("You have not ranked yet: %(title)s", title=round_.title),
            _("The ranking closes at %(time)s.", time=_when(round_.closes_at)),
        )

    path, key = f"/rounds/{round_.code}", f"round-reminder:{round_.id}"
    students = [p for p in _could_rank(round_) if p.id not in ranked]
    late = [p for p in _companies(round_) if p.organisations_as(*ACTING_ROLES) & done]
    _tell(students, RANKING, note, f"{path}/mine", key)
    _tell(late, RANKING, note, path, key)


@operation
def tell_of_dates(round_id: uuid.UUID, reason: str) -> None:
    round_ = _round(round_id)

    def note() -> Note:
        return Note(
            _("More time to rank: %(title)s", title=round_.title),
            _("Until %(time)s. Reason: %(reason)s", time=_when(round_.closes_at), reason=reason),
        )

    key = f"round-dates:{round_.id}:{round_.closes_at.isoformat()}"
    _tell(_everybody(round_), RANKING, note, f"/rounds/{round_.code}", key)


def _everybody(round_: Round) -> list[Person]:
    found = {p.id: p for p in (*_could_rank(round_), *_took_part(round_), *_companies(round_))}
    return list(found.values())


@operation
def tell_of_cancelling(round_id: uuid.UUID) -> None:
    round_ = _round(round_id)

    def note() -> Note:
        return Note(
            _("Cancelled: %(title)s", title=round_.title),
            _("Nothing was drawn. Reason: %(reason)s", reason=round_.cancelled_reason),
        )

    key = f"round-cancelled:{round_.id}"
    _tell(_everybody(round_), RESULTS, note, f"/rounds/{round_.code}", key)


@operation
def tell_of_drawing(round_id: uuid.UUID) -> None:
    """Whoever keeps it can publish now."""
    round_ = _round(round_id)
    if round_.state is not State.DRAWN:
        return

    def note() -> Note:
        return Note(
            _("Drawn: %(title)s", title=round_.title),
            _("Publish it, or it is published at %(time)s.", time=_when(round_.publishes_at)),
        )

    _tell(
        _keepers(round_), KEEPING, note, f"/rounds/{round_.code}/desk", f"round-drawn:{round_.id}"
    )


@operation
def tell_of_results(round_id: uuid.UUID) -> None:
    round_ = _round(round_id)

    def note() -> Note:
        return Note(
            _("Results: %(title)s", title=round_.title),
            _("Read what you received, and why. Anybody can check the result."),
        )

    key = f"round-results:{round_.id}"
    _tell(_took_part(round_), RESULTS, note, f"/rounds/{round_.code}/mine", key)
    _tell(_companies(round_), RESULTS, note, f"/rounds/{round_.code}", key)


@operation
def tell_of_change(change_id: uuid.UUID) -> None:
    """Those whose place was changed by hand."""
    change = db.session.get_one(RoundChange, change_id)
    round_ = _round(change.round_id)
    people = [
        row.person
        for row in db.session.scalars(
            select(RoundMember)
            .where(RoundMember.entry_id == change.entry_id, RoundMember.left_at.is_(None))
            .options(joinedload(RoundMember.person).selectinload(Person.memberships))
        )
    ]

    def note() -> Note:
        return Note(
            _("Your place was changed: %(title)s", title=round_.title),
            _("Reason: %(reason)s", reason=change.reason),
        )

    key = f"round-change:{change.id}"
    _tell(people, RESULTS, note, f"/rounds/{round_.code}/mine", key)
