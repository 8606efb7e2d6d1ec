"""Who records needs, and whose she sees and corrects."""

import uuid
from enum import StrEnum

from app.accounts.models import Person
from app.accounts.policies import is_officer, is_operator
from app.accounts.rules import ACTING_ROLES, OrganisationKind, Standing
from app.needs.models import Interview, PainPoint


class Permission(StrEnum):
    RECORD_NEEDS = "record interviews and pain points: all, or those of one's own organisation"
    RANK_NEEDS = "see everybody's needs, merge and rank them"


def steers(person: Person) -> bool:
    """Programme officers and operators see every need."""
    return is_officer(person) or is_operator(person)


def speaks_for_a_company(person: Person) -> bool:
    return bool(companies_of(person))


def speaks_for_an_association(person: Person) -> bool:
    return bool(associations_of(person))


GRANTS = {
    Permission.RECORD_NEEDS: [[steers], [speaks_for_a_company], [speaks_for_an_association]],
    Permission.RANK_NEEDS: [[is_officer], [is_operator]],
}


def companies_of(person: Person, *, approved: bool = False) -> set[uuid.UUID]:
    """The companies that she acts for; APPROVED: only those that are so now."""
    return _of_kind(person, OrganisationKind.COMPANY, approved)


def associations_of(person: Person) -> set[uuid.UUID]:
    """The approved trade associations for which she records what their members say."""
    return _of_kind(person, OrganisationKind.ASSOCIATION, True)


def _of_kind(person: Person, kind: OrganisationKind, approved: bool) -> set[uuid.UUID]:
    return {
        row.organisation_id
        for row in person.live_memberships
        if row.role in ACTING_ROLES
        and row.organisation.kind is kind
        and (not approved or row.organisation.standing == Standing.APPROVED)
    }


def recorders_of(person: Person) -> set[uuid.UUID]:
    """The organisations whose own records are hers: of a company also before it is approved."""
    return companies_of(person) | associations_of(person)


def can_see(person: Person, interview: Interview) -> bool:
    """Officers all; a company its own words and, once it is approved, what others recorded of it;
    an association what it recorded."""
    return (
        steers(person)
        or interview.organisation_id in companies_of(person, approved=True)
        or interview.recorded_for_id in recorders_of(person)
    )


def can_correct(person: Person, interview: Interview) -> bool:
    """Who sees it may correct it; every correction stays in its history."""
    return can_see(person, interview)


def can_remove(person: Person, interview: Interview) -> bool:
    """Officers, and whoever recorded it: what others say of a company, it corrects only."""
    return steers(person) or interview.recorded_for_id in recorders_of(person)


def can_become_brief(person: Person, pain_point: PainPoint) -> bool:
    """Who acts for the company whose pain it is; officers review what it writes."""
    return pain_point.interview.organisation_id in companies_of(person)
