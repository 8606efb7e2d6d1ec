"""Publishing courses: what a ``courses/`` folder or a draft says becomes a version."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from html import escape
from urllib.parse import quote

from sqlalchemy import cast, select
from sqlalchemy.dialects.postgresql import JSONB

from app.accounts.models import Organisation, OrganisationDomain, Person
from app.accounts.rules import OrganisationKind
from app.catalog.folder_specs import (
    CourseSpec,
    FileSpec,
    LabSpec,
    LessonSpec,
    LinkSpec,
    PictureSpec,
    PoolSpec,
    QuizSpec,
)
from app.catalog.models import (
    Cluster,
    Course,
    CourseItem,
    CourseSource,
    CourseVersion,
    Module,
    Picture,
)
from app.catalog.operations import finding
from app.catalog.rules import ItemForm, ItemKind, picture_type
from app.catalog.rules.documents import document_of
from app.catalog.rules.notebook_pages import notebook_html
from app.kernel import audit, blobs
from app.kernel.database import db
from app.kernel.i18n import gettext, speaking
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.labs import operations as labs
from app.questions import resolve
from app.web.markdown import render

__all__ = ["lab_content", "picture_of", "publish_course", "rendered"]


@operation
def publish_course(
    cluster: Cluster,
    spec: CourseSpec,
    position: int,
    *,
    by: Person | None = None,
    note: str = "",
    again: bool = False,
    plans_later: bool = False,
) -> tuple[CourseVersion, bool]:
    """The version of the course with this content, and whether it was made now.

    AGAIN makes a version even of content that an older version had, but not of the newest's.
    PLANS_LATER leaves to a worker where the tests of new labs are judged.
    Raises labs.LabInvalid when a lab's notebooks cannot be released.
    """
    course = db.session.scalar(select(Course).where(Course.slug == spec.slug).with_for_update())
    if course is None:
        course = Course(slug=spec.slug, cluster_id=cluster.id)
        db.session.add(course)
    course.cluster_id, course.position, course.withdrawn_at = cluster.id, position, None
    db.session.flush()
    if course.school_id is None and spec.lead_school:
        course.school_id = _school(spec.lead_school)
    newest = db.session.scalar(
        select(CourseVersion)
        .where(CourseVersion.course_id == course.id)
        .order_by(CourseVersion.number.desc())
        .limit(1)
    )
    known = newest
    if newest is not None and newest.digest != spec.digest:
        known = None if again else _known(course, spec)
    if known is not None:
        _keep_source(known, spec)
        return known, False

    picture_blob, content_type, picture_alt = picture_of(spec.picture)
    version = CourseVersion(
        course_id=course.id,
        number=(newest.number if newest else 0) + 1,
        digest=spec.digest,
        title=LocalizedText(spec.title),
        summary=LocalizedText(spec.summary),
        description_html=rendered(spec.description, lambda target: target),
        level=spec.level,
        hours=spec.hours,
        languages=list(spec.languages),
        outcomes=[dict(outcome) for outcome in spec.outcomes],
        prerequisites=[dict(text) for text in spec.prerequisites],
        picture_blob=picture_blob,
        picture_type=content_type,
        picture_alt=picture_alt,
        credits=spec.credits,
        published_by_id=by.id if by else None,
        note=note,
    )
    pictures: dict[str, Picture] = {}
    for number, module_spec in enumerate(spec.modules):
        module = Module(
            slug=module_spec.slug, position=number, title=LocalizedText(module_spec.title)
        )
        version.modules.append(module)
        for place, item in enumerate(module_spec.items):
            if isinstance(item, LessonSpec):
                module.items.append(_lesson(item, place, pictures))
            elif isinstance(item, LabSpec):
                module.items.append(_lab(item, place, spec.slug, plans_later))
            elif isinstance(item, QuizSpec):
                module.items.append(_quiz(item, place, spec.pools))
            else:
                module.items.append(_placed(item, place))
    db.session.add(version)
    db.session.flush()
    for picture in pictures.values():
        picture.course_version_id = version.id
        db.session.add(picture)
    _keep_source(version, spec)
    audit.record(
        by.id if by else None, "course.published", "course_version", version.id, slug=spec.slug
    )
    finding.version_published(course.id, cluster.id, version.id)
    return version, True


def _known(course: Course, spec: CourseSpec) -> CourseVersion | None:
    # A folder that says what some older version said is old: the editor has gone on since.
    return db.session.scalar(
        select(CourseVersion)
        .where(CourseVersion.course_id == course.id, CourseVersion.digest == spec.digest)
        .order_by(CourseVersion.number.desc())
        .limit(1)
    )


def _keep_source(version: CourseVersion, spec: CourseSpec) -> None:
    there = db.session.scalar(
        select(CourseSource.id).where(CourseSource.course_version_id == version.id)
    )
    if there is None:
        document = document_of(spec, blobs.put)
        db.session.add(CourseSource(course_version_id=version.id, document=document))
        db.session.flush()


def _school(named: str) -> uuid.UUID | None:
    """The school of that slug, mail domain or name, or None when nobody here is called so."""
    return db.session.scalar(
        select(Organisation.id)
        .outerjoin(OrganisationDomain)
        .where(
            Organisation.kind == OrganisationKind.SCHOOL,
            (Organisation.slug == named)
            | (OrganisationDomain.domain == named)
            | cast(Organisation.name, JSONB).contains({"zh-Hant-TW": named})
            | cast(Organisation.name, JSONB).contains({"en": named}),
        )
        .limit(1)
    )


def _lesson(spec: LessonSpec, position: int, pictures: dict[str, Picture]) -> CourseItem:
    addresses = {}
    for name, content in spec.pictures.items():
        blob = blobs.put(content)
        addresses[name] = f"/pictures/{blob}"
        pictures.setdefault(name, Picture(name=name, blob=blob, content_type=picture_type(name)))

    def address(target: str) -> str:
        return addresses.get(target, addresses.get(target.removeprefix("pictures/"), ""))

    return CourseItem(
        kind=ItemKind.LESSON,
        slug=spec.slug,
        position=position,
        title=LocalizedText(spec.title),
        minutes=spec.minutes,
        body_html=rendered(spec.body_markdown, address),
    )


def _placed(spec: FileSpec | LinkSpec, position: int) -> CourseItem:
    item = CourseItem(
        kind=ItemKind.LESSON,
        slug=spec.slug,
        position=position,
        title=LocalizedText(spec.title),
        minutes=spec.minutes,
    )
    if isinstance(spec, LinkSpec):
        item.form, item.url = ItemForm.LINK, spec.url
        target, label = spec.url, spec.url
    else:
        item.form, item.file_name, item.file_blob = ItemForm.FILE, spec.name, blobs.put(spec.data)
        target, label = f"/files/{item.file_blob}/{quote(spec.name)}", spec.name
    page = f'<p class="placed"><a href="{escape(target)}" rel="noopener">{escape(label)}</a></p>'
    if isinstance(spec, FileSpec) and spec.name.lower().endswith(".ipynb"):
        page += notebook_html(spec.data)
    item.body_html = LocalizedText(dict.fromkeys(spec.title, page))
    return item


def lab_content(spec: LabSpec) -> labs.LabContent:
    """What a lab's folder or draft says, as the room of labs takes it."""
    return labs.LabContent(
        digest=spec.digest,
        title=LocalizedText(spec.title),
        summary=LocalizedText(spec.summary),
        description_html=(
            rendered(spec.description, lambda target: target) if spec.description else None
        ),
        environment=spec.environment,
        minutes=spec.minutes,
        notebooks=spec.notebooks,
        files=spec.files,
        limits=spec.limits,
        skills=[_plain(asdict(skill)) for skill in spec.skills],
        data=[_plain(asdict(data)) for data in spec.data],
        hints={grade_id: dict(texts) for grade_id, texts in spec.hints.items()},
        release_score=spec.release_score,
    )


def _lab(spec: LabSpec, position: int, course_slug: str, plans_later: bool) -> CourseItem:
    content = lab_content(spec)
    version = labs.publish(course_slug, spec.slug, content, plans_later=plans_later)
    return CourseItem(
        kind=ItemKind.LAB,
        slug=spec.slug,
        position=position,
        title=LocalizedText(spec.title),
        minutes=spec.minutes,
        lab_version_id=version.id,
    )


def _quiz(spec: QuizSpec, position: int, pools: Sequence[PoolSpec]) -> CourseItem:
    # A version stands by itself: what a quiz draws from is copied into it.
    questions = {pool.slug: pool.questions for pool in pools}
    return CourseItem(
        kind=ItemKind.QUIZ,
        slug=spec.slug,
        position=position,
        title=LocalizedText(spec.title),
        minutes=spec.minutes,
        quiz=resolve(spec.document, questions),
    )


def rendered(texts: Mapping[str, str], pictures: Callable[[str], str]) -> LocalizedText:
    """HTML of a Markdown text in each language. Links to items are relative to a lesson's page."""
    result = {}
    for code, text in texts.items():
        with speaking(code):
            labels = {
                "note": gettext("Note"),
                "tip": gettext("Tip"),
                "warning": gettext("Warning"),
                "answer": gettext("Answer"),
            }
        result[code] = render(
            text,
            pictures=pictures,
            items=lambda kind, slug: f"../{'labs' if kind == 'lab' else 'lessons'}/{slug}",
            labels=labels,
        )
    return LocalizedText(result)


def picture_of(
    spec: PictureSpec | None,
) -> tuple[str | None, str | None, LocalizedText | None]:
    if spec is None:
        return None, None, None
    return blobs.put(spec.data), picture_type(spec.name), LocalizedText(spec.alt)


def _plain(value: dict[str, object]) -> dict[str, object]:
    return {key: dict(item) if isinstance(item, Mapping) else item for key, item in value.items()}
