"""What counts for whom: dates, extensions and accommodations together."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.catalog.rules import ItemKind
from app.kernel.database import db
from app.learning import queries as learning
from app.learning.models import Extension, ItemPlan, Section
from app.learning.rules.due import terms_for
from app.quizzes.models import Accommodation
from app.quizzes.rules import Allowance, Settings, allowance_for

__all__ = ["Terms", "accommodations_of", "quiz_key", "terms_in"]

G = TypeVar("G", Extension, Accommodation)


def quiz_key(slug: str) -> str:
    """The item key of a quiz, as learning writes it."""
    return f"{ItemKind.QUIZ.value}:{slug}"


@dataclass(frozen=True)
class Terms:
    """Dates of an offering's items and what people of one section were granted."""

    section: Section
    plans: Mapping[str, ItemPlan]
    extensions: Mapping[uuid.UUID, Sequence[Extension]]
    accommodations: Mapping[uuid.UUID, Sequence[Accommodation]]

    def allowance(self, person_id: uuid.UUID, slug: str, settings: Settings) -> Allowance:
        """What counts for one person and quiz."""
        key = quiz_key(slug)
        plan = self.plans.get(key)
        usual = terms_for(
            key,
            plan.due_at if plan else None,
            plan.closes_at if plan else None,
            self.extensions.get(person_id, ()),
        )
        return allowance_for(
            slug,
            settings,
            usual.closes_at,
            self.accommodations.get(person_id, ()),
            time_factor=usual.time_factor,
        )

    def closed_for_all_at(self, slug: str, settings: Settings) -> datetime | None:
        """When the quiz closes for the last person of the section; None when it never does."""
        if self.section.closed_at is not None:
            return self.section.closed_at
        plan = self.plans.get(quiz_key(slug))
        if plan is None or plan.closes_at is None:
            return None
        people = {*self.extensions, *self.accommodations}
        ends = [self.allowance(person_id, slug, settings).closes_at for person_id in people]
        return max([plan.closes_at, *(end for end in ends if end is not None)])


def terms_in(section: Section, people: Collection[uuid.UUID] | None = None) -> Terms:
    """The terms of PEOPLE (default: everybody) in SECTION, in three statements."""
    return Terms(
        section,
        learning.plans_of([section.offering_id]).get(section.offering_id, {}),
        _granted(Extension, section, people),
        _granted(Accommodation, section, people),
    )


def _granted(
    kind: type[G], section: Section, people: Collection[uuid.UUID] | None
) -> dict[uuid.UUID, list[G]]:
    statement = select(kind).where(kind.section_id == section.id, kind.ended_at.is_(None))
    if people is not None:
        statement = statement.where(kind.person_id.in_(people))
    found: dict[uuid.UUID, list[G]] = {}
    for row in db.session.scalars(statement):
        found.setdefault(row.person_id, []).append(row)
    return found


def accommodations_of(section: Section, person: Person) -> Sequence[Accommodation]:
    """What PERSON was granted in SECTION, also what has ended, the newest first."""
    return db.session.scalars(
        select(Accommodation)
        .where(Accommodation.section_id == section.id, Accommodation.person_id == person.id)
        .order_by(Accommodation.granted_at.desc(), Accommodation.id)
        .options(joinedload(Accommodation.granted_by))
    ).all()
