"""How labs are handed in, whose teams there are, and what was declared."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Person
from app.grading.models import Attempt, HandInRule, Submission, SubmissionPerson
from app.grading.queries.waiting import newest_of_everybody
from app.kernel.database import db
from app.learning import queries as learning
from app.learning.models import Enrolment, Group, GroupPlace, Section

__all__ = [
    "Team", "TeamRow", "lone_students", "my_team", "rule_of", "rule_versions", "rules_of",
    "team_rows", "used_up", "works_with_declarations",
]  # fmt: skip


def rule_of(section: Section, lab_slug: str) -> HandInRule | None:
    """What holds now for handing a lab in, or None while nothing was said."""
    return db.session.scalar(
        select(HandInRule)
        .where(
            HandInRule.section_id == section.id,
            HandInRule.lab_slug == lab_slug,
            HandInRule.ended_at.is_(None),
        )
        .options(joinedload(HandInRule.group_set))
    )


def rules_of(section: Section) -> dict[str, HandInRule]:
    """What holds now, by lab."""
    return {
        row.lab_slug: row
        for row in db.session.scalars(
            select(HandInRule)
            .where(HandInRule.section_id == section.id, HandInRule.ended_at.is_(None))
            .options(joinedload(HandInRule.group_set))
        )
    }


def rule_versions(section: Section, lab_slug: str) -> Sequence[HandInRule]:
    """Everything that ever held for a lab, the newest first."""
    return db.session.scalars(
        select(HandInRule)
        .where(HandInRule.section_id == section.id, HandInRule.lab_slug == lab_slug)
        .order_by(HandInRule.number.desc())
        .options(joinedload(HandInRule.group_set))
    ).all()


@dataclass(frozen=True)
class Team:
    """A group that hands in together, as it is now."""

    id: uuid.UUID
    name: str
    people: tuple[Person, ...]


def my_team(person: Person, rule: HandInRule | None) -> Team | None:
    """PERSON's team by RULE; None without a rule for teams and for who is in no group of it."""
    if rule is None or rule.group_set_id is None:
        return None
    group = db.session.scalar(
        select(Group)
        .join(GroupPlace, GroupPlace.group_id == Group.id)
        .where(
            Group.set_id == rule.group_set_id,
            Group.ended_at.is_(None),
            GroupPlace.person_id == person.id,
            GroupPlace.until.is_(None),
        )
    )
    if group is None:
        return None
    people = db.session.scalars(
        select(Person)
        .join(GroupPlace, GroupPlace.person_id == Person.id)
        .join(
            Enrolment,
            (Enrolment.person_id == Person.id)
            & (Enrolment.section_id == rule.section_id)
            & Enrolment.withdrawn_at.is_(None),
        )
        .where(GroupPlace.group_id == group.id, GroupPlace.until.is_(None))
        .order_by(Person.name, Person.id)
    )
    return Team(group.id, group.name, tuple(people))


def used_up(person: Person, rule: HandInRule, team: Team | None) -> int:
    """How many submissions there are that count against the limit of RULE."""
    statement = (
        select(func.count())
        .select_from(Submission)
        .where(Submission.section_id == rule.section_id, Submission.lab_slug == rule.lab_slug)
    )
    if team is not None:
        statement = statement.where(Submission.team_id == team.id)
    else:
        statement = statement.where(Submission.team_id.is_(None), Submission.person_id == person.id)
    return db.session.scalars(statement).one()


@dataclass(frozen=True)
class TeamRow:
    """A team on the instructors' page, with its newest submission."""

    group: Group
    members: tuple[Enrolment, ...]
    newest: Submission | None


def team_rows(section: Section, rule: HandInRule) -> list[TeamRow]:
    """Every team of RULE, in a constant number of statements."""
    board = next((b for b in learning.board_of(section) if b.set.id == rule.group_set_id), None)
    if board is None:
        return []
    newest = {
        row.team_id: row
        for row in db.session.scalars(
            select(Submission)
            .where(
                Submission.section_id == section.id,
                Submission.lab_slug == rule.lab_slug,
                Submission.team_id.is_not(None),
            )
            .ext(distinct_on(Submission.team_id))
            .order_by(Submission.team_id, Submission.number.desc())
            .options(
                joinedload(Submission.person),
                selectinload(Submission.attempts).selectinload(Attempt.case),
                selectinload(Submission.people).joinedload(SubmissionPerson.person),
            )
        )
    }
    students = learning.roster(section)
    return [
        TeamRow(group, tuple(board.members(group, students)), newest.get(group.id))
        for group in board.groups
    ]


def lone_students(section: Section, rule: HandInRule) -> list[Enrolment]:
    """Who takes the section and is in no group of the rule's set."""
    board = next((b for b in learning.board_of(section) if b.set.id == rule.group_set_id), None)
    students = learning.roster(section)
    return list(students) if board is None else board.members(None, students)


def works_with_declarations(section: Section, lab_slug: str) -> list[Submission]:
    """The newest submission of everybody to a lab, with what was declared, in few statements."""
    return list(
        db.session.scalars(
            select(Submission)
            .where(Submission.id.in_(newest_of_everybody(section, lab_slug)))
            .order_by(Submission.submitted_at.desc(), Submission.id)
            .options(
                joinedload(Submission.person),
                joinedload(Submission.rule),
                selectinload(Submission.declarations),
                selectinload(Submission.people).joinedload(SubmissionPerson.person),
            )
        )
    )
