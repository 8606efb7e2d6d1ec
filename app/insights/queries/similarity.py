"""Works to compare, and the pairs that somebody may see."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import Person
from app.gradebook import queries as gradebook
from app.gradebook.queries import Book, Column
from app.grading.models import Submission, SubmissionFile, SubmissionPerson
from app.insights import policies
from app.insights.models import SimilarityNote, SimilarityRun, SimilarPair
from app.insights.queries.items import book_seen_by
from app.insights.rules.documents import Piece, written_pieces
from app.kernel import blobs
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page
from app.labs import queries as labs
from app.labs.rules import FileRole
from app.learning.models import Enrolment, Section

__all__ = [
    "Side", "WorkToCompare", "lab_seen_by", "notes_of", "pair_seen_by", "pairs_of", "read",
    "released_to", "runs_of", "sections_compared", "sides_of", "works_to_compare",
]  # fmt: skip


@dataclass(frozen=True)
class WorkToCompare:
    """One submission, the newest of whoever handed it in, and what of it can be read."""

    submission_id: uuid.UUID
    lab_version_id: uuid.UUID
    team_id: uuid.UUID | None
    people: frozenset[uuid.UUID]
    files: Mapping[str, str]
    """Blobs by path."""

    def is_apart_from(self, other: "WorkToCompare") -> bool:
        """Not of the same person or team."""
        same_team = self.team_id is not None and self.team_id == other.team_id
        return not same_team and not self.people & other.people


@dataclass(frozen=True)
class Side:
    """One submission of a pair."""

    submission: Submission
    pieces: Sequence[Piece]

    @property
    def names(self) -> str:
        return ", ".join(row.person.name for row in self.submission.people)


def lab_seen_by(person: Person, code: str, slug: str) -> tuple[Book, Column]:
    """A lab of the section CODE for its staff. Raises NotVisible."""
    book = book_seen_by(person, code)
    column = book.by_key.get(f"lab:{slug}")
    if column is None:
        raise NotVisible(slug)
    return book, column


def sections_compared(person: Person, section: Section) -> list[Section]:
    """SECTION and those of the same offering whose works PERSON may see too."""
    return [
        row
        for row in gradebook.sections_beside(person, section)
        if policies.can_see_insights(person, row)
    ]


def works_to_compare(run: SimilarityRun) -> list[WorkToCompare]:
    """The newest work of everybody who takes the run's sections now, in three statements."""
    ids = [uuid.UUID(value) for value in run.section_ids]
    newest = (
        select(SubmissionPerson.submission_id)
        .join(
            Enrolment,
            and_(
                Enrolment.section_id == SubmissionPerson.section_id,
                Enrolment.person_id == SubmissionPerson.person_id,
                Enrolment.withdrawn_at.is_(None),
            ),
        )
        .where(SubmissionPerson.section_id.in_(ids), SubmissionPerson.lab_slug == run.lab_slug)
        .ext(distinct_on(SubmissionPerson.section_id, SubmissionPerson.person_id))
        .order_by(
            SubmissionPerson.section_id,
            SubmissionPerson.person_id,
            SubmissionPerson.number.desc(),
        )
        .subquery()
    )
    people: dict[uuid.UUID, set[uuid.UUID]] = {}
    for submission_id, person_id in db.session.execute(
        select(SubmissionPerson.submission_id, SubmissionPerson.person_id).where(
            SubmissionPerson.submission_id.in_(select(newest.c.submission_id))
        )
    ):
        people.setdefault(submission_id, set()).add(person_id)
    files: dict[uuid.UUID, dict[str, str]] = {}
    for submission_id, path, blob in db.session.execute(
        select(SubmissionFile.submission_id, SubmissionFile.path, SubmissionFile.blob).where(
            SubmissionFile.submission_id.in_(people), _is_code()
        )
    ):
        files.setdefault(submission_id, {})[path] = blob
    rows = db.session.execute(
        select(Submission.id, Submission.lab_version_id, Submission.team_id)
        .where(Submission.id.in_(people), Submission.is_trial.is_(False))
        .order_by(Submission.id)
    )
    return [
        WorkToCompare(row.id, row.lab_version_id, row.team_id, frozenset(people[row.id]),
                      files.get(row.id, {}))
        for row in rows
    ]  # fmt: skip


def _is_code() -> Any:
    return or_(SubmissionFile.path.endswith(".ipynb"), SubmissionFile.path.endswith(".py"))


def read(files: Mapping[str, str]) -> dict[str, bytes]:
    """The contents of FILES (blobs by path)."""
    return {path: blobs.get(blob) for path, blob in files.items()}


def released_to(version_ids: Collection[uuid.UUID]) -> Iterator[dict[str, bytes]]:
    """What students were given with each of these versions of a lab."""
    for version_id in version_ids:
        yield labs.files_of(labs.version(version_id), FileRole.RELEASE, FileRole.DATA)


def runs_of(section: Section, slug: str) -> tuple[SimilarityRun | None, SimilarityRun | None]:
    """(the newest finished run, the one under way), in one statement."""
    rows = db.session.scalars(
        select(SimilarityRun)
        .where(SimilarityRun.section_id == section.id, SimilarityRun.lab_slug == slug)
        .order_by(SimilarityRun.asked_at.desc())
        .options(joinedload(SimilarityRun.asked_by))
    ).all()
    finished = next((row for row in rows if row.finished_at is not None), None)
    return finished, next((row for row in rows if row.finished_at is None), None)


def _visible(statement: Any, viewer: Person, section: Section) -> Any:
    """Pairs with a work of SECTION, both of sections that VIEWER teaches, none of them her own."""
    first, second = aliased(Submission), aliased(Submission)
    seen = [row.id for row in sections_compared(viewer, section)]
    own = exists().where(
        SubmissionPerson.person_id == viewer.id,
        SubmissionPerson.submission_id.in_([SimilarPair.first_id, SimilarPair.second_id]),
    )
    return (
        statement.join(first, first.id == SimilarPair.first_id)
        .join(second, second.id == SimilarPair.second_id)
        .where(
            first.section_id.in_(seen),
            second.section_id.in_(seen),
            or_(first.section_id == section.id, second.section_id == section.id),
            ~own,
        )
    )


def _with_people() -> list[Any]:
    return [
        option
        for side in (SimilarPair.first, SimilarPair.second)
        for option in (
            joinedload(side).joinedload(Submission.section),
            joinedload(side).selectinload(Submission.people).joinedload(SubmissionPerson.person),
        )
    ]


def pairs_of(
    viewer: Person, section: Section, run: SimilarityRun, page: int
) -> tuple[Listed[SimilarPair], dict[uuid.UUID, int]]:
    """Pairs that VIEWER may see, the most alike first, and how many notes each has."""
    statement = _visible(select(SimilarPair), viewer, section).where(SimilarPair.run_id == run.id)
    statement = statement.order_by(SimilarPair.share.desc(), SimilarPair.id)
    statement, total, number = one_page(statement.options(*_with_people()), page)
    found = db.session.scalars(statement).all()
    counts = {
        pair_id: count
        for pair_id, count in db.session.execute(
            select(SimilarPair.id, func.count())
            .join(SimilarityNote, _same_works())
            .where(SimilarPair.id.in_([row.id for row in found]))
            .group_by(SimilarPair.id)
        )
    }
    return Listed(found, total, number), counts


def _same_works() -> Any:
    return and_(
        SimilarityNote.first_id == func.least(SimilarPair.first_id, SimilarPair.second_id),
        SimilarityNote.second_id == func.greatest(SimilarPair.first_id, SimilarPair.second_id),
    )


def pair_seen_by(person: Person, section: Section, slug: str, pair_id: uuid.UUID) -> SimilarPair:
    """One pair of a lab. Raises NotVisible."""
    found = db.session.scalar(
        _visible(select(SimilarPair), person, section)
        .join(SimilarityRun, SimilarityRun.id == SimilarPair.run_id)
        .where(
            SimilarPair.id == pair_id,
            SimilarityRun.section_id == section.id,
            SimilarityRun.lab_slug == slug,
        )
        .options(
            *_with_people(),
            joinedload(SimilarPair.first).selectinload(Submission.files),
            joinedload(SimilarPair.second).selectinload(Submission.files),
        )
    )
    if found is None:
        raise NotVisible(str(pair_id))
    pair: SimilarPair = found
    return pair


def sides_of(pair: SimilarPair) -> tuple[Side, Side]:
    """Both submissions with the code that was compared."""
    first, second = (
        Side(row, written_pieces(read({f.path: f.blob for f in row.files if _reads(f.path)})))
        for row in (pair.first, pair.second)
    )
    return first, second


def _reads(path: str) -> bool:
    return path.endswith((".ipynb", ".py"))


def notes_of(pair: SimilarPair) -> Sequence[SimilarityNote]:
    """What was noted about these two submissions, the newest first."""
    first, second = sorted((pair.first_id, pair.second_id))
    return db.session.scalars(
        select(SimilarityNote)
        .where(SimilarityNote.first_id == first, SimilarityNote.second_id == second)
        .order_by(SimilarityNote.at.desc(), SimilarityNote.id.desc())
        .options(joinedload(SimilarityNote.by))
    ).all()
