"""How a lab is handed in, and whose work a submission becomes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from app.accounts.models import Person
from app.grading import queries
from app.grading.models import HandInRule, Submission, SubmissionPerson
from app.grading.queries.teams import Team
from app.grading.rules import MOST_LIMIT
from app.kernel import audit
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning.models import GroupSet, Section
from app.learning.operations.ai_use import ai_columns, follow, hold_line
from app.learning.policies import is_on_the_staff
from app.learning.queries import enrolment_of
from app.learning.rules.ai_use import AiRule


class NoTeam(Refused):
    message = _l(
        "This lab is handed in by teams, and you are in none of them yet. Ask your instructor to "
        "put you into a group; your work in the lab is kept."
    )


class NoneLeft(Refused):
    """The limit of submissions is reached."""


class BadRule(Refused):
    """What was said cannot hold."""


@dataclass(frozen=True)
class RuleSettings:
    """What is to hold for a lab."""

    group_set: GroupSet | None = None
    may_be_alone: bool = True
    most_submissions: int | None = None
    ai: AiRule = field(default_factory=AiRule)


@operation
def set_hand_in_rule(
    actor: Person, section: Section, lab_slug: str, wanted: RuleSettings
) -> HandInRule:
    """From now on WANTED holds for a lab; what held before is kept with what was handed in.

    Saying what holds already changes nothing. Raises BadRule, BadAiRule.
    """
    _check(section, wanted)
    hold_line(f"hand-in-rule:{section.id}:{lab_slug}")
    last = queries.rule_of(section, lab_slug)
    fields = {
        "group_set_id": wanted.group_set.id if wanted.group_set else None,
        "may_be_alone": wanted.may_be_alone,
        "most_submissions": wanted.most_submissions,
        **ai_columns(wanted.ai),
    }
    number = follow(last, fields)
    if last is not None and number is None:
        return last
    rule = HandInRule(
        section_id=section.id,
        lab_slug=lab_slug,
        number=number,
        made_by_id=actor.id,
        **fields,
    )
    db.session.add(rule)
    db.session.flush()
    audit.record(actor.id, "lab.rule_set", "section", section.id, lab=lab_slug, number=rule.number)
    return rule


def _check(section: Section, wanted: RuleSettings) -> None:
    if wanted.group_set is not None and (
        wanted.group_set.section_id != section.id or wanted.group_set.ended_at is not None
    ):
        raise BadRule(_l("Choose groups of this section."))
    if wanted.most_submissions is not None and not 1 <= wanted.most_submissions <= MOST_LIMIT:
        raise BadRule(_l("The limit is a number from 1 to %(most)s.", most=MOST_LIMIT))


@dataclass(frozen=True)
class HandIn:
    """What holds for one submission that comes in: its number, whose it is."""

    rule: HandInRule | None
    team: Team | None
    people: tuple[Person, ...]
    number: int


def tries_out(person: Person, section: Section) -> bool:
    """Whether what PERSON hands in is a trial: she teaches the section and does not take it."""
    return is_on_the_staff(person, section) and enrolment_of(person, section) is None


def begin(person: Person, section: Section, lab_slug: str, *, is_trial: bool = False) -> HandIn:
    """Hold everybody's line whose work the next submission is, and number it.

    No rule holds for a trial.

    Within an operation. One at a time for each person and lab, so that numbers have no double
    whoever of a team hands in. Raises NoTeam, NoneLeft.
    """
    rule = None if is_trial else queries.rule_of(section, lab_slug)
    if rule is not None and rule.group_set_id is not None:
        # Nobody changes groups while it is written down who was in them.
        db.session.scalars(
            select(GroupSet.id).where(GroupSet.id == rule.group_set_id).with_for_update(read=True)
        ).all()
    team = queries.my_team(person, rule)
    if (
        rule is not None
        and rule.group_set_id is not None
        and team is None
        and not rule.may_be_alone
        and not is_on_the_staff(person, section)
    ):
        raise NoTeam
    people = _with(person, team)
    for one in sorted(people, key=lambda each: each.id):
        key = f"submission:{section.id}:{one.id}:{lab_slug}"
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    last = db.session.scalar(
        select(func.max(SubmissionPerson.number)).where(
            SubmissionPerson.section_id == section.id,
            SubmissionPerson.person_id.in_([one.id for one in people]),
            SubmissionPerson.lab_slug == lab_slug,
        )
    )
    limit = rule.most_submissions if rule is not None else None
    if rule is not None and limit is not None and queries.used_up(person, rule, team) >= limit:
        raise NoneLeft(
            _l(
                "Your team has handed in %(most)s times already: that is the limit here.",
                most=limit,
            )
            if team
            else _l(
                "You have handed in %(most)s times already: that is the limit here.", most=limit
            )
        )
    return HandIn(rule, team, people, (last or 0) + 1)


def _with(person: Person, team: Team | None) -> tuple[Person, ...]:
    others = team.people if team is not None else ()
    return (person, *(one for one in others if one.id != person.id))


def bind(submission: Submission, people: Sequence[Person]) -> None:
    """Write down whose work SUBMISSION is; who handed it in is there already."""
    db.session.add_all(
        SubmissionPerson(
            submission_id=submission.id,
            person_id=one.id,
            section_id=submission.section_id,
            lab_slug=submission.lab_slug,
            number=submission.number,
        )
        for one in people
        if one.id != submission.person_id
    )
    db.session.flush()
    db.session.refresh(submission, ["people"])
