"""Saving a brief, applying for it, withdrawing."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Person
from app.applications import policies, queries
from app.applications.models import Application, ApplicationDesk, ApplicationFile, ApplicationPerson
from app.applications.operations.steps import (
    AlreadyApplied,
    freeze_key,
    hold,
    next_number,
    step,
)
from app.applications.operations.telling import tell_of_answer, tell_of_new, tell_of_step
from app.applications.rules import (
    MAY_APPLY_AGAIN,
    TO_COMPANY,
    Actor,
    Move,
    State,
)
from app.briefs.models import Brief
from app.briefs.rules import Audience, Takes
from app.catalog.models import CourseVersion
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.transaction import operation
from app.learning.models import Enrolment, Offering, Section
from app.privacy import operations as privacy
from app.privacy import queries as consents
from app.teams import operations as teams
from app.teams.models import Team

__all__ = [
    "AlreadyApplied", "ConsentNeeded", "ForTheCourse", "LeadApplies", "NotAgain", "NotEligible",
    "NotOpen", "NothingSaid", "StudentsApply", "TeamNeeded", "Words", "WrongSize", "agree",
    "apply", "forget", "keep_draft", "save", "withdraw",
]  # fmt: skip


class NotOpen(Refused):
    message = _l("This brief takes no applications any more. What you wrote is kept.")


class StudentsApply(Refused):
    message = _l("Students apply. Show which school you belong to first.")


class ForTheCourse(Refused):
    message = _l("This brief is for those who take its course.")


class TeamNeeded(Refused):
    message = _l("This brief is for teams. Choose the team that applies.")


class LeadApplies(Refused):
    message = _l("The lead of the team applies for it.")


class WrongSize(Refused):
    message = _l("The team does not have the size that this brief asks for.")


class NotEligible(Refused):
    message = _l("Something that is required is missing. The page shows what would close the gap.")


class ConsentNeeded(Refused):
    message = _l("Without your consent the company sees nothing of you, so nothing can be sent.")


class NotAgain(Refused):
    message = _l("Your earlier application for this brief was decided on.")


class NothingSaid(Refused):
    message = _l("Please write a few words to the company.")


@dataclass(frozen=True)
class Words:
    """What goes along: a statement of at most 4,000 letters, and links ``{"title", "url"}``."""

    statement: str
    links: Sequence[dict[str, str]] = field(default_factory=tuple)


@operation
def save(person: Person, brief: Brief) -> Application:
    """Keep BRIEF among hers; once, and hers alone."""
    db.session.execute(
        insert(Application)
        .values(
            id=new_id(), brief_id=brief.id, person_id=person.id, state=State.SAVED,
            statement="", links=[], is_blind=False, saved_at=clock.now(), offer_words="",
        )
        .on_conflict_do_nothing(
            index_elements=["brief_id", "person_id"],
            index_where=Application.state == State.SAVED,
        )
    )  # fmt: skip
    return db.session.scalars(
        select(Application).where(
            Application.brief_id == brief.id,
            Application.person_id == person.id,
            Application.state == State.SAVED,
        )
    ).one()


@operation
def forget(person: Person, application: Application) -> None:
    """A saved brief leaves her list, with its draft. Raises NotVisible."""
    if application.state is not State.SAVED or application.person_id != person.id:
        raise NotVisible(str(application.id))
    db.session.execute(
        delete(ApplicationFile).where(ApplicationFile.application_id == application.id)
    )
    db.session.delete(application)


@operation
def keep_draft(person: Person, application: Application, words: Words) -> None:
    """Keep what she has typed so far. Raises NotVisible."""
    if application.state is not State.SAVED or application.person_id != person.id:
        raise NotVisible(str(application.id))
    _write(application, words)


@operation
def apply(
    person: Person, brief: Brief, words: Words, *, consents_now: bool, team: Team | None = None
) -> Application:
    """PERSON applies, for TEAM when the brief is for teams; what she had saved is what is sent.

    CONSENTS_NOW: she agrees in the same moment that this company sees her application. The other
    members agree for themselves (``agree``).
    Raises NotOpen, StudentsApply, ForTheCourse, TeamNeeded, LeadApplies, WrongSize, NothingSaid,
    NotEligible, ConsentNeeded, AlreadyApplied, NotAgain.
    """
    application = save(person, brief)
    hold(application)
    db.session.refresh(brief)
    if not brief.is_open(clock.now()):
        raise NotOpen
    people = _applicants(person, brief, team)
    _write(application, words)
    if not application.statement:
        raise NothingSaid
    if not queries.eligibility_of(brief.terms, people).is_eligible:
        raise NotEligible
    if not set(queries.past_applications(brief.id, people)) <= MAY_APPLY_AGAIN:
        raise NotAgain
    _consent(person, brief, consents_now=consents_now)
    if team is not None:
        teams.freeze(team, freeze_key(application))
    desk = db.session.scalar(select(ApplicationDesk).where(ApplicationDesk.brief_id == brief.id))
    number = next_number(brief.id)
    _stand_in(application, people)
    step(
        application,
        Move.APPLY,
        Actor.APPLICANT,
        person,
        person_id=None if team else person.id,
        team_id=team.id if team else None,
        version_id=brief.terms.id,
        number=number,
        sent_by_id=person.id,
        applied_at=clock.now(),
        is_blind=desk is not None and desk.is_blind,
    )
    tell_of_new(application)
    return application


@operation
def agree(person: Person, application: Application) -> None:
    """A member of a team agrees that the company sees her as part of it. Raises NotVisible."""
    if not policies.is_hers(person, application):
        raise NotVisible(str(application.id))
    privacy.consent(person, TO_COMPANY.name, application.brief.organisation_id)


@operation
def withdraw(person: Person, application: Application, reason: str = "") -> None:
    """PERSON, or the lead for her team, does not want it any more; also an accepted place.

    Raises NotVisible, MovedMeanwhile.
    """
    if not policies.can_decide(person, application):
        raise NotVisible(str(application.id))
    hold(application)
    answers = application.state in (State.OFFERED, State.ACCEPTED)
    step(application, Move.WITHDRAW, Actor.APPLICANT, person, reason=reason)
    if answers:
        tell_of_answer(application, new_id())
    if application.team_id is not None:
        tell_of_step(application, new_id(), reason)


def _applicants(person: Person, brief: Brief, team: Team | None) -> list[uuid.UUID]:
    """Who would stand in the application."""
    if not policies.applies(person):
        raise StudentsApply
    terms = brief.terms
    if terms.audience is Audience.COURSE and not _takes_course(person, terms.course_id):
        raise ForTheCourse
    if terms.takes is Takes.INDIVIDUALS:
        return [person.id]
    if team is None or team.dissolved_at is not None:
        raise TeamNeeded
    if team.lead_id != person.id:
        raise LeadApplies
    people = sorted(team.person_ids)
    if not (terms.team_min or 0) <= len(people) <= (terms.team_max or 0):
        raise WrongSize
    return people


def _takes_course(person: Person, course_id: uuid.UUID | None) -> bool:
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    Enrolment.person_id == person.id,
                    Enrolment.withdrawn_at.is_(None),
                    Section.id == Enrolment.section_id,
                    Offering.id == Section.offering_id,
                    CourseVersion.id == Offering.course_version_id,
                    CourseVersion.course_id == course_id,
                )
            )
        )
    )


def _consent(person: Person, brief: Brief, *, consents_now: bool) -> None:
    company = brief.organisation_id
    if consents.has_consented(person.id, TO_COMPANY.name, company):
        return
    if not consents_now:
        raise ConsentNeeded
    privacy.consent(person, TO_COMPANY.name, company)


def _write(application: Application, words: Words) -> None:
    application.statement = words.statement.replace("\0", "").strip()[:4000]
    application.links = list(words.links)


def _stand_in(application: Application, people: Sequence[uuid.UUID]) -> None:
    try:
        with db.session.begin_nested():
            db.session.add_all(
                ApplicationPerson(
                    application_id=application.id, brief_id=application.brief_id, person_id=one
                )
                for one in people
            )
            db.session.flush()
    except IntegrityError as error:
        raise AlreadyApplied from error
