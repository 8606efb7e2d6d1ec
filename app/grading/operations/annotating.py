"""Notes at cells of a submission."""

import uuid

from sqlalchemy import select

from app.accounts.models import Person
from app.grading.models import Annotation, Submission
from app.grading.operations.submitting import tell_pages
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation

LONGEST_NOTE = 5000
MOST_CELLS = 10_000


class NoteEmpty(Refused):
    message = _l("Write the note first, in at most 5,000 characters.")


class NoSuchCell(Refused):
    message = _l("There is no such cell in this submission.")


@operation
def annotate(
    grader: Person,
    submission: Submission,
    notebook: str,
    position: int,
    text: str,
    *,
    grade_id: str | None = None,
) -> Annotation:
    """Write a note at the cell that is at POSITION (from 0) in NOTEBOOK; the student reads it.

    Raises NoteEmpty, NoSuchCell. That GRADER may grade it is for the caller to know.
    """
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not 0 < len(text) <= LONGEST_NOTE:
        raise NoteEmpty
    names = {row.name for row in submission.attempt.notebooks}
    if notebook not in names or not 0 <= position < MOST_CELLS:
        raise NoSuchCell
    made = Annotation(
        submission_id=submission.id,
        notebook=notebook,
        position=position,
        grade_id=grade_id or None,
        text=text,
        by_id=grader.id,
        at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        grader.id,
        "submission.annotated",
        "submission",
        submission.id,
        cell=f"{notebook}/{grade_id or position}",
    )
    tell_pages(submission)
    return made


@operation
def remove_annotation(
    grader: Person, submission: Submission, annotation_id: uuid.UUID
) -> Annotation:
    """Take a note of SUBMISSION away. Doing it twice changes nothing. Raises NotVisible."""
    found = db.session.scalar(
        select(Annotation)
        .where(Annotation.id == annotation_id, Annotation.submission_id == submission.id)
        .with_for_update()
    )
    if found is None:
        raise NotVisible(str(annotation_id))
    if found.removed_at is None:
        found.removed_at, found.removed_by_id = clock.now(), grader.id
        audit.record(grader.id, "submission.annotation_removed", "submission", submission.id)
        tell_pages(submission)
    return found
