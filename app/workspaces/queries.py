"""Reading what authors write, through the author."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.catalog import queries as courses
from app.catalog.folder_specs import CourseSpec, LabSpec
from app.catalog.models import Course, CourseDraft, CourseVersion, DraftNode
from app.catalog.policies import can_edit
from app.catalog.rules import ItemKind, NodeKind
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.i18n import LOCALES
from app.kernel.localized import LocalizedText
from app.workspaces import rules
from app.workspaces.models import LabCheck

__all__ = [
    "LabSources",
    "WrittenLab",
    "check",
    "check_of",
    "checks_of_course",
    "lab_nodes",
    "labs_written_by",
    "last_check",
    "live_check",
    "node_of",
    "sources_for",
    "writes",
]


@dataclass(frozen=True)
class LabSources:
    """A lab as its newest version says it, or the course's draft."""

    course: Course
    version: CourseVersion | None
    """None: the draft says it."""
    written: CourseSpec
    spec: LabSpec
    number: int
    """The lab's own newest version; 0 while it is not published."""

    @property
    def slug(self) -> str:
        return self.spec.slug

    @property
    def title(self) -> LocalizedText:
        return LocalizedText(self.spec.title)

    @property
    def files(self) -> dict[str, bytes]:
        """Source notebooks and the files beside them, by path."""
        notebooks = {f"{name}.ipynb": data for name, data in self.spec.notebooks.items()}
        return notebooks | dict(self.spec.files)

    def course_with(self, files: Mapping[str, bytes]) -> CourseSpec:
        """The course with FILES in place of this lab's."""
        notebooks, others = rules.parted(files)
        lab = replace(self.spec, notebooks=notebooks, files=others)
        return replace(
            self.written,
            modules=tuple(
                replace(
                    module,
                    items=tuple(lab if item is self.spec else item for item in module.items),
                )
                for module in self.written.modules
            ),
        )


def sources_for(
    person: Person, course_slug: str, lab_slug: str, *, of_draft: bool = False
) -> LabSources:
    """The sources of a lab, for somebody who may write its course.

    The newest version's; the draft's when no version has the lab yet, or, where there is one, when
    OF_DRAFT. Raises NotVisible when she may not, or when there is no such lab.
    """
    course = courses.course_edited_by(person, course_slug)
    published, drafted = _published(course, lab_slug), None
    if published is None or of_draft:
        drafted = _drafted(course, lab_slug, published.number if published else 0)
    found = drafted or published
    if found is None:
        raise NotVisible(lab_slug)
    return found


def _published(course: Course, lab_slug: str) -> LabSources | None:
    versions = courses.versions_of(course.id)
    version = courses.course_version(versions[0].id) if versions else None
    written = courses.source_of(version) if version is not None else None
    item = version.item(ItemKind.LAB, lab_slug) if version is not None else None
    if version is None or written is None or item is None or item.lab_version is None:
        return None
    spec = next(one for one in written.labs if one.slug == lab_slug)
    return LabSources(course, version, written, spec, item.lab_version.number)


def _drafted(course: Course, lab_slug: str, number: int) -> LabSources | None:
    draft = courses.draft_of(course.id)
    if draft is None or node_of(draft, lab_slug) is None:
        return None
    written = courses.course_of_draft(draft)
    spec = next(one for one in written.labs if one.slug == lab_slug)
    return LabSources(course, None, written, spec, number)


def node_of(draft: CourseDraft, lab_slug: str) -> DraftNode | None:
    """The part of DRAFT that is the lab of that name."""
    return next((node for node in lab_nodes(draft) if node.content.get("slug") == lab_slug), None)


def lab_nodes(draft: CourseDraft) -> list[DraftNode]:
    """The labs of DRAFT that are in its outline and have a name."""
    return [
        node
        for node in draft.nodes
        if node.kind is NodeKind.LAB and node.removed_at is None and node.content.get("slug")
    ]


@dataclass(frozen=True)
class WrittenLab:
    """A lab in a list of those that somebody writes. NUMBER is 0 while it is not published."""

    course: Course
    course_title: str
    slug: str
    title: LocalizedText
    number: int


def labs_written_by(person: Person) -> list[WrittenLab]:
    """The labs of every course that PERSON may write; those that are only in drafts too."""
    rows = courses.courses_edited_by(person)
    newest = db.session.scalars(
        select(CourseVersion.id)
        .where(CourseVersion.course_id.in_([row.course.id for row in rows]))
        .ext(distinct_on(CourseVersion.course_id))
        .order_by(CourseVersion.course_id, CourseVersion.number.desc())
    ).all()
    versions = {found.course_id: found for found in courses.course_versions(newest).values()}
    written: list[WrittenLab] = []
    for row in rows:
        version = versions.get(row.course.id)
        published = {
            item.slug: WrittenLab(
                row.course, str(version.title), item.slug, item.title, item.lab_version.number
            )
            for item in (version.items if version is not None else ())
            if version is not None and item.lab_version is not None
        }
        written += published.values()
        for node in lab_nodes(row.draft) if row.draft is not None else ():
            slug = str(node.content["slug"])
            if slug not in published:
                written.append(WrittenLab(row.course, row.title, slug, _title(node), 0))
    return written


def _title(node: DraftNode) -> LocalizedText:
    titles = {code: node.content.get(f"title.{code}") for code in LOCALES}
    said = {code: str(title) for code, title in titles.items() if title}
    return LocalizedText(said or dict.fromkeys(LOCALES, str(node.content["slug"])))


def writes(person: Person, course_slug: str) -> bool:
    """Whether PERSON may write the course."""
    course = courses.course(course_slug)
    return course is not None and can_edit(person, course)


def check(check_id: uuid.UUID) -> LabCheck | None:
    return db.session.scalar(
        select(LabCheck)
        .where(LabCheck.id == check_id)
        .options(
            joinedload(LabCheck.course),
            joinedload(LabCheck.asked_by),
            joinedload(LabCheck.course_version),
        )
    )


def check_of(person: Person, check_id: uuid.UUID) -> LabCheck:
    """A check that PERSON asked for. Raises NotVisible."""
    found = check(check_id)
    if found is None or found.asked_by_id != person.id:
        raise NotVisible(str(check_id))
    return found


def live_check(person: Person, course: Course, lab_slug: str) -> LabCheck | None:
    """The check of hers that is not finished."""
    return db.session.scalar(
        select(LabCheck).where(
            LabCheck.asked_by_id == person.id,
            LabCheck.course_id == course.id,
            LabCheck.lab_slug == lab_slug,
            LabCheck.finished_at.is_(None),
        )
    )


def last_check(person: Person, course: Course, lab_slug: str) -> LabCheck | None:
    """Her newest check of a lab."""
    return db.session.scalar(
        select(LabCheck)
        .where(
            LabCheck.asked_by_id == person.id,
            LabCheck.course_id == course.id,
            LabCheck.lab_slug == lab_slug,
        )
        .order_by(LabCheck.asked_at.desc())
        .limit(1)
        .options(joinedload(LabCheck.course_version))
    )


def checks_of_course(course: Course, most: int = 8) -> list[LabCheck]:
    """What is being checked, tried or published of a course's labs, and what was last."""
    return list(
        db.session.scalars(
            select(LabCheck)
            .where(LabCheck.course_id == course.id)
            .order_by(LabCheck.finished_at.is_not(None), LabCheck.asked_at.desc())
            .limit(most)
            .options(joinedload(LabCheck.asked_by), joinedload(LabCheck.course_version))
        )
    )
