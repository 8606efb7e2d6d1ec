"""Finding documents, always through somebody's keys."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.kernel.database import db
from app.kernel.i18n import current_locale
from app.kernel.localized import LocalizedText
from app.kernel.paging import page_count, page_within
from app.search import rules
from app.search.policies import Keys
from app.search.queries import statements
from app.search.rules import Question
from app.search.rules.excerpts import beginning

PAGE = 20
MOST_COURSES = 12


@dataclass(frozen=True)
class Hit:
    """A document as it is listed; texts are marked and escaped."""

    kind: str
    kind_label: str
    title: Markup
    language: str
    """Of the title."""
    url: str
    excerpt: Markup
    excerpt_language: str
    course: str | None


@dataclass(frozen=True)
class Facet:
    """A way to narrow the hits, and how many would be left."""

    name: str
    label: str
    count: int


@dataclass(frozen=True)
class Found:
    question: Question
    hits: tuple[Hit, ...] = ()
    total: int = 0
    page: int = 1
    kinds: tuple[Facet, ...] = ()
    courses: tuple[Facet, ...] = ()

    @property
    def pages(self) -> int:
        return page_count(self.total, PAGE)


def find(
    keys: Keys, question: Question, *, kind: str = "", course: str = "", page: int = 1
) -> Found:
    """A page of what is found with KEYS, the best first, and how it could be narrowed.

    Titles go before headings, headings before bodies; among equals what is written in the
    reader's language goes first.
    """
    if not question:
        return Found(question)
    stems = _stems(question.words)
    bound = statements.values(keys, question, rules.ts_query(question, stems))
    shape = statements.shape_of(keys, question)
    facets = db.session.execute(statements.counts(shape), bound).all()
    chosen = [
        row
        for row in facets
        if (not kind or row.kind == kind) and (not course or row.course == course)
    ]
    total = sum(row.amount for row in chosen)
    page = page_within(page, total, PAGE)
    rows: Sequence[Any] = ()
    if total:
        shape = statements.shape_of(keys, question, kind, course)
        bound |= statements.page_values(kind, course, PAGE, (page - 1) * PAGE)
        rows = db.session.execute(statements.page_of_hits(shape), bound).all()
    return Found(
        question,
        tuple(_hit(row, keys, question, stems) for row in rows),
        total,
        page,
        _kind_facets(facets, course),
        _course_facets(facets, kind),
    )


def _stems(words: Sequence[str]) -> dict[str, list[str]]:
    """What English makes of WORDS; stop words become nothing."""
    if not words:
        return {}
    rows = db.session.execute(statements.stems(), {"words": list(words)})
    return {word: list(stems or ()) for word, stems in rows}


def _hit(row: Any, keys: Keys, question: Question, stems: Mapping[str, Sequence[str]]) -> Hit:
    title: LocalizedText = row.title
    shown, language = _excerpt(row.texts, question, stems)
    return Hit(
        kind=row.kind,
        kind_label=rules.label_of(row.kind),
        title=rules.marked(str(title), question, stems),
        language=title.language(),
        url=keys.address(row.path, row.audience),
        excerpt=shown,
        excerpt_language=language,
        course=row.course,
    )


def _excerpt(
    texts: Mapping[str, str], question: Question, stems: Mapping[str, Sequence[str]]
) -> tuple[Markup, str]:
    """What to show of TEXTS and its language: the reader's if the words stand there."""
    mine = current_locale()
    order = sorted(texts, key=lambda code: code != mine)
    for code in order:
        found = rules.excerpt(texts[code], question, stems)
        if found is not None:
            return found, code
    return (beginning(texts[order[0]]), order[0]) if order else (Markup(""), mine)


def _kind_facets(rows: Sequence[Any], course: str) -> tuple[Facet, ...]:
    counts: Counter[str] = Counter()
    for row in rows:
        if not course or row.course == course:
            counts[row.kind] += row.amount
    known = [kind.name for kind in rules.kinds()]
    names = sorted(
        counts, key=lambda name: (name not in known, known.index(name) if name in known else 0)
    )
    return tuple(Facet(name, rules.label_of(name), counts[name]) for name in names)


def _course_facets(rows: Sequence[Any], kind: str, most: int = MOST_COURSES) -> tuple[Facet, ...]:
    counts: Counter[str] = Counter()
    titles: dict[str, str] = {}
    for row in rows:
        if row.course and (not kind or row.kind == kind):
            counts[row.course] += row.amount
            if row.title is not None:
                titles[row.course] = str(row.title)
    shown = counts.most_common(most)
    return tuple(Facet(slug, titles.get(slug, slug), count) for slug, count in shown)
