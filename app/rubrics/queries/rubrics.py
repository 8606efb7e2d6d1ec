"""Rubrics and their versions, through the person who looks."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import joinedload

from app.accounts.models import Organisation, Person
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.i18n import LOCALES, current_locale
from app.kernel.paging import Listed, one_page
from app.rubrics import policies
from app.rubrics.models import Rubric, RubricVersion
from app.rubrics.rules import Visibility

PAGE_SIZE = 30


@dataclass(frozen=True)
class RubricRow:
    """A rubric as the list shows it."""

    rubric: Rubric
    version: RubricVersion | None
    """The newest one."""


def in_order_of_reading(column: Any) -> ColumnElement[str]:
    """A localized column as the text that the reader sees."""
    codes = [current_locale(), *(code for code in LOCALES if code != current_locale())]
    return func.coalesce(*(_in(column, code) for code in codes), "")


def _in(column: Any, code: str) -> ColumnElement[str]:
    return type_coerce(column, JSONB)[code].astext


def contains(column: Any, words: str) -> ColumnElement[bool]:
    """Whether a localized column holds WORDS in any language."""
    texts = (_in(column, code) for code in LOCALES)
    return or_(*(text.icontains(words, autoescape=True) for text in texts))


def rubrics(
    person: Person,
    *,
    search: str = "",
    whose: str = "",
    state: str = "",
    sort: str = "changed",
    descending: bool = True,
    page: int | None = 1,
) -> Listed[RubricRow]:
    """What PERSON finds. WHOSE: ``mine``, ``organisation``, ``everybody`` or empty for all;
    STATE: ``draft`` (not published yet), ``archived`` or empty for what is in use."""
    mine = Rubric.owner_id == person.id
    schools = and_(
        Rubric.visibility == Visibility.ORGANISATION,
        Rubric.organisation_id.in_(policies.organisations_of(person)),
    )
    everybodys = Rubric.visibility == Visibility.EVERYBODY
    shared = and_(Rubric.version_number > 0, Rubric.archived_at.is_(None))
    seen = {
        "mine": mine,
        "organisation": and_(shared, schools),
        "everybody": and_(shared, everybodys),
    }.get(whose, or_(mine, and_(shared, or_(schools, everybodys))))
    statement = (
        select(Rubric, RubricVersion)
        .outerjoin(
            RubricVersion,
            and_(
                RubricVersion.rubric_id == Rubric.id,
                RubricVersion.number == Rubric.version_number,
            ),
        )
        .join(Rubric.owner)
        .where(seen)
        .options(joinedload(Rubric.owner), joinedload(Rubric.organisation))
    )
    if state == "archived":
        statement = statement.where(Rubric.archived_at.is_not(None))
    else:
        statement = statement.where(Rubric.archived_at.is_(None))
    if state == "draft":
        statement = statement.where(Rubric.version_number == 0)
    if search:
        statement = statement.where(
            or_(
                contains(Rubric.title, search),
                contains(RubricVersion.document["description"], search),
                Person.name.icontains(search, autoescape=True),
            )
        )
    columns: dict[str, Any] = {
        "title": in_order_of_reading(Rubric.title),
        "points": func.coalesce(RubricVersion.maximum, 0),
        "owner": Person.name,
    }
    column = columns.get(sort, Rubric.changed_at)
    order = column.desc() if descending else column.asc()
    chosen, total, at = one_page(statement.order_by(order, Rubric.id), page, PAGE_SIZE)
    rows = [RubricRow(rubric, version) for rubric, version in db.session.execute(chosen)]
    return Listed(rows, total, at, PAGE_SIZE)


def rubric_visible_to(person: Person, rubric_id: uuid.UUID) -> Rubric:
    """Raises NotVisible."""
    found = db.session.scalar(
        select(Rubric)
        .where(Rubric.id == rubric_id)
        .options(joinedload(Rubric.owner), joinedload(Rubric.organisation))
    )
    if found is None or not policies.can_read(person, found):
        raise NotVisible(str(rubric_id))
    return found


def rubric_edited_by(person: Person, rubric_id: uuid.UUID) -> Rubric:
    """Raises NotVisible."""
    found = rubric_visible_to(person, rubric_id)
    if not policies.can_edit(person, found):
        raise NotVisible(str(rubric_id))
    return found


def versions_of(rubric: Rubric) -> Sequence[RubricVersion]:
    """All versions, the newest first."""
    return db.session.scalars(
        select(RubricVersion)
        .where(RubricVersion.rubric_id == rubric.id)
        .order_by(RubricVersion.number.desc())
        .options(joinedload(RubricVersion.by))
    ).all()


def version_of(rubric: Rubric, number: int | None = None) -> RubricVersion | None:
    """Version NUMBER of RUBRIC; without a number the newest."""
    return db.session.scalar(
        select(RubricVersion).where(
            RubricVersion.rubric_id == rubric.id,
            RubricVersion.number == (rubric.version_number if number is None else number),
        )
    )


def newest_version(rubric_id: uuid.UUID) -> RubricVersion | None:
    return db.session.scalar(
        select(RubricVersion)
        .where(RubricVersion.rubric_id == rubric_id)
        .order_by(RubricVersion.number.desc())
        .limit(1)
    )


def version_by_id(version_id: uuid.UUID) -> RubricVersion:
    """For rooms above, which know who may see it. Raises NotVisible."""
    found = db.session.get(RubricVersion, version_id)
    if found is None:
        raise NotVisible(str(version_id))
    return found


def version_attachable_by(person: Person, version_id: uuid.UUID) -> RubricVersion:
    """A version of a rubric that PERSON finds. Raises NotVisible."""
    found = version_by_id(version_id)
    if not policies.can_read(person, found.rubric):
        raise NotVisible(str(version_id))
    return found


def attachable_versions(person: Person) -> list[RubricVersion]:
    """The newest version of every rubric that PERSON finds, by title: what she may attach."""
    found = rubrics(person, sort="title", descending=False, page=None)
    return [row.version for row in found.rows if row.version is not None]


def organisations_to_share_with(person: Person) -> Sequence[Organisation]:
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.id.in_(policies.organisations_of(person)))
        .order_by(Organisation.slug)
    ).all()
