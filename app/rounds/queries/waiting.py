"""What waits for somebody in the rounds that are open: her own list, or her company's."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.accounts.policies import is_approved_company_person
from app.applications.models import Application, ApplicationPerson
from app.applications.queries.waiting import acts_somewhere
from app.applications.rules import IN_SELECTION
from app.briefs.models import Brief
from app.kernel.database import db
from app.rounds.models import Round, RoundChoice, RoundMember, RoundProject, RoundRank
from app.rounds.rules import State

__all__ = ["could_have_to_rank", "not_ranked_by", "not_ranked_for"]


def could_have_to_rank() -> ColumnElement[bool]:
    """Whether a round is open and ``person_id`` is in selection somewhere, or of a company."""
    in_selection = exists().where(
        ApplicationPerson.person_id == bindparam("person_id"),
        ApplicationPerson.ended_at.is_(None),
        Application.id == ApplicationPerson.application_id,
        Application.state.in_(IN_SELECTION),
    )
    return and_(exists().where(Round.state == State.OPEN), or_(in_selection, acts_somewhere()))


def not_ranked_by(person: Person) -> Sequence[Round]:
    """Open rounds in which she, or her team, could rank and has not; one statement."""
    ranked = exists().where(
        RoundMember.round_id == Round.id,
        RoundMember.person_id == person.id,
        RoundMember.left_at.is_(None),
        RoundChoice.entry_id == RoundMember.entry_id,
    )
    could = exists().where(
        RoundProject.round_id == Round.id,
        Application.brief_id == RoundProject.brief_id,
        Application.state.in_(IN_SELECTION),
        ApplicationPerson.application_id == Application.id,
        ApplicationPerson.person_id == person.id,
    )
    return db.session.scalars(
        select(Round)
        .where(Round.state == State.OPEN, could, ~ranked)
        .order_by(Round.closes_at, Round.id)
    ).all()


def not_ranked_for(person: Person) -> Sequence[RoundProject]:
    """Projects of her companies in open rounds that have applicants and no list; one statement."""
    companies = {
        m.organisation_id
        for m in person.live_memberships
        if is_approved_company_person(person, m.organisation_id)
    }
    if not companies:
        return ()
    return db.session.scalars(
        select(RoundProject)
        .join(RoundProject.round)
        .join(RoundProject.brief)
        .where(
            Round.state == State.OPEN,
            Brief.organisation_id.in_(companies),
            ~exists().where(RoundRank.project_id == RoundProject.id),
            exists().where(Application.brief_id == Brief.id, Application.state.in_(IN_SELECTION)),
        )
        .options(joinedload(RoundProject.round), joinedload(RoundProject.brief))
        .order_by(Round.closes_at, RoundProject.position, RoundProject.id)
    ).all()
