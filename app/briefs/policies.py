"""Who writes, reviews, reads briefs and promises to be silent about them."""

import uuid
from enum import Enum
from typing import Any

from app.accounts.models import Organisation, Person
from app.accounts.policies import acts_for, is_instructor, is_officer
from app.accounts.rules import APPLICANT_KINDS, SCHOOL_ROLES
from app.briefs.models import Brief, BriefChange
from app.briefs.rules import READABLE, Side, State
from app.challenges.models import Challenge
from app.learning.policies import is_instructor_of

__all__ = [
    "GRANTS", "Permission", "answering_side", "answers_for_programme", "can_link", "can_manage",
    "can_promise", "can_read", "can_review", "can_see_changes", "can_write_for",
    "is_of_the_company", "is_shown", "reviews_as_instructor", "reviews_as_officer", "sides_of",
]  # fmt: skip


class Permission(Enum):
    REVIEW_BRIEFS = "see briefs that wait for review, and approve or return them"


def reviews_as_instructor(person: Person, *_subject: Any) -> bool:
    return is_instructor(person)


def reviews_as_officer(person: Person, *_subject: Any) -> bool:
    return is_officer(person)


GRANTS = {Permission.REVIEW_BRIEFS: [[reviews_as_instructor], [reviews_as_officer]]}


def can_write_for(person: Person, organisation: Organisation) -> bool:
    """Begin briefs; also before the company is approved, so that it can prepare."""
    return organisation.kind in APPLICANT_KINDS and acts_for(person, organisation)


def can_manage(person: Person, brief: Brief) -> bool:
    """Write it, hand it in, close it: those who act for its company."""
    return acts_for(person, brief.organisation)


def is_of_the_company(person: Person, organisation_id: uuid.UUID) -> bool:
    """In whatever role."""
    return any(m.organisation_id == organisation_id for m in person.live_memberships)


def sides_of(person: Person, brief: Brief) -> frozenset[Side]:
    """For whom PERSON can speak. Whoever is of the company reviews nothing of it."""
    if is_of_the_company(person, brief.organisation_id):
        return frozenset({Side.COMPANY}) if can_manage(person, brief) else frozenset()
    sides = set()
    if is_instructor(person):
        sides.add(Side.INSTRUCTOR)
    if is_officer(person):
        sides.add(Side.OFFICER)
    return frozenset(sides)


def can_review(person: Person, brief: Brief) -> bool:
    """See it as it was handed in. A draft is the company's own."""
    return brief.state is State.SUBMITTED and bool(sides_of(person, brief) - {Side.COMPANY})


def can_read(person: Person | None, brief: Brief) -> bool:
    """What everybody reads: published or closed, its company approved now."""
    return brief.state in READABLE and is_shown(brief)


def is_shown(brief: Brief) -> bool:
    """A company that is not approved now shows nothing."""
    return brief.organisation.verified_at is not None


def can_promise(person: Person, brief: Brief) -> bool:
    """Be asked to promise silence, and read what is confidential then: people of schools and
    officers; never people of other companies, nor of this one, who have it anyway."""
    if is_of_the_company(person, brief.organisation_id) or person.email_verified_at is None:
        return False
    if not (person.has_role(*SCHOOL_ROLES) or is_officer(person)):
        return False
    return can_read(person, brief) or can_review(person, brief)


def answers_for_programme(person: Person, brief: Brief) -> bool:
    """Speak for the programme's side of a change: officers, and the supervising instructor; any
    instructor while nobody supervises."""
    sides = sides_of(person, brief)
    if Side.OFFICER in sides:
        return True
    return Side.INSTRUCTOR in sides and brief.supervisor_id in (None, person.id)


def answering_side(person: Person, brief: Brief, change: BriefChange) -> Side | None:
    """The side for which PERSON may answer CHANGE; None: it is not hers to answer."""
    hers = sides_of(person, brief)
    if change.side is not Side.COMPANY:
        return Side.COMPANY if Side.COMPANY in hers else None
    if not answers_for_programme(person, brief):
        return None
    return next((side for side in (Side.OFFICER, Side.INSTRUCTOR) if side in hers), None)


def can_see_changes(person: Person, brief: Brief) -> bool:
    return bool(sides_of(person, brief))


def can_link(person: Person, brief: Brief, challenge: Challenge | None) -> bool:
    """Instructors of the section of a challenge link it; they or an officer undo it."""
    if is_of_the_company(person, brief.organisation_id):
        return False
    found = challenge if challenge is not None else brief.challenge
    if found is None:
        return False
    if challenge is None and is_officer(person):
        return True
    return found.published_at is not None and is_instructor_of(person, found.section)
