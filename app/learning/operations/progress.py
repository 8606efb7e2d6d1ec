"""What a person has done of a section's items."""

import uuid

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.catalog.rules import ItemKind
from app.kernel import clock
from app.kernel.database import db
from app.kernel.transaction import operation
from app.learning.models import ItemProgress, Section


@operation
def complete_lesson(person: Person, section: Section, slug: str) -> None:
    """Note that PERSON has read the lesson SLUG; the first time counts."""
    record_progress(section.id, person.id, ItemKind.LESSON, slug, completed=True)


@operation
def record_progress(
    section_id: uuid.UUID,
    person_id: uuid.UUID,
    kind: ItemKind,
    slug: str,
    *,
    completed: bool,
    score: float | None = None,
    max_score: float | None = None,
) -> None:
    """Note how far a person is with an item. What is completed stays completed."""
    now = clock.now()
    values = {
        "section_id": section_id,
        "person_id": person_id,
        "kind": kind,
        "slug": slug,
        "opened_at": now,
        "completed_at": now if completed else None,
        "score": score,
        "max_score": max_score,
    }
    statement = insert(ItemProgress).values(**values)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["section_id", "person_id", "kind", "slug"],
            set_={
                "completed_at": func.coalesce(
                    ItemProgress.completed_at, statement.excluded.completed_at
                ),
                "score": func.coalesce(statement.excluded.score, ItemProgress.score),
                "max_score": func.coalesce(statement.excluded.max_score, ItemProgress.max_score),
            },
        )
    )
