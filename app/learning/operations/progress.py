"""What a person has done of a section's items, where she stopped, what she marked."""

import uuid

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.catalog.models import CourseItem, Module
from app.catalog.rules import ItemKind
from app.kernel import clock
from app.kernel.database import db
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.kernel.transaction import operation
from app.learning.events import CourseCompleted
from app.learning.models import Bookmark, Enrolment, ItemProgress, Offering, Section


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
    """Note how far a person is with an item. What is completed stays completed.

    With the last item of the course her enrolment is completed, once, and CourseCompleted told.
    """
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
    if completed:
        _complete_course(section_id, person_id)


def _complete_course(section_id: uuid.UUID, person_id: uuid.UUID) -> None:
    done = select(ItemProgress.id).where(
        ItemProgress.section_id == section_id,
        ItemProgress.person_id == person_id,
        ItemProgress.kind == CourseItem.kind,
        ItemProgress.slug == CourseItem.slug,
        ItemProgress.completed_at.is_not(None),
    )
    open_items = (
        select(CourseItem.id)
        .join(Module, Module.id == CourseItem.module_id)
        .join(Offering, Offering.course_version_id == Module.course_version_id)
        .join(Section, Section.offering_id == Offering.id)
        .where(Section.id == section_id, ~done.exists())
    )
    completed = db.session.scalar(
        update(Enrolment)
        .where(
            Enrolment.section_id == section_id,
            Enrolment.person_id == person_id,
            Enrolment.withdrawn_at.is_(None),
            Enrolment.completed_at.is_(None),
            ~open_items.exists(),
        )
        .values(completed_at=clock.now())
        .returning(Enrolment.id)
    )
    if completed is not None:
        publish(CourseCompleted(completed))


@operation
def note_opened(section_id: uuid.UUID, person_id: uuid.UUID, kind: ItemKind, slug: str) -> None:
    """Note where PERSON is, so that she can go on from there."""
    now = clock.now()
    statement = insert(ItemProgress).values(
        section_id=section_id,
        person_id=person_id,
        kind=kind,
        slug=slug,
        opened_at=now,
        last_opened_at=now,
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["section_id", "person_id", "kind", "slug"],
            set_={"last_opened_at": statement.excluded.last_opened_at},
        )
    )


@operation
def set_bookmark(person: Person, section: Section, item_key: str, *, wanted: bool) -> None:
    """Mark an item, or take the mark away; doing it twice changes nothing."""
    if wanted:
        db.session.execute(
            insert(Bookmark)
            .values(
                id=new_id(),
                person_id=person.id,
                section_id=section.id,
                item_key=item_key,
                created_at=clock.now(),
            )
            .on_conflict_do_nothing()
        )
        return
    db.session.execute(
        delete(Bookmark).where(
            Bookmark.person_id == person.id,
            Bookmark.section_id == section.id,
            Bookmark.item_key == item_key,
        )
    )
