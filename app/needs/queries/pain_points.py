"""Pain points as somebody may see them: found, ranked by reach, resembling, as a brief begins."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, false, func, or_, select, true
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.accounts.models import Organisation, Person
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.localized import LocalizedText
from app.kernel.paging import Listed, one_page
from app.needs import policies, rules
from app.needs.models import Interview, PainPoint
from app.needs.rules import Measure, Reach

NOT_SAID = Reach(companies=0, people=0, records=0)


@dataclass(frozen=True)
class Ranked:
    """A pain point in the list, with its reach; to companies only their own part of it is told."""

    pain_point: PainPoint
    reach: Reach


@dataclass(frozen=True)
class Resembling:
    pain_point: PainPoint
    similarity: float
    """0 to 1, ``rules.similarity``."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a list is narrowed to; empty: everything."""

    search: str = ""
    industry: str = ""
    technology: str = ""
    county: str = ""
    measure: str = ""
    state: str = ""
    """``merged``: only those; empty: only those that stand for themselves."""
    sort: str = "reach"
    """``reach``, ``number``, ``title``, ``changed``."""
    direction: str = "desc"
    page: int | None = field(default=1)


def visible_to(person: Person) -> ColumnElement[bool]:
    """On a statement that joins Interview: which records PERSON may see."""
    if policies.steers(person):
        return true()
    hers = [
        column.in_(ids)
        for column, ids in (
            (Interview.organisation_id, policies.companies_of(person, approved=True)),
            (Interview.recorded_for_id, policies.recorders_of(person)),
        )
        if ids
    ]
    return or_(*hers) if hers else false()


def pain_points_open_to(person: Person) -> Sequence[PainPoint]:
    """The pain points that PERSON may make a brief of, the newest first: those of her companies;
    officers all of companies that have signed up."""
    statement = _seen_by(person).order_by(PainPoint.number.desc())
    if policies.steers(person):
        statement = statement.where(Interview.organisation_id.is_not(None))
    else:
        statement = statement.where(Interview.organisation_id.in_(policies.companies_of(person)))
    return db.session.scalars(statement).all()


def pain_point(person: Person, pain_point_id: uuid.UUID) -> PainPoint:
    """One that PERSON may see. Raises NotVisible."""
    found = db.session.scalar(_seen_by(person).where(PainPoint.id == pain_point_id))
    if found is None:
        raise NotVisible(str(pain_point_id))
    return found


def prefill(pain_point: PainPoint) -> dict[str, Any]:
    """What a brief takes over from PAIN_POINT, so that nothing is typed twice.

    ``pain_point_id``, ``organisation_id`` (None while the company has not signed up), ``title``,
    ``context`` and ``outcome`` (LocalizedText; the last one None without a target), ``industry``
    (of ``kernel.industries``), ``industries``, ``county`` (of ``kernel.counties``), ``place``,
    ``process``, ``measure`` (``rules.Measure``), ``now_value``, ``target_value`` (Decimal or None),
    ``unit``, ``technologies`` (keys of ``rules.TECHNOLOGIES``), ``figures`` (label, value, unit).
    """
    interview = pain_point.interview
    return {
        "pain_point_id": pain_point.id,
        "organisation_id": interview.organisation_id,
        "title": pain_point.title,
        "context": _context(pain_point),
        "outcome": rules.outcome(
            pain_point.measure, pain_point.now_value, pain_point.target_value, pain_point.unit
        ),
        "industry": interview.industry,
        "industries": list(pain_point.industries),
        "county": interview.county,
        "place": interview.place,
        "process": pain_point.process,
        "measure": pain_point.measure,
        "now_value": pain_point.now_value,
        "target_value": pain_point.target_value,
        "unit": pain_point.unit,
        "technologies": list(pain_point.technologies),
        "figures": [(row.label, row.value, row.unit) for row in interview.figures],
    }


def _context(pain_point: PainPoint) -> LocalizedText:
    """The description in the languages it has, with how the work is done today."""
    told = pain_point.description or LocalizedText({})
    process = pain_point.interview.process
    languages = list(told) or list(pain_point.title) or ["zh-Hant-TW"]
    return LocalizedText(
        {code: "\n\n".join(filter(None, (told.get(code, ""), process))) for code in languages}
    )


def _seen_by(person: Person) -> Select[PainPoint]:
    return (
        select(PainPoint)
        .join(PainPoint.interview)
        .where(PainPoint.removed_at.is_(None), Interview.removed_at.is_(None), visible_to(person))
        .options(
            contains_eager(PainPoint.interview).options(
                joinedload(Interview.organisation), joinedload(Interview.recorded_for)
            )
        )
    )


def ranked(person: Person, asked: Asked) -> Listed[Ranked]:
    """What PERSON may see as ASKED, with the reach of each."""
    reach = _reach()
    statement = _seen_by(person).outerjoin(reach, reach.c.head_id == PainPoint.head_id)
    if asked.state == "merged":
        statement = statement.where(PainPoint.merged_into_id.is_not(None))
    elif policies.steers(person):  # others see all of theirs: what it stands behind is not theirs
        statement = statement.where(PainPoint.merged_into_id.is_(None))
    statement = _narrowed(statement, asked)
    statement = statement.add_columns(reach.c.companies, reach.c.people, reach.c.records)
    columns = {
        "reach": (reach.c.companies, reach.c.people),
        "number": (PainPoint.number,),
        "title": (PainPoint.title["zh-Hant-TW"].astext,),
        "changed": (PainPoint.changed_at,),
    }.get(asked.sort, (reach.c.companies, reach.c.people))
    turned = [
        column.asc().nulls_last() if asked.direction == "asc" else column.desc().nulls_last()
        for column in columns
    ]
    statement = statement.order_by(*turned, PainPoint.number.desc())
    statement, total, page = one_page(statement, asked.page)
    rows = [
        Ranked(found, Reach(int(companies or 0), int(people or 0), int(records or 0)))
        for found, companies, people, records in db.session.execute(statement)
    ]
    return Listed(rows, total, page)


def _narrowed(statement: Any, asked: Asked) -> Any:
    if asked.search:
        words = asked.search
        if words.lstrip("#").isdigit():
            statement = statement.where(cast(PainPoint.number, String) == words.lstrip("#"))
        else:
            company = aliased(Organisation)
            statement = statement.outerjoin(company, company.id == Interview.organisation_id).where(
                or_(
                    *(
                        column.icontains(words, autoescape=True)
                        for column in (
                            PainPoint.title["zh-Hant-TW"].astext,
                            PainPoint.title["en"].astext,
                            PainPoint.description["zh-Hant-TW"].astext,
                            PainPoint.description["en"].astext,
                            PainPoint.process,
                            Interview.company_name,
                            company.name["zh-Hant-TW"].astext,
                            company.name["en"].astext,
                        )
                    )
                )
            )
    if asked.industry:
        statement = statement.where(PainPoint.industries.contains([asked.industry]))
    if asked.technology:
        statement = statement.where(PainPoint.technologies.contains([asked.technology]))
    if asked.county:
        statement = statement.where(Interview.county == asked.county)
    if asked.measure in set(Measure):
        statement = statement.where(PainPoint.measure == Measure(asked.measure))
    return statement


def _reach() -> Any:
    """By head: how many companies and people all its records tell of. A company that told it twice
    counts once, with the larger of its numbers."""
    company = func.coalesce(
        cast(Interview.organisation_id, String),
        func.coalesce(Interview.tax_id, func.lower(Interview.company_name)),
    )
    each = (
        select(
            PainPoint.head_id,
            func.max(PainPoint.company_count).label("companies"),
            func.max(PainPoint.people_count).label("people"),
            func.count().label("records"),
        )
        .join(Interview, Interview.id == PainPoint.interview_id)
        .where(PainPoint.removed_at.is_(None), Interview.removed_at.is_(None))
        .group_by(PainPoint.head_id, company)
        .subquery()
    )
    return (
        select(
            each.c.head_id,
            func.sum(each.c.companies).label("companies"),
            func.sum(each.c.people).label("people"),
            func.sum(each.c.records).label("records"),
        )
        .group_by(each.c.head_id)
        .subquery()
    )


def reach_of(pain_point: PainPoint) -> Reach:
    """How far PAIN_POINT, or the one that it was merged into, goes."""
    reach = _reach()
    row = db.session.execute(
        select(reach.c.companies, reach.c.people, reach.c.records).where(
            reach.c.head_id == pain_point.head_id
        )
    ).one_or_none()
    if row is None:
        return NOT_SAID
    return Reach(companies=int(row[0]), people=int(row[1] or 0), records=int(row[2]))


def merged_into(person: Person, head: PainPoint) -> Sequence[PainPoint]:
    """The records that stand behind HEAD and that PERSON may see, the first one told first."""
    return db.session.scalars(
        _seen_by(person)
        .where(PainPoint.head_id == head.id, PainPoint.id != head.id)
        .order_by(PainPoint.number)
    ).all()


def head_of(person: Person, pain_point: PainPoint) -> PainPoint | None:
    """The one that PAIN_POINT counts as, when it is another one and PERSON may see it."""
    if pain_point.is_head:
        return None
    return db.session.scalar(_seen_by(person).where(PainPoint.id == pain_point.head_id))


MOST_RESEMBLING = 8
CANDIDATES = 60


def resembling(person: Person, pain_point: PainPoint) -> list[Resembling]:
    """What PERSON may see that could be the same as PAIN_POINT, the most alike first; at most 8."""
    return alike(person, pain_point.grams, but=pain_point.head_id)


def alike(
    person: Person, grams: Sequence[str], *, but: uuid.UUID | None = None
) -> list[Resembling]:
    """As ``resembling``, for words that are only being written."""
    if not grams:
        return []
    wanted = list(grams)
    unnested = select(func.unnest(PainPoint.grams).label("gram")).correlate(PainPoint).subquery()
    shared = select(func.count()).where(unnested.c.gram == func.any(wanted)).scalar_subquery()
    statement = (
        _seen_by(person)
        .where(PainPoint.merged_into_id.is_(None), PainPoint.grams.overlap(wanted))
        .add_columns(PainPoint.grams)
        .order_by(shared.desc(), PainPoint.number)
        .limit(CANDIDATES)
    )
    if but is not None:
        statement = statement.where(PainPoint.id != but)
    found = [
        Resembling(row, rules.similarity(wanted, theirs))
        for row, theirs in db.session.execute(statement)
    ]
    close = [row for row in found if row.similarity >= rules.SIMILAR_FROM]
    return sorted(close, key=lambda row: -row.similarity)[:MOST_RESEMBLING]


MOST_PAIRS = 50
COMMON_GRAMS = 150
"""What more pain points than this have in common says nothing about any two of them."""


def pairs_alike(person: Person) -> list[tuple[PainPoint, PainPoint, float]]:
    """Pairs of what stands for itself and resembles each other, the most alike first; at most 50.

    The older one comes first. Two statements, however many there are.
    """
    rows = db.session.execute(
        select(PainPoint.id, PainPoint.grams)
        .join(PainPoint.interview)
        .where(
            PainPoint.removed_at.is_(None),
            Interview.removed_at.is_(None),
            PainPoint.merged_into_id.is_(None),
            visible_to(person),
        )
        .order_by(PainPoint.number)
    ).all()
    close = rules.alike_pairs([row.grams for row in rows], common=COMMON_GRAMS)[:MOST_PAIRS]
    wanted = {rows[at].id for one, other, _how in close for at in (one, other)}
    found = {
        row.id: row for row in db.session.scalars(_seen_by(person).where(PainPoint.id.in_(wanted)))
    }
    return [(found[rows[one].id], found[rows[other].id], how) for one, other, how in close]


def gap_of(pain_point: PainPoint) -> Decimal | None:
    """How far the target is from today, as a share of today (0.4: 40 % of it); None: not said."""
    now, target = pain_point.now_value, pain_point.target_value
    if now is None or target is None or now == 0:
        return None
    return abs(target - now) / abs(now)
