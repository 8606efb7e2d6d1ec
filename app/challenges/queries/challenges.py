"""Challenges of a section."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam, exists, func, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from app.accounts.models import Person
from app.challenges.models import Challenge, ChallengeEvaluation, ChallengeRun
from app.challenges.policies import can_see_desk
from app.challenges.rules import ShownSkill, skills_in
from app.datasets import queries as datasets
from app.datasets.models import DataSet
from app.kernel import clock
from app.kernel.database import NOW, db
from app.kernel.errors import NotVisible
from app.learning import queries as learning
from app.learning.models import Enrolment, Section
from app.learning.queries import SectionDesk, SectionView
from app.skills import queries as skills
from app.skills.models import Skill

PARTS = (
    selectinload(Challenge.evaluations).joinedload(ChallengeEvaluation.answers),
    joinedload(Challenge.group_set),
)


def challenge_for(person: Person, code: str, slug: str) -> tuple[SectionView, Challenge]:
    """A challenge for those who take the section or teach it. Raises NotVisible.

    Students see it once it is published; before it opens they see when.
    """
    view = learning.section_for(person, code)
    found = _challenge(view.section, slug)
    if found.published_at is None and not view.is_staff:
        raise NotVisible(slug)
    return view, found


def challenge_on_desk(person: Person, code: str, slug: str) -> tuple[SectionDesk, Challenge]:
    """A challenge for the section's staff. Raises NotVisible."""
    desk = learning.section_desk(person, code)
    if not can_see_desk(person, desk.section):
        raise NotVisible(code)
    return desk, _challenge(desk.section, slug)


def _challenge(section: Section, slug: str) -> Challenge:
    found = db.session.scalar(
        select(Challenge)
        .where(Challenge.section_id == section.id, Challenge.slug == slug)
        .options(*PARTS)
    )
    if found is None:
        raise NotVisible(slug)
    return found


def challenges_of(section: Section, *, drafts: bool) -> Sequence[Challenge]:
    """The section's challenges: what ends first stands first, what is over last."""
    statement = select(Challenge).where(Challenge.section_id == section.id).options(*PARTS)
    if not drafts:
        statement = statement.where(Challenge.published_at.is_not(None))
    now = clock.now()
    rows = db.session.scalars(statement.order_by(Challenge.ends_at, Challenge.id)).all()
    return sorted(rows, key=lambda row: row.is_over(now))


def count_in(section: Section) -> int:
    """How many challenges students of a section see."""
    return db.session.scalars(
        select(func.count())
        .select_from(Challenge)
        .where(Challenge.section_id == section.id, Challenge.published_at.is_not(None))
    ).one()


def has_challenges() -> ColumnElement[bool]:
    """Whether a section that ``person_id`` takes has a challenge that can be worked on now."""
    return exists().where(
        Enrolment.person_id == bindparam("person_id"),
        Enrolment.withdrawn_at.is_(None),
        Challenge.section_id == Enrolment.section_id,
        Challenge.published_at.is_not(None),
        Challenge.opens_at <= NOW,
        Challenge.ends_at > NOW,
        Challenge.ended_at.is_(None),
    )


def challenges_at_home(section_ids: Sequence[uuid.UUID]) -> Sequence[Challenge]:
    """Those that can be worked on now, what ends first stands first."""
    if not section_ids:
        return []
    now = clock.now()
    return db.session.scalars(
        select(Challenge)
        .where(
            Challenge.section_id.in_(section_ids),
            Challenge.published_at.is_not(None),
            Challenge.opens_at <= now,
            Challenge.ends_at > now,
            Challenge.ended_at.is_(None),
        )
        .order_by(Challenge.ends_at, Challenge.id)
        .options(
            load_only(Challenge.section_id, Challenge.slug, Challenge.title, Challenge.ends_at)
        )
    ).all()


def sets_of(challenge: Challenge) -> list[DataSet]:
    """Its open data sets, in the order in which they are named."""
    found = datasets.sets_named(challenge.data)
    return [found[address] for address in challenge.data if address in found]


def shows(challenge: Challenge) -> list[tuple[ShownSkill, Skill | None]]:
    """The skills it shows, as it names them; None: no framework knows it."""
    named = skills_in(challenge.skills)
    known = skills.resolve({one.key for one in named})
    return [(one, known.get(one.key)) for one in named]


def run_of(challenge: Challenge) -> ChallengeRun | None:
    """The newest time that everything was scored again."""
    return db.session.scalar(
        select(ChallengeRun)
        .where(ChallengeRun.challenge_id == challenge.id)
        .order_by(ChallengeRun.asked_at.desc(), ChallengeRun.id.desc())
        .limit(1)
        .options(joinedload(ChallengeRun.asked_by))
    )
