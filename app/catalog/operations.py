"""Publishing clusters and courses from what a ``courses/`` folder says."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

from sqlalchemy import func, select

from app.catalog.folder_specs import ClusterSpec, CourseSpec, LabSpec, LessonSpec, PictureSpec
from app.catalog.markdown import render
from app.catalog.models import Cluster, Course, CourseItem, CourseVersion, Module, Picture
from app.catalog.rules import ItemKind, picture_type
from app.kernel import audit, blobs
from app.kernel.database import db
from app.kernel.i18n import gettext, speaking
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.labs import operations as labs

__all__ = ["Loaded", "load_clusters", "publish_course"]


@dataclass
class Loaded:
    """What a load changed: slugs, and what was as it is already."""

    published: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


@operation
def load_clusters(clusters: tuple[ClusterSpec, ...]) -> Loaded:
    """Make the catalogue say what CLUSTERS say, all or nothing. Doing it again changes nothing.

    Raises labs.LabInvalid when a lab's notebooks cannot be released.
    """
    loaded = Loaded()
    for position, spec in enumerate(clusters):
        cluster = _cluster(spec, position)
        for course_position, course_spec in enumerate(spec.courses):
            version, is_new = publish_course(cluster, course_spec, course_position)
            name = f"{course_spec.slug} (version {version.number})"
            (loaded.published if is_new else loaded.unchanged).append(name)
    return loaded


def _cluster(spec: ClusterSpec, position: int) -> Cluster:
    cluster = db.session.scalar(select(Cluster).where(Cluster.slug == spec.slug))
    if cluster is None:
        cluster = Cluster(slug=spec.slug)
        db.session.add(cluster)
    cluster.position = position
    cluster.title = LocalizedText(spec.title)
    cluster.summary = LocalizedText(spec.summary)
    cluster.industry = spec.industry
    cluster.body_html = _rendered(spec.body, lambda target: target)
    cluster.picture_blob, cluster.picture_type, cluster.picture_alt = _picture(spec.picture)
    db.session.flush()
    return cluster


@operation
def publish_course(cluster: Cluster, spec: CourseSpec, position: int) -> tuple[CourseVersion, bool]:
    """The version of the course with this content, and whether it was made now."""
    course = db.session.scalar(select(Course).where(Course.slug == spec.slug).with_for_update())
    if course is None:
        course = Course(slug=spec.slug, cluster_id=cluster.id)
        db.session.add(course)
    course.cluster_id, course.position, course.withdrawn_at = cluster.id, position, None
    db.session.flush()
    known = db.session.scalar(
        select(CourseVersion).where(
            CourseVersion.course_id == course.id, CourseVersion.digest == spec.digest
        )
    )
    if known is not None:
        return known, False

    last = db.session.scalar(
        select(func.max(CourseVersion.number)).where(CourseVersion.course_id == course.id)
    )
    picture_blob, content_type, picture_alt = _picture(spec.picture)
    version = CourseVersion(
        course_id=course.id,
        number=(last or 0) + 1,
        digest=spec.digest,
        title=LocalizedText(spec.title),
        summary=LocalizedText(spec.summary),
        description_html=_rendered(spec.description, lambda target: target),
        level=spec.level,
        hours=spec.hours,
        languages=list(spec.languages),
        outcomes=[dict(outcome) for outcome in spec.outcomes],
        prerequisites=[dict(text) for text in spec.prerequisites],
        picture_blob=picture_blob,
        picture_type=content_type,
        picture_alt=picture_alt,
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
            else:
                module.items.append(_lab(item, place, spec.slug))
    db.session.add(version)
    db.session.flush()
    for picture in pictures.values():
        picture.course_version_id = version.id
        db.session.add(picture)
    audit.record(None, "course.published", "course_version", version.id, slug=spec.slug)
    return version, True


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
        body_html=_rendered(spec.body_markdown, address),
    )


def _lab(spec: LabSpec, position: int, course_slug: str) -> CourseItem:
    content = labs.LabContent(
        digest=spec.digest,
        title=LocalizedText(spec.title),
        summary=LocalizedText(spec.summary),
        description_html=(
            _rendered(spec.description, lambda target: target) if spec.description else None
        ),
        environment=spec.environment,
        minutes=spec.minutes,
        notebooks=spec.notebooks,
        files=spec.files,
        limits=spec.limits,
        skills=[_plain(asdict(skill)) for skill in spec.skills],
        data=[_plain(asdict(data)) for data in spec.data],
        hints={grade_id: dict(texts) for grade_id, texts in spec.hints.items()},
    )
    version = labs.publish(course_slug, spec.slug, content)
    return CourseItem(
        kind=ItemKind.LAB,
        slug=spec.slug,
        position=position,
        title=LocalizedText(spec.title),
        minutes=spec.minutes,
        lab_version_id=version.id,
    )


def _rendered(texts: Mapping[str, str], pictures: Callable[[str], str]) -> LocalizedText:
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
            items=lambda kind, slug: f"../{kind}s/{slug}",
            labels=labels,
        )
    return LocalizedText(result)


def _picture(
    spec: PictureSpec | None,
) -> tuple[str | None, str | None, LocalizedText | None]:
    if spec is None:
        return None, None, None
    return blobs.put(spec.data), picture_type(spec.name), LocalizedText(spec.alt)


def _plain(value: dict[str, object]) -> dict[str, object]:
    return {key: dict(item) if isinstance(item, Mapping) else item for key, item in value.items()}
