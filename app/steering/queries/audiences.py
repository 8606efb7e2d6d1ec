"""Sets of people that the programme's office writes to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from app.accounts.models import Membership, Organisation, Person
from app.accounts.rules import ACTING_ROLES, OrganisationKind, Role, Standing
from app.applications.models import Application
from app.applications.rules import IN_SELECTION, TOO_LONG
from app.briefs.models import Brief
from app.kernel import clock
from app.kernel.database import db
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.rounds.models import Round, RoundMember

MOST_CHOICES = 100


@dataclass(frozen=True)
class Choice:
    """One thing that an audience can be about: a round, a school."""

    key: str
    name: LocalizedText


@dataclass(frozen=True, kw_only=True)
class Audience:
    name: str
    title: LazyText
    people: Callable[[str], Select[Person]]
    """Whom it is; the argument is the key of a choice, or empty."""
    choices: Callable[[], Sequence[Choice]] | None = None
    """None: it is about nothing in particular."""


def _acting(*standings: Standing, kind: OrganisationKind) -> Select[Person]:
    return _members(
        Organisation.kind == kind,
        Organisation.standing.in_(standings),
        Membership.role.in_(ACTING_ROLES),
    )


def _alive() -> Select[Person]:
    return select(Person).where(Person.suspended_at.is_(None), Person.erased_at.is_(None))


def _members(*conditions: object) -> Select[Person]:
    return _alive().where(
        Person.id.in_(
            select(Membership.person_id)
            .join(Organisation, Organisation.id == Membership.organisation_id)
            .where(Membership.ended_at.is_(None), *conditions)  # type: ignore[arg-type]
        ),
    )


def _schools() -> Sequence[Choice]:
    return [
        Choice(str(row.id), row.name)
        for row in db.session.scalars(
            select(Organisation)
            .where(Organisation.kind == OrganisationKind.SCHOOL)
            .order_by(Organisation.slug)
        )
    ]


def _of_school(*roles: Role) -> Callable[[str], Select[Person]]:
    return lambda key: _members(
        Membership.organisation_id == key,
        Organisation.kind == OrganisationKind.SCHOOL,
        Membership.role.in_(roles),
    )


def _rounds() -> Sequence[Choice]:
    """Rounds, the latest first; at most 100."""
    return [
        Choice(str(row.id), row.title)
        for row in db.session.scalars(
            select(Round).order_by(Round.opens_at.desc(), Round.id).limit(MOST_CHOICES)
        )
    ]


def _in_round(key: str) -> Select[Person]:
    return _alive().where(
        Person.id.in_(
            select(RoundMember.person_id).where(
                RoundMember.round_id == key, RoundMember.left_at.is_(None)
            )
        )
    )


def _silent_companies(_key: str) -> Select[Person]:
    silent = (
        select(Brief.organisation_id)
        .join(Application, Application.brief_id == Brief.id)
        .where(
            Application.answered_at.is_(None),
            Application.state.in_(IN_SELECTION),
            Application.applied_at < clock.now() - TOO_LONG,
        )
    )
    return _members(Organisation.id.in_(silent), Membership.role.in_(ACTING_ROLES))


AUDIENCES: dict[str, Audience] = {
    row.name: row
    for row in (
        Audience(
            name="companies-waiting",
            title=_l("Companies that wait for approval"),
            people=lambda _key: _acting(Standing.WAITING, kind=OrganisationKind.COMPANY),
        ),
        Audience(
            name="companies-returned",
            title=_l("Companies that are to complete their application"),
            people=lambda _key: _acting(Standing.RETURNED, kind=OrganisationKind.COMPANY),
        ),
        Audience(
            name="companies-approved",
            title=_l("Approved companies"),
            people=lambda _key: _acting(Standing.APPROVED, kind=OrganisationKind.COMPANY),
        ),
        Audience(
            name="companies-silent",
            title=_l("Companies whose applicants wait too long"),
            people=_silent_companies,
        ),
        Audience(
            name="round",
            title=_l("Who takes part in a round"),
            people=_in_round,
            choices=_rounds,
        ),
        Audience(
            name="associations",
            title=_l("Approved trade associations"),
            people=lambda _key: _acting(Standing.APPROVED, kind=OrganisationKind.ASSOCIATION),
        ),
        Audience(
            name="instructors",
            title=_l("Instructors of a school"),
            people=_of_school(Role.INSTRUCTOR),
            choices=_schools,
        ),
        Audience(
            name="offices",
            title=_l("Department offices of a school"),
            people=_of_school(Role.DEPARTMENT_OFFICE),
            choices=_schools,
        ),
        Audience(
            name="students",
            title=_l("Students of a school"),
            people=_of_school(Role.STUDENT),
            choices=_schools,
        ),
    )
}


def add_audience(audience: Audience) -> None:
    AUDIENCES[audience.name] = audience


def people_of(audience: Audience, key: str) -> Sequence[Person]:
    """Everybody whom it is now, by name."""
    return db.session.scalars(audience.people(key).order_by(Person.name, Person.id)).all()


def choice_of(audience: Audience, key: str) -> Choice | None:
    """The one called KEY; None when there is none such."""
    if audience.choices is None:
        return None
    return next((row for row in audience.choices() if row.key == key), None)
