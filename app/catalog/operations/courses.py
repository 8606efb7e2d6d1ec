"""Courses themselves: begin one, say who writes it."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import Person
from app.catalog.models import Cluster, Course, CourseDraft, CourseEditor, DraftNode
from app.catalog.rules import NodeKind
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation


class SlugTaken(Refused):
    message = _l("Another course has this address already. Choose a different one.")


class LastEditor(Refused):
    message = _l("Somebody has to be able to write this course.")


@dataclass(frozen=True, kw_only=True)
class CoursePlan:
    """What a new course begins with. Titles by language; hours and credits as typed."""

    slug: str
    titles: dict[str, str]
    cluster_id: uuid.UUID
    school_id: uuid.UUID | None
    languages: tuple[str, ...]
    hours: int
    credits: float | None = None


@operation
def create_course(person: Person, plan: CoursePlan) -> Course:
    """A course with a draft of one empty module, written by PERSON. Raises SlugTaken."""
    course = begin_course(person, plan.slug, plan.cluster_id, plan.school_id)
    draft = CourseDraft(course_id=course.id, updated_by_id=person.id)
    db.session.add(draft)
    content: dict[str, Any] = {
        f"title.{code}": title for code, title in plan.titles.items() if title
    }
    content |= {
        "hours": plan.hours,
        "credits": plan.credits,
        "languages": list(plan.languages),
        "level": "introductory",
    }
    draft.nodes = [
        DraftNode(kind=NodeKind.COURSE, content=content),
        DraftNode(
            kind=NodeKind.MODULE,
            content={"slug": "module-1", "title.zh-Hant-TW": "第一單元", "title.en": "Module 1"},
        ),
    ]
    db.session.flush()
    return course


def begin_course(
    person: Person, slug: str, cluster_id: uuid.UUID, school_id: uuid.UUID | None
) -> Course:
    """A course without versions. Raises SlugTaken."""
    if db.session.scalar(select(Course.id).where(Course.slug == slug)) is not None:
        raise SlugTaken
    last = db.session.scalar(
        select(func.max(Course.position)).where(Course.cluster_id == cluster_id)
    )
    course = Course(
        slug=slug,
        cluster_id=db.session.get_one(Cluster, cluster_id).id,
        school_id=school_id,
        position=(last or 0) + 1,
    )
    db.session.add(course)
    db.session.flush()
    audit.record(person.id, "course.begun", "course", course.id, slug=slug)
    add_editor(course, person, by=person)
    return course


@operation
def add_editor(course: Course, person: Person, *, by: Person | None) -> CourseEditor:
    """Let PERSON write COURSE; nothing changes when she may by name already."""
    there = db.session.scalar(
        select(CourseEditor).where(
            CourseEditor.course_id == course.id,
            CourseEditor.person_id == person.id,
            CourseEditor.ended_at.is_(None),
        )
    )
    if there is not None:
        return there
    place = CourseEditor(
        course_id=course.id, person_id=person.id, added_by_id=by.id if by else None
    )
    db.session.add(place)
    db.session.flush()
    audit.record(
        by.id if by else None, "course.editor_added", "course", course.id, person=str(person.id)
    )
    return place


@operation
def remove_editor(course: Course, person_id: uuid.UUID, *, by: Person) -> None:
    """End a person's place among the editors. Raises LastEditor when nobody would be left."""
    live = [place for place in course.editors if place.ended_at is None]
    if course.school_id is None and {place.person_id for place in live} <= {person_id}:
        raise LastEditor
    for place in live:
        if place.person_id == person_id:
            place.ended_at = clock.now()
            audit.record(by.id, "course.editor_removed", "course", course.id, person=str(person_id))
