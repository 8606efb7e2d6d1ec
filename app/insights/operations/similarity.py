"""Comparing the works of a lab, as a job that somebody asks for; noting what she concluded."""

import logging
import uuid
from functools import partial

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.insights import queries
from app.insights.models import SimilarityNote, SimilarityRun, SimilarPair
from app.insights.operations.attention import NothingWritten
from app.insights.rules.documents import released_pieces, written_pieces
from app.insights.rules.similarity import Comparison, Resemblance, Span, compare, fingerprints
from app.insights.rules.steps import MOST_WORDS
from app.kernel import clock
from app.kernel.database import db
from app.kernel.ids import new_id
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.learning.models import Section

__all__ = ["ask_to_compare", "compare_works", "note_about"]

log = logging.getLogger(__name__)

EVERY = 20
"""After so many works the page hears how far it is."""


@operation
def ask_to_compare(actor: Person, section: Section, slug: str) -> uuid.UUID:
    """Have the works of the lab SLUG compared, of SECTION and those beside it that ACTOR teaches.

    Returns the run; the one that is under way when there is one.
    """
    run_id = db.session.scalar(
        insert(SimilarityRun)
        .values(
            id=new_id(),
            section_id=section.id,
            lab_slug=slug,
            section_ids=[str(row.id) for row in queries.sections_compared(actor, section)],
            asked_by_id=actor.id,
            asked_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(SimilarityRun.id)
    )
    if run_id is None:
        return db.session.scalars(
            select(SimilarityRun.id).where(
                SimilarityRun.section_id == section.id,
                SimilarityRun.lab_slug == slug,
                SimilarityRun.finished_at.is_(None),
            )
        ).one()
    defer("insights.tasks.compare_works", run_id=str(run_id))
    return run_id


def compare_works(run_id: uuid.UUID) -> None:
    """The whole run, with a short transaction for each piece of news; safe to do twice."""
    try:
        if _begin(run_id):
            _compare(run_id)
    except Exception:
        db.session.rollback()
        log.exception("the comparison %s failed", run_id)
        _fail(run_id)


@operation
def _begin(run_id: uuid.UUID) -> bool:
    """False when it is done already. What an interrupted try left is taken away."""
    run = db.session.get(SimilarityRun, run_id, with_for_update=True)
    if run is None or run.finished_at is not None:
        return False
    run.started_at, run.done_count = clock.now(), 0
    db.session.execute(delete(SimilarPair).where(SimilarPair.run_id == run_id))
    return True


def _compare(run_id: uuid.UUID) -> None:
    run = db.session.get_one(SimilarityRun, run_id)
    works = queries.works_to_compare(run)
    _note_progress(run_id, 0, len(works))
    known: dict[str, object] = {}
    prints = []
    for number, work in enumerate(works, 1):
        prints.append(fingerprints(written_pieces(queries.read(work.files)), known=known))
        if number % EVERY == 0:
            _note_progress(run_id, number, len(works))
    released = fingerprints(
        [
            piece
            for files in queries.released_to({work.lab_version_id for work in works})
            for piece in released_pieces(files)
        ],
        every=True,
    )

    def progress(done: int) -> None:
        if done % EVERY == 0:
            _note_progress(run_id, len(works) + done, len(works))

    found = compare(
        prints,
        released,
        lambda first, second: works[first].is_apart_from(works[second]),
        progress,
    )
    _finish(run_id, [work.submission_id for work in works], found)


@operation
def _note_progress(run_id: uuid.UUID, done: int, count: int) -> None:
    db.session.execute(
        update(SimilarityRun)
        .where(SimilarityRun.id == run_id)
        .values(done_count=done, work_count=count)
    )


@operation
def _finish(run_id: uuid.UUID, works: list[uuid.UUID], found: Comparison) -> None:
    """Keep what was found; earlier runs of the same lab give way, what was noted stays."""
    run = db.session.get_one(SimilarityRun, run_id, with_for_update=True)
    row = partial(_row, run_id, works, found.common)
    for start in range(0, len(found.pairs), 100):
        rows = [row(pair) for pair in found.pairs[start : start + 100]]
        db.session.execute(insert(SimilarPair).values(rows))
    run.finished_at, run.has_failed = clock.now(), False
    run.done_count, run.work_count = 2 * len(works), len(works)
    run.compared_count = len(found.compared)
    db.session.flush()
    db.session.execute(
        delete(SimilarityRun).where(
            SimilarityRun.section_id == run.section_id,
            SimilarityRun.lab_slug == run.lab_slug,
            SimilarityRun.finished_at.is_not(None),
            SimilarityRun.id != run_id,
        )
    )


def _row(
    run_id: uuid.UUID,
    works: list[uuid.UUID],
    common: tuple[tuple[Span, ...], ...],
    pair: Resemblance,
) -> dict[str, object]:
    return {
        "id": new_id(),
        "run_id": run_id,
        "first_id": works[pair.first],
        "second_id": works[pair.second],
        "share": min(pair.share, 1.0),
        "share_of_first": pair.share_of_first,
        "share_of_second": pair.share_of_second,
        "parts": {
            "first": [[*part.span, part.other] for part in pair.parts_of_first],
            "second": [[*part.span, part.other] for part in pair.parts_of_second],
            "common_first": [list(span) for span in common[pair.first]],
            "common_second": [list(span) for span in common[pair.second]],
        },
    }


@operation
def _fail(run_id: uuid.UUID) -> None:
    db.session.execute(
        update(SimilarityRun)
        .where(SimilarityRun.id == run_id, SimilarityRun.finished_at.is_(None))
        .values(finished_at=clock.now(), has_failed=True)
    )


@operation
def note_about(actor: Person, pair: SimilarPair, text: str, *, key: uuid.UUID) -> None:
    """Keep what ACTOR concluded about the two submissions. Raises NothingWritten."""
    text = text.strip()[:MOST_WORDS]
    if not text:
        raise NothingWritten
    first, second = sorted((pair.first_id, pair.second_id))
    db.session.execute(
        insert(SimilarityNote)
        .values(
            id=new_id(),
            first_id=first,
            second_id=second,
            text=text,
            by_id=actor.id,
            at=clock.now(),
            key=key,
        )
        .on_conflict_do_nothing(index_elements=["key"])
    )
