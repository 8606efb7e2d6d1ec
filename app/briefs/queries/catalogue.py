"""The list in which students look for projects and internships."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, exists, not_, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from app.accounts.models import Organisation, Person
from app.briefs.models import Brief, BriefVersion, RequiredSkill
from app.briefs.queries.finding import holds, open_condition
from app.briefs.queries.supply import levels_of
from app.briefs.rules import Kind, Pay, Place
from app.evidence.models import Evidence
from app.kernel.database import db
from app.kernel.i18n import LOCALES
from app.kernel.paging import Listed, one_page
from app.skills.models import Skill

__all__ = ["Asked", "Found", "catalogue", "my_levels"]

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the list is narrowed to; empty: everything."""

    search: str = ""
    kind: str = ""
    industry: str = ""
    county: str = ""
    place: str = ""
    paid: bool = False
    mine: bool = False
    """Only those whose required skills the reader shows."""
    company: str = ""
    """The short name of an organisation."""
    sort: str = "deadline"
    """``deadline``, ``new``, ``title``."""
    page: int | None = 1


@dataclass(frozen=True)
class Found:
    """A brief in the list, with how many of its required skills the reader shows."""

    brief: Brief
    version: BriefVersion
    required_count: int
    shown_count: int | None
    """None: nobody knows who is reading."""

    @property
    def is_whole(self) -> bool:
        return self.shown_count == self.required_count


def my_levels(person: Person | None) -> Mapping[uuid.UUID, int]:
    """Skill → the level that PERSON shows now."""
    if person is None:
        return {}
    asked = select(Evidence.skill_id).where(Evidence.person_id == person.id).distinct()
    return levels_of([person.id], db.session.scalars(asked).all()).get(person.id, {})


def catalogue(person: Person | None, asked: Asked) -> Listed[Found]:
    """Briefs that take applications now, as PERSON (None: anybody) finds them.

    A constant number of statements.
    """
    levels = my_levels(person)
    if asked.mine and person is None:
        asked = replace(asked, mine=False)
    statement = (
        select(Brief, BriefVersion)
        .join(Brief.organisation)
        .join(BriefVersion, holds())
        .where(open_condition(), *_narrowed(asked, levels))
        .options(
            contains_eager(Brief.organisation),
            selectinload(BriefVersion.skills)
            .joinedload(RequiredSkill.skill)
            .joinedload(Skill.framework),
        )
        .order_by(*_order(asked.sort), Brief.id)
    )
    statement, total, page = one_page(statement, asked.page, PAGE)
    rows = [
        _found(brief, version, levels if person is not None else None)
        for brief, version in db.session.execute(statement).unique()
    ]
    return Listed(rows, total, page, PAGE)


def _found(brief: Brief, version: BriefVersion, levels: Mapping[uuid.UUID, int] | None) -> Found:
    required = [row for row in version.skills if row.is_required]
    if levels is None:
        return Found(brief, version, len(required), None)
    shown = sum(1 for row in required if levels.get(row.skill_id, 0) >= row.level)
    return Found(brief, version, len(required), shown)


def _narrowed(asked: Asked, levels: Mapping[uuid.UUID, int]) -> list[Any]:
    conditions: list[Any] = []
    for word in asked.search.split()[:8]:
        texts = [
            column[code].astext
            for column in (BriefVersion.title, BriefVersion.outcome, Organisation.name)
            for code in LOCALES
        ]
        named = exists().where(
            RequiredSkill.version_id == BriefVersion.id,
            Skill.id == RequiredSkill.skill_id,
            or_(*(Skill.title[code].astext.icontains(word, autoescape=True) for code in LOCALES)),
        )
        conditions.append(or_(*(text.icontains(word, autoescape=True) for text in texts), named))
    if asked.kind in set(Kind):
        conditions.append(Brief.kind == Kind(asked.kind))
    if asked.industry:
        conditions.append(BriefVersion.industry == asked.industry)
    if asked.county:
        conditions.append(BriefVersion.county == asked.county)
    if asked.place in set(Place):
        conditions.append(BriefVersion.place == Place(asked.place))
    if asked.company:
        conditions.append(Organisation.slug == asked.company)
    if asked.paid:
        conditions.append(BriefVersion.pay != Pay.NONE)
    if asked.mine:
        conditions.append(~_missing(levels))
    return conditions


def _missing(levels: Mapping[uuid.UUID, int]) -> Any:
    """A skill is required that LEVELS do not reach."""
    have = [
        and_(RequiredSkill.skill_id == skill_id, RequiredSkill.level <= level)
        for skill_id, level in levels.items()
    ]
    condition = and_(RequiredSkill.version_id == BriefVersion.id, RequiredSkill.is_required)
    if have:
        condition = and_(condition, not_(or_(*have)))
    return exists().where(condition)


def _order(sort: str) -> Sequence[Any]:
    match sort:
        case "new":
            return [Brief.published_at.desc()]
        case "title":
            return [BriefVersion.title["zh-Hant-TW"].astext]
        case _:
            return [BriefVersion.apply_until]
