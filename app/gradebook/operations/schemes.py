"""Saying how a section is graded: versions, manual columns, copies; and what a change would do."""

import uuid
from dataclasses import dataclass, replace
from decimal import Decimal

from quicktions import Fraction
from sqlalchemy import select

from app.accounts.models import Person
from app.gradebook import policies, queries
from app.gradebook.models import GradingScheme, ManualColumn
from app.gradebook.operations.computing import recompute, recompute_by_scheme
from app.gradebook.operations.locking import hold_section
from app.gradebook.queries import Book
from app.gradebook.rules import Item, Scheme, compute, dump, parse, problems_of
from app.gradebook.rules.fitting import fitted
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning.models import Section

__all__ = [
    "Difference", "NothingChanged", "OthersWereFaster", "SchemeRefused", "add_column",
    "copied_scheme", "differences", "remove_column", "save_scheme",
]  # fmt: skip


class SchemeRefused(Refused):
    """The scheme has problems; ``rules.problems_of`` names them."""

    message = _l("This cannot be used for grading yet: see what is marked.")


class NothingChanged(Refused):
    message = _l("This is how the section is graded already.")


class OthersWereFaster(Refused):
    message = _l(
        "Somebody else saved another version meanwhile. What you typed is still here: look at the "
        "newest version, then save again to put yours in its place."
    )


@operation
def save_scheme(
    actor: Person, book: Book, scheme: Scheme, *, note: str, seen_number: int
) -> GradingScheme:
    """Grade the section of BOOK by SCHEME from now on; everybody's grade follows at once.

    SEEN_NUMBER is the version that was changed (0: the default). Raises SchemeRefused,
    NothingChanged, OthersWereFaster. That ACTOR may is for the caller to know.
    """
    if problems_of(scheme):
        raise SchemeRefused
    section = book.section
    hold_section(section.id)
    newest = queries.book_of(section)
    if newest.number != seen_number:
        raise OthersWereFaster
    document = dump(scheme)
    if newest.version is not None and newest.version.document == document:
        raise NothingChanged
    made = GradingScheme(
        section_id=section.id,
        number=newest.number + 1,
        document=document,
        note=note.strip()[:500],
        by_id=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor.id, "grading_scheme.saved", "section", section.id, number=made.number)
    recompute_by_scheme(newest, queries.book_of(section))
    return made


@operation
def add_column(
    actor: Person, book: Book, *, title: str, points: Decimal, category: str
) -> ManualColumn:
    """A new column that people fill. With CATEGORY it counts there, in a new version of the scheme.

    While the default holds it counts like everything else.
    """
    hold_section(book.section.id)
    column = ManualColumn(
        section_id=book.section.id,
        title=title.strip()[:120],
        points=points,
        created_by_id=actor.id,
        created_at=clock.now(),
    )
    db.session.add(column)
    db.session.flush()
    audit.record(actor.id, "grade_column.added", "section", book.section.id, key=column.key)
    newest = queries.book_of(book.section)
    keys = {row.key for row in newest.scheme.categories}
    if newest.version is not None and category in keys:
        others = tuple(item for item in newest.scheme.items if item.key != column.key)
        scheme = replace(
            newest.scheme, items=(*others, Item(column.key, column.title, points, category))
        )
        save_scheme(actor, newest, scheme, note=column.title, seen_number=newest.number)
    else:
        recompute(newest)
    return column


@operation
def remove_column(actor: Person, book: Book, column_id: uuid.UUID) -> None:
    """Take a manual column away; what was given in it stays in the history. Raises NotVisible."""
    hold_section(book.section.id)
    column = db.session.get(ManualColumn, column_id)
    if column is None or column.section_id != book.section.id or column.removed_at is not None:
        raise NotVisible(str(column_id))
    column.removed_at = clock.now()
    db.session.flush()
    audit.record(actor.id, "grade_column.removed", "section", book.section.id, key=column.key)
    recompute(queries.book_of(book.section))


def copied_scheme(actor: Person, book: Book, source: Section) -> Scheme:
    """The scheme of SOURCE for the items of BOOK, not saved. Raises NotVisible.

    Manual columns are a section's own: those of the source are left out.
    """
    if not policies.can_see_grades(actor, source):
        raise NotVisible(source.code)
    version = db.session.scalar(
        select(GradingScheme)
        .where(GradingScheme.section_id == source.id)
        .order_by(GradingScheme.number.desc())
        .limit(1)
    )
    scheme = queries.book_of(source).scheme if version is None else parse(version.document)
    return fitted(scheme, book.gradables)


@dataclass(frozen=True)
class Difference:
    """What a change of the scheme would do to one person."""

    person_id: uuid.UUID
    before: Fraction | None
    after: Fraction | None

    @property
    def by(self) -> Fraction:
        """Percent points up (positive) or down; what has no grade counts as 0."""
        return (self.after or Fraction(0)) - (self.before or Fraction(0))


def differences(book: Book, scheme: Scheme) -> list[Difference]:
    """What SCHEME would change for everybody, the largest first; nothing is written."""
    with_quizzes = any(column.kind == "quiz" for column in book.columns)
    sources = queries.sources_of(book.section, None, with_quizzes=with_quizzes)
    now = clock.now()
    changed = replace(book, section=book.section)
    # The version's place is taken by what is not saved yet.
    changed.__dict__["scheme"] = scheme
    before = {done.person_id: done for done in queries.done_by(book, sources, now)}
    found = []
    for done in queries.done_by(changed, sources, now):
        was = compute(book.scheme, before[done.person_id].works).percent
        will = compute(scheme, done.works).percent
        if was != will:
            found.append(Difference(done.person_id, was, will))
    return sorted(found, key=lambda row: (-abs(row.by), str(row.person_id)))
