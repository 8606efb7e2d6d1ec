"""Who has what a brief asks for, and which labs would close the gap."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import Person
from app.applications.rules import Answer, Eligibility, Held, Wanted, eligibility
from app.briefs.models import BriefVersion
from app.catalog.models import Course, CourseVersion
from app.evidence import queries as evidence
from app.evidence.queries import Proof, Standing
from app.kernel.database import db
from app.learning.models import Enrolment, Offering, Section
from app.skills.models import Skill

__all__ = [
    "Gap", "Way", "eligibilities", "eligibility_of", "gaps_of", "held_in", "skills_of",
    "wanted_by",
]  # fmt: skip


@dataclass(frozen=True)
class Way:
    """A lab, quiz … of a course that shows a skill at a level that is enough."""

    proof: Proof
    section_code: str | None
    """Where she takes the course already; None: she would have to enrol."""

    @property
    def path(self) -> str:
        """Where it is worked on, or enrolled for, within the site."""
        if self.section_code is None:
            return f"/courses/{self.proof.course_slug}"
        kind, _colon, slug = self.proof.item_key.partition(":")
        return f"/learn/{self.section_code}/items/{kind}/{slug}"


@dataclass(frozen=True)
class Gap:
    """A required skill that she does not show, and what would show it."""

    answer: Answer
    skill: Skill
    ways: tuple[Way, ...]
    """Those of courses that she takes first; empty: nothing on this site shows it yet."""


def wanted_by(version: BriefVersion) -> tuple[Wanted, ...]:
    """What a version of a brief asks for, in its order."""
    return tuple(Wanted(row.skill_id, row.level, row.is_required) for row in version.skills)


def skills_of(version: BriefVersion) -> dict[uuid.UUID, Skill]:
    return {row.skill_id: row.skill for row in version.skills}


def held_in(standings: Iterable[Standing]) -> list[Held]:
    return [Held(one.person_id, one.skill.id, one.level, one.vouching) for one in standings]


def eligibility_of(version: BriefVersion, person_ids: Collection[uuid.UUID]) -> Eligibility:
    """Of one person, or of the people of a team together; one statement."""
    held = [
        one
        for standings in evidence.standings_of(person_ids).values()
        for one in held_in(standings)
    ]
    return eligibility(wanted_by(version), held)


def eligibilities(
    version: BriefVersion, units: Mapping[uuid.UUID, Sequence[uuid.UUID]]
) -> dict[uuid.UUID, Eligibility]:
    """Of several applicants: unit → the people of it. One statement, however many there are."""
    everybody = {person_id for people in units.values() for person_id in people}
    standings = evidence.standings_of(everybody) if everybody else {}
    wanted = wanted_by(version)
    return {
        unit: eligibility(
            wanted, [one for person_id in people for one in held_in(standings.get(person_id, ()))]
        )
        for unit, people in units.items()
    }


def gaps_of(person: Person, version: BriefVersion, found: Eligibility) -> list[Gap]:
    """What is missing of what is required, each with the works that would show it.

    Two statements for each missing skill, and one for her courses.
    """
    if not found.missing:
        return []
    codes = _sections_of(person)
    skills = skills_of(version)
    gaps = []
    for answer in found.missing:
        skill = skills[answer.wanted.skill_id]
        ways = [
            Way(proof, codes.get(proof.course_slug))
            for proof in evidence.proofs_of(skill)
            if proof.level >= answer.wanted.level
        ]
        ways.sort(key=lambda way: (way.section_code is None, -way.proof.weight))
        gaps.append(Gap(answer, skill, tuple(ways)))
    return gaps


def _sections_of(person: Person) -> dict[str, str]:
    """course → code of the section in which she takes it now, the newest."""
    rows = db.session.execute(
        select(Course.slug, Section.code)
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .join(Offering, Offering.course_version_id == CourseVersion.id)
        .join(Section, Section.offering_id == Offering.id)
        .join(Enrolment, Enrolment.section_id == Section.id)
        .where(
            Enrolment.person_id == person.id,
            Enrolment.withdrawn_at.is_(None),
            Section.closed_at.is_(None),
        )
        .order_by(Enrolment.enrolled_at)
    )
    return {slug: code for slug, code in rows}
