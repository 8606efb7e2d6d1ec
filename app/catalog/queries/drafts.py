"""Reading drafts, through the person who writes them, and the sources of versions."""

import uuid
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Person
from app.accounts.rules import Role
from app.catalog import policies
from app.catalog.folder_specs import ClusterSpec, CourseSpec, PartnerSpec, PictureSpec
from app.catalog.models import (
    Cluster,
    Course,
    CourseDraft,
    CourseEditor,
    CourseSource,
    CourseVersion,
    ReviewComment,
)
from app.catalog.rules.documents import course_of
from app.catalog.rules.writing import cluster_file, course_files
from app.kernel import blobs
from app.kernel.database import db
from app.kernel.errors import NotVisible

__all__ = [
    "CourseRow", "all_clusters", "course", "course_edited_by", "courses_edited_by", "draft_of",
    "exported_files", "review_comments", "source_of", "versions_of",
]  # fmt: skip


@dataclass(frozen=True)
class CourseRow:
    """A course as its editors list it."""

    course: Course
    title: str
    version_number: int | None
    draft: CourseDraft | None
    open_comments: int


def course(slug: str) -> Course | None:
    return db.session.scalar(
        select(Course)
        .where(Course.slug == slug)
        .options(joinedload(Course.cluster), joinedload(Course.school),
                 selectinload(Course.editors).joinedload(CourseEditor.person))
    )  # fmt: skip


def course_edited_by(person: Person, slug: str) -> Course:
    """The course, for somebody who may write it. Raises NotVisible."""
    found = course(slug)
    if found is None or not policies.can_edit(person, found):
        raise NotVisible(slug)
    return found


def courses_edited_by(person: Person) -> list[CourseRow]:
    """Every course that PERSON may write, those worked on last first."""
    hers = select(CourseEditor.course_id).where(
        CourseEditor.person_id == person.id, CourseEditor.ended_at.is_(None)
    )
    found = db.session.scalars(
        select(Course)
        .where(
            or_(Course.school_id.in_(person.organisations_as(Role.INSTRUCTOR)), Course.id.in_(hers))
        )
        .options(joinedload(Course.cluster), joinedload(Course.school))
    ).all()
    ids = [row.id for row in found]
    newest = {
        version.course_id: version
        for version in db.session.scalars(
            select(CourseVersion)
            .where(CourseVersion.course_id.in_(ids))
            .order_by(CourseVersion.number)
        )
    }
    drafts = {
        draft.course_id: draft
        for draft in db.session.scalars(
            select(CourseDraft)
            .where(CourseDraft.course_id.in_(ids))
            .options(selectinload(CourseDraft.nodes))
        )
    }
    comments: dict[uuid.UUID, int] = {
        course_id: count
        for course_id, count in db.session.execute(
            select(ReviewComment.course_id, func.count())
            .where(ReviewComment.course_id.in_(ids), ReviewComment.resolved_at.is_(None))
            .group_by(ReviewComment.course_id)
        )
    }
    rows = [
        CourseRow(
            row,
            _title(row, newest.get(row.id), drafts.get(row.id)),
            newest[row.id].number if row.id in newest else None,
            drafts.get(row.id),
            comments.get(row.id, 0),
        )
        for row in found
    ]
    return sorted(
        rows,
        key=lambda row: row.draft.updated_at if row.draft else row.course.created_at,
        reverse=True,
    )


def _title(row: Course, version: CourseVersion | None, draft: CourseDraft | None) -> str:
    if draft is not None:
        head = next(node for node in draft.nodes if node.kind == "course")
        titles = [head.content.get(f"title.{code}") for code in ("zh-Hant-TW", "en")]
        shown = next((title for title in titles if title), None)
        if shown and version is None:
            return str(shown)
    return str(version.title) if version else row.slug


def draft_of(course_id: uuid.UUID) -> CourseDraft | None:
    """The draft of a course with all its parts."""
    return db.session.scalar(
        select(CourseDraft)
        .where(CourseDraft.course_id == course_id)
        .options(selectinload(CourseDraft.nodes), joinedload(CourseDraft.base_version))
    )


def versions_of(course_id: uuid.UUID) -> list[CourseVersion]:
    """All versions of a course, the newest first."""
    return list(
        db.session.scalars(
            select(CourseVersion)
            .where(CourseVersion.course_id == course_id)
            .order_by(CourseVersion.number.desc())
            .options(joinedload(CourseVersion.published_by))
        )
    )


def source_of(version: CourseVersion) -> CourseSpec | None:
    """What VERSION was made of; None for versions from before sources were kept."""
    document = db.session.scalar(
        select(CourseSource.document).where(CourseSource.course_version_id == version.id)
    )
    return None if document is None else course_of(document, blobs.get)


def exported_files(slug: str, number: int | None = None) -> dict[str, bytes] | None:
    """A version (the newest, unless NUMBER) as files of a ``courses/`` folder, with its cluster."""
    statement = select(CourseVersion).join(Course).where(Course.slug == slug)
    if number is not None:
        statement = statement.where(CourseVersion.number == number)
    version = db.session.scalar(statement.order_by(CourseVersion.number.desc()).limit(1))
    spec = source_of(version) if version is not None else None
    if version is None or spec is None:
        return None
    cluster = version.course.cluster
    files = {f"{cluster.slug}/{slug}/{path}": data for path, data in course_files(spec).items()}
    files.update({f"{cluster.slug}/{path}": data for path, data in _cluster_files(cluster).items()})
    return dict(sorted(files.items()))


def _cluster_files(cluster: Cluster) -> dict[str, bytes]:
    if cluster.body_markdown is None:
        return {}
    picture = None
    if cluster.picture_blob is not None:
        ending = {"image/svg+xml": "svg", "image/png": "png", "image/webp": "webp"}.get(
            cluster.picture_type or "", "jpg"
        )
        name = f"{cluster.slug}.{ending}"
        alt = {code: (cluster.picture_alt or {}).get(code, "") for code in cluster.title}
        picture = PictureSpec(name, blobs.get(cluster.picture_blob), alt)
    newest = cluster.rules[-1] if cluster.rules else None
    spec = ClusterSpec(
        slug=cluster.slug, title=cluster.title, summary=cluster.summary,
        industry=cluster.industry, body=cluster.body_markdown, picture=picture, courses=(),
        outcomes=tuple(cluster.outcomes),
        partners=tuple(PartnerSpec(**row) for row in cluster.partners),
        order=tuple(course.slug for course in cluster.courses if course.withdrawn_at is None),
        completion=newest.document if newest else None,
    )  # fmt: skip
    files = {"cluster.yaml": cluster_file(spec)}
    if picture is not None:
        files[picture.name] = picture.data
    return files


def all_clusters() -> list[Cluster]:
    """Every cluster, also those without a course yet."""
    return list(db.session.scalars(select(Cluster).order_by(Cluster.position, Cluster.slug)))


def review_comments(course_id: uuid.UUID) -> list[ReviewComment]:
    """What was said about a course, open comments first, the newest first."""
    return list(
        db.session.scalars(
            select(ReviewComment)
            .where(ReviewComment.course_id == course_id)
            .order_by(ReviewComment.resolved_at.is_not(None), ReviewComment.created_at.desc())
            .options(joinedload(ReviewComment.author), joinedload(ReviewComment.resolved_by))
        )
    )
