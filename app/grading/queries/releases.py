"""Whether somebody may know what a submission came to."""

import uuid
from collections.abc import Collection

from sqlalchemy import select

from app.accounts.models import Person
from app.catalog.rules import ItemKind
from app.grading.models import Submission, SubmissionPerson
from app.kernel.database import db
from app.learning import queries as learning
from app.learning.rules.release import Release

__all__ = ["held_from", "people_who_handed_in"]


def held_from(person: Person, submission: Submission) -> Release | None:
    """Why PERSON, who may read SUBMISSION, is not to know its points and feedback yet.

    None when she may: it is released, or she is of the section's staff.
    """
    key = f"{ItemKind.LAB.value}:{submission.lab_slug}"
    return learning.held_from(person, submission.section, key)


def people_who_handed_in(
    section_id: uuid.UUID, slugs: Collection[str]
) -> list[tuple[uuid.UUID, str]]:
    """(person, lab) of every work in a section's labs SLUGS."""
    rows = db.session.execute(
        select(SubmissionPerson.person_id, SubmissionPerson.lab_slug)
        .where(
            SubmissionPerson.section_id == section_id,
            SubmissionPerson.lab_slug.in_(list(slugs)),
        )
        .distinct()
        .order_by(SubmissionPerson.person_id, SubmissionPerson.lab_slug)
    )
    return [(person_id, slug) for person_id, slug in rows]
