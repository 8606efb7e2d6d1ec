"""Who keeps a round, who ranks in it and for whom, and who sees what of it."""

from enum import Enum
from typing import Any

from app.accounts.models import Person
from app.accounts.policies import (
    acts_for_some,
    is_approved_company_person,
    is_instructor,
    is_officer,
)
from app.accounts.rules import Role
from app.briefs.policies import can_manage
from app.learning.policies import is_instructor_of
from app.rounds.models import Round, RoundEntry, RoundProject

__all__ = [
    "GRANTS", "Permission", "can_keep", "can_rank_for", "keeps_rounds", "speaks_for",
    "takes_part_somewhere",
]  # fmt: skip


class Permission(Enum):
    KEEP_ROUNDS = "open and keep ranking rounds"


def keeps_rounds_of_the_programme(person: Person, *_subject: Any) -> bool:
    return is_officer(person)


def keeps_rounds_of_sections(person: Person, *_subject: Any) -> bool:
    return is_instructor(person)


GRANTS = {Permission.KEEP_ROUNDS: [[keeps_rounds_of_the_programme], [keeps_rounds_of_sections]]}


def keeps_rounds(person: Person) -> bool:
    return is_officer(person) or is_instructor(person)


def can_keep(person: Person, round_: Round) -> bool:
    """Officers keep the programme's rounds, a section's instructors those of the section.

    Nobody keeps a round in which a company of hers is ranked.
    """
    if round_.section is not None:
        return is_instructor_of(person, round_.section)
    hers = {m.organisation_id for m in person.live_memberships}
    return is_officer(person) and not any(
        project.brief is not None and project.brief.organisation_id in hers
        for project in round_.projects
    )


def can_rank_for(person: Person, project: RoundProject) -> bool:
    """Whether she ranks applicants for PROJECT: its company's people, while it is approved."""
    return (
        project.brief is not None
        and can_manage(person, project.brief)
        and is_approved_company_person(person, project.brief.organisation_id)
    )


def speaks_for(person: Person, entry: RoundEntry) -> bool:
    """Whether she ranks and answers for ENTRY: herself, or as the lead of the team."""
    if entry.person_id is not None:
        return entry.person_id == person.id
    assert entry.team is not None
    return entry.team.lead_id == person.id


def takes_part_somewhere(person: Person) -> bool:
    """For the menu."""
    return person.has_role(Role.STUDENT) or acts_for_some(person) or keeps_rounds(person)
