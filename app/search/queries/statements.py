"""The statements of the search, each built once for its shape; who asks only binds her values.

Every statement about what was asked for takes its condition from ``_visible``, counts as well as
hits, and is executed with ``values``.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import aliased

from app.kernel.i18n import current_locale
from app.search.models import SearchDocument
from app.search.policies import Keys
from app.search.rules import Question

_BY_LENGTH = 1
"""Ranks are divided by 1 + the logarithm of the document's length."""
_WEIGHTS: ColumnElement[Any] = literal_column("'{0.1, 0.2, 0.4, 1.0}'::real[]")
_TITLE: ColumnElement[Any] = literal_column("""'{a}'::"char"[]""")
_HEADINGS: ColumnElement[Any] = literal_column("""'{a,b}'::"char"[]""")
_WANTED: ColumnElement[Any] = cast(bindparam("wanted", type_=Text), TSQUERY)


@dataclass(frozen=True)
class Shape:
    """What tells one statement from another: which conditions it has, not their values."""

    exact: int
    """How many phrases have to stand there letter by letter."""
    sealed: bool
    kind: bool = False
    course: bool = False


def shape_of(keys: Keys, question: Question, kind: str = "", course: str = "") -> Shape:
    return Shape(len(question.exact), bool(keys.sealed), bool(kind), bool(course))


def values(keys: Keys, question: Question, wanted: str) -> dict[str, Any]:
    """What every statement is executed with; WANTED is a ``tsquery`` in its written form."""
    bound: dict[str, Any] = {"wanted": wanted, "places": list(keys.places)}
    if keys.sealed:
        bound["sealed"] = sorted(keys.sealed)
    return bound | {f"exact_{number}": words for number, words in enumerate(question.exact)}


def _opened(document: Any = SearchDocument) -> ColumnElement[bool]:
    opened: ColumnElement[bool] = document.audience.overlap(
        cast(bindparam("places", type_=ARRAY(Text)), ARRAY(Text))
    )
    return opened


def _visible(shape: Shape) -> ColumnElement[bool]:
    conditions = [SearchDocument.vector.bool_op("@@")(_WANTED), _opened()]
    if shape.sealed:
        sealed = cast(bindparam("sealed", type_=ARRAY(Text)), ARRAY(Text))
        conditions.append(SearchDocument.key != func.all(sealed))
    conditions += [
        func.strpos(SearchDocument.plain, bindparam(f"exact_{number}", type_=Text)) > 0
        for number in range(shape.exact)
    ]
    return and_(*conditions)


@cache
def counts(shape: Shape) -> Any:
    """How many documents of each kind in each course (kind, course, amount), and the course's title
    (``title``) where she may know of the course."""
    found = (
        select(SearchDocument.kind, SearchDocument.course, func.count().label("amount"))
        .where(_visible(shape))
        .group_by(SearchDocument.kind, SearchDocument.course)
        .cte("found")
    )
    course = aliased(SearchDocument)
    known = and_(course.key == func.concat("course:", found.c.course), _opened(course))
    return select(found.c.kind, found.c.course, found.c.amount, course.title).outerjoin(
        course, known
    )


@cache
def page_of_hits(shape: Shape) -> Any:
    """The hits of a page, the best first; to be bound: ``locale``, ``most``, ``skipped`` and, as
    SHAPE says, ``kind`` and ``course``."""
    vector = SearchDocument.vector
    tier = case(
        (func.ts_filter(vector, _TITLE).bool_op("@@")(_WANTED), 2),
        (func.ts_filter(vector, _HEADINGS).bool_op("@@")(_WANTED), 1),
        else_=0,
    )
    written = SearchDocument.texts.has_key(bindparam("locale", type_=Text))
    mine = case((written, 1.5), else_=1.0)
    conditions = [_visible(shape)]
    if shape.kind:
        conditions.append(SearchDocument.kind == bindparam("kind"))
    if shape.course:
        conditions.append(SearchDocument.course == bindparam("course"))
    best = (
        select(
            SearchDocument.id,
            tier.label("tier"),
            (func.ts_rank(_WEIGHTS, vector, _WANTED, _BY_LENGTH) * mine).label("rank"),
        )
        .where(*conditions)
        .order_by(text("tier DESC"), text("rank DESC"), SearchDocument.id)
        .limit(bindparam("most"))
        .offset(bindparam("skipped"))
        .cte("best")
    )
    # Long texts are read for the page alone.
    return (
        select(
            SearchDocument.kind,
            SearchDocument.title,
            SearchDocument.path,
            SearchDocument.audience,
            SearchDocument.course,
            SearchDocument.texts,
        )
        .join(best, best.c.id == SearchDocument.id)
        .order_by(best.c.tier.desc(), best.c.rank.desc(), SearchDocument.id)
    )


def page_values(kind: str, course: str, most: int, skipped: int) -> dict[str, Any]:
    """What ``page_of_hits`` is bound to beside ``values``."""
    chosen = {name: value for name, value in (("kind", kind), ("course", course)) if value}
    return {"locale": current_locale(), "most": most, "skipped": skipped, **chosen}


@cache
def stems() -> Any:
    """(word, what English makes of it) for each of ``words``; stop words become nothing."""
    asked = func.unnest(cast(bindparam("words", type_=ARRAY(Text)), ARRAY(Text)))
    word = asked.column_valued("word")
    return select(word, func.ts_lexize(literal_column("'english_stem'"), word, type_=ARRAY(Text)))
