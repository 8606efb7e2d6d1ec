"""What the catalogue lets people find: clusters, courses, what is in a version, drafts.

Keys of the search: ``version:ID`` opens what a course version says, ``instructors:SCHOOL`` and
``editor:COURSE`` open a draft. Notebooks, tests and the questions of quizzes are in no document.
"""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Executable, func, select

from app.catalog.models import (
    Cluster,
    Course,
    CourseDraft,
    CourseEditor,
    CourseItem,
    CourseVersion,
    DraftNode,
    Module,
)
from app.catalog.rules import INDUSTRIES, ItemForm, ItemKind, NodeKind
from app.kernel.database import db
from app.kernel.i18n import LOCALES, speaking
from app.kernel.localized import LocalizedText
from app.labs.models import LabVersion
from app.search.rules import PUBLIC, Document, Text, text_of_html, text_of_markdown

ADDRESSES = {ItemKind.LESSON: "lessons", ItemKind.LAB: "labs", ItemKind.QUIZ: "quizzes"}


def cluster_documents(cluster_id: uuid.UUID | None = None) -> Iterator[Document]:
    """All clusters that the public sees, or one of them."""
    published = select(Course.cluster_id).where(
        Course.withdrawn_at.is_(None), Course.id.in_(select(CourseVersion.course_id))
    )
    statement = select(Cluster).where(Cluster.id.in_(published))
    if cluster_id is not None:
        statement = statement.where(Cluster.id == cluster_id)
    for cluster in db.session.scalars(statement):
        industry = INDUSTRIES.get(cluster.industry, cluster.industry)
        texts = {}
        for code in LOCALES:
            with speaking(code):
                extra = f"{cluster.summary.get(code, '')}\n\n{industry}"
            outcomes = "\n\n".join(text.get(code, "") for text in cluster.outcomes)
            texts[code] = _joined(f"{extra}\n\n{outcomes}", cluster.body_html.get(code))
        yield Document(
            kind="cluster",
            key=f"cluster:{cluster.slug}",
            title=cluster.title,
            path=f"/clusters/{cluster.slug}",
            audience=frozenset({PUBLIC}),
            texts=texts,
        )


def course_documents(course_id: uuid.UUID | None = None) -> Iterator[Document]:
    """The page of every course that is offered to the public, or of one."""
    newest = (
        select(CourseVersion.course_id, func.max(CourseVersion.number).label("number"))
        .group_by(CourseVersion.course_id)
        .subquery()
    )
    statement = (
        select(Course.slug, CourseVersion)
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .join(
            newest,
            (newest.c.course_id == CourseVersion.course_id)
            & (newest.c.number == CourseVersion.number),
        )
        .where(Course.withdrawn_at.is_(None))
    )
    if course_id is not None:
        statement = statement.where(Course.id == course_id)
    for slug, version in db.session.execute(statement):
        titles = _outline(version.id)
        yield Document(
            kind="course",
            key=f"course:{slug}",
            title=version.title,
            path=f"/courses/{slug}",
            audience=frozenset({PUBLIC}),
            texts={
                code: _joined(
                    "\n\n".join(
                        [
                            version.summary.get(code, ""),
                            *(t.get(code, "") for t in version.outcomes + version.prerequisites),
                        ]
                    ),
                    version.description_html.get(code),
                    headings="\n\n".join(t.get(code, "") for t in titles),
                )
                for code in LOCALES
            },
            course=slug,
        )


def _outline(version_id: uuid.UUID) -> list[LocalizedText]:
    return list(
        db.session.scalars(
            select(Module.title)
            .where(Module.course_version_id == version_id)
            .order_by(Module.position)
        )
    )


def item_documents(version_id: uuid.UUID | None = None) -> Iterator[Document]:
    """Lessons, files, labs and quizzes of all versions, or of one, for those who learn it."""
    statement = (
        select(
            *(CourseItem.id, CourseItem.kind, CourseItem.form, CourseItem.slug, CourseItem.title),
            *(CourseItem.body_html, CourseItem.file_name, CourseItem.url),
            *(Module.course_version_id, Course.slug.label("course")),
            *(LabVersion.summary, LabVersion.description_html),
        )
        .join(Module, Module.id == CourseItem.module_id)
        .join(CourseVersion, CourseVersion.id == Module.course_version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .outerjoin(LabVersion, LabVersion.id == CourseItem.lab_version_id)
    )
    if version_id is not None:
        statement = statement.where(Module.course_version_id == version_id)
    for row in _streamed(statement):
        is_file = row.form is ItemForm.FILE
        yield Document(
            kind="file" if is_file else row.kind.value,
            key=f"item:{row.id}",
            title=row.title,
            path=f"/learn/{{place}}/{ADDRESSES[row.kind]}/{row.slug}",
            audience=frozenset({f"version:{row.course_version_id}"}),
            texts={
                code: _joined(
                    (row.summary or {}).get(code, ""),
                    (row.body_html or {}).get(code),
                    (row.description_html or {}).get(code),
                )
                for code in LOCALES
            },
            course=row.course,
            hidden_words=" ".join(filter(None, (row.file_name, row.url))),
        )


def draft_documents(course_id: uuid.UUID | None = None) -> Iterator[Document]:
    """The parts of drafts for those who write them."""
    statement = (
        select(
            *(DraftNode.id, DraftNode.kind, DraftNode.content),
            *(Course.id.label("course_id"), Course.slug, Course.school_id),
        )
        .join(CourseDraft, CourseDraft.id == DraftNode.draft_id)
        .join(Course, Course.id == CourseDraft.course_id)
        .where(DraftNode.removed_at.is_(None), DraftNode.kind != NodeKind.MODULE)
    )
    if course_id is not None:
        statement = statement.where(Course.id == course_id)
    for row in _streamed(statement):
        part = "" if row.kind is NodeKind.COURSE else f"/{row.id}"
        title = _local(row.content, "title")
        yield Document(
            kind="draft",
            key=f"draft:{row.course_id}:{row.id}",
            title=LocalizedText(title or dict.fromkeys(LOCALES, row.slug)),
            path=f"/teach/courses/{row.slug}/edit{part}",
            audience=frozenset(
                {f"editor:{row.course_id}"}
                | ({f"instructors:{row.school_id}"} if row.school_id else set())
            ),
            texts={code: _draft_text(row.content, code) for code in LOCALES},
            course=row.slug,
        )


def _draft_text(content: Mapping[str, Any], code: str) -> Text:
    sources = (content.get(f"{name}.{code}") for name in ("summary", "description", "body"))
    return text_of_markdown("\n\n".join(text for text in sources if isinstance(text, str)))


def _local(content: Mapping[str, Any], name: str) -> dict[str, str]:
    found = {code: content.get(f"{name}.{code}") for code in LOCALES}
    return {code: text for code, text in found.items() if isinstance(text, str) and text.strip()}


def _joined(plain: str, *html: str | None, headings: str = "") -> Text:
    found = [text_of_html(text) for text in html if text]
    return Text(
        "\n\n".join(filter(None, [plain.strip(), *(text.body for text in found)])),
        "\n\n".join(filter(None, [headings.strip(), *(text.headings for text in found)])),
    )


def _streamed(statement: Executable) -> Iterator[Any]:
    yield from db.session.execute(statement.execution_options(yield_per=200))


def courses_written_by(person_id: uuid.UUID) -> list[uuid.UUID]:
    """The courses among whose editors she is by name."""
    return list(
        db.session.scalars(
            select(CourseEditor.course_id).where(
                CourseEditor.person_id == person_id, CourseEditor.ended_at.is_(None)
            )
        )
    )
