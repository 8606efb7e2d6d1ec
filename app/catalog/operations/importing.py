"""Courses from elsewhere become drafts: looked at first, taken over when somebody says so."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete

from app.accounts.models import Person
from app.catalog import imports, queries
from app.catalog.folder import FolderError
from app.catalog.folder_specs import CourseSpec, LabSpec
from app.catalog.folder_yaml import SLUG
from app.catalog.imports.shelf import Brought, Taken
from app.catalog.models import Course, CourseDraft, CourseImport, DraftNode
from app.catalog.operations.courses import begin_course
from app.catalog.operations.drafts import begin_draft, locked_draft, taken_slugs, touch
from app.catalog.operations.outline import MOST_PARTS, TooManyParts, standing
from app.catalog.rules import NodeKind
from app.catalog.rules.drafting import Part, parts_of
from app.catalog.rules.naming import plain_file_name
from app.catalog.rules.zips import BadZip, course_folder, unzipped
from app.kernel import audit, blobs, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import DEFAULT_LOCALE, LOCALES, LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation


class ImportRefused(Refused):
    """Nothing was taken over; ``errors`` name files and lines when the folder could be read."""

    message = _l("Nothing was imported: the course has to be put right first.")

    def __init__(
        self, message: LazyText | None = None, errors: tuple[FolderError, ...] = ()
    ) -> None:
        self.errors = errors
        super().__init__(message)


class AlreadyImported(Refused):
    message = _l("This was imported already.")


@dataclass(frozen=True, kw_only=True)
class ImportPlan:
    """Where an import goes. A new course needs all but ``into``; a folder says most by itself."""

    language: str
    languages: tuple[str, ...] = ()
    into: Course | None = None
    slug: str = ""
    title: str = ""
    hours: int = 20
    cluster_id: uuid.UUID | None = None
    school_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Opened:
    """What a package is and what it would give."""

    kind: str
    brought: Brought
    slug: str = ""
    course: CourseSpec | None = None
    """Of a folder of our own, which comes over as it is."""


def look_into(data: bytes, language: str, taken: Taken | None = None) -> Opened:
    """Open a package without writing anything. Raises ImportRefused."""
    left_out: list[str] = []
    try:
        files = unzipped(data, left_out)
    except BadZip as refusal:
        raise ImportRefused(refusal.words) from refusal
    return look_at(files, language, taken, left_out)


def look_at(
    files: dict[str, bytes],
    language: str,
    taken: Taken | None = None,
    left_out: Iterable[str] = (),
) -> Opened:
    """As ``look_into``, for files that are unpacked already. Raises ImportRefused."""
    kind = imports.detect(files)
    if kind is None:
        raise ImportRefused(
            _l(
                "No course was found in it. There has to be a course.yaml, the imsmanifest.xml of a"
                " cartridge, or a folder “source” with nbgrader's assignments."
            )
        )
    if kind == "moodle":
        raise ImportRefused(
            _l("This is a backup of Moodle. Export the course there as an IMS Common Cartridge.")
        )
    if kind == "folder":
        slug, spec = _folder(files)
        return Opened(kind, _as_it_is(spec), slug, spec)
    try:
        brought = imports.bring(kind, files, language, taken, left_out)
    except imports.BadXml as error:
        said = imports.note(error.code, **error.values)
        raise ImportRefused(
            _l("The list of contents, imsmanifest.xml, was not read. %(why)s", why=str(said))
        ) from error
    if brought.part_count >= MOST_PARTS:
        raise ImportRefused(TooManyParts.message)
    return Opened(kind, brought)


@operation
def prepare_import(person: Person, name: str, data: bytes) -> CourseImport:
    """Keep a package with the report of what it would give; no course is touched.

    What PERSON had looked at before and not imported is forgotten. Raises ImportRefused.
    """
    language = DEFAULT_LOCALE
    opened = look_into(data, language)
    said = opened.brought.language.replace("_", "-").casefold()
    if said.startswith("en"):
        language = "en"
    db.session.execute(
        delete(CourseImport).where(
            CourseImport.person_id == person.id, CourseImport.imported_at.is_(None)
        )
    )
    pending = CourseImport(
        person_id=person.id,
        file_name=plain_file_name(name)[-200:],
        blob=blobs.put(data),
        kind=opened.kind,
        title=opened.brought.title,
        language=language if said else "",
        report=opened.brought.report.to_json(),
    )
    db.session.add(pending)
    db.session.flush()
    return pending


@operation
def finish_import(person: Person, pending: CourseImport, plan: ImportPlan) -> Course:
    """Take a package over, as a new course's draft or as new modules of a draft.

    Raises AlreadyImported, ImportRefused, SlugTaken, TooManyParts, SourceMissing.
    """
    db.session.refresh(pending, with_for_update=True)
    if pending.imported_at is not None:
        raise AlreadyImported
    data = blobs.get(pending.blob)
    if plan.into is not None:
        draft = locked_draft(plan.into)
        opened = look_into(data, plan.language, taken_by(draft))
        if opened.course is not None:
            raise ImportRefused(
                _l("A course folder replaces a draft as a whole: do it at the end of its page.")
            )
        course = plan.into
        add_modules(person, draft, opened.brought)
    else:
        opened = look_into(data, plan.language)
        course = _new_course(person, opened, plan)
    pending.course_id, pending.imported_at = course.id, clock.now()
    pending.language = plan.language
    pending.report = opened.brought.report.to_json()
    audit.record(person.id, "course.imported", "course", course.id, of=opened.kind)
    db.session.flush()
    return course


def _new_course(person: Person, opened: Opened, plan: ImportPlan) -> Course:
    if plan.cluster_id is None:
        raise ImportRefused(_l("Choose a course cluster."))
    slug = opened.slug or plan.slug
    if not SLUG.fullmatch(slug) or len(slug) > 80:
        raise ImportRefused(
            _l("The course's folder is called as its address: small letters, digits, hyphens.")
        )
    course = begin_course(person, slug, plan.cluster_id, plan.school_id)
    head, pictures = parts_of(opened.course or _spec(opened.brought, plan), blobs.put)
    begin_draft(person, course, head, pictures, base_version_id=None)
    return course


def _spec(brought: Brought, plan: ImportPlan) -> CourseSpec:
    return CourseSpec(
        slug=plan.slug,
        title={plan.language: plan.title or brought.title},
        summary={},
        description={plan.language: brought.description} if brought.description else {},
        level="introductory",
        hours=plan.hours,
        languages=plan.languages or (plan.language,),
        outcomes=(),
        modules=brought.modules,
        pools=brought.pools,
    )


def taken_by(draft: CourseDraft) -> Taken:
    """The names that DRAFT uses."""
    return Taken(
        modules=frozenset(taken_slugs(draft, NodeKind.MODULE)),
        reading=frozenset(taken_slugs(draft, NodeKind.LESSON)),
        labs=frozenset(taken_slugs(draft, NodeKind.LAB)),
        quizzes=frozenset(taken_slugs(draft, NodeKind.QUIZ)),
        pools=frozenset(taken_slugs(draft, NodeKind.POOL)),
        pictures=dict(draft.pictures),
        files={
            str(node.content["name"]): str(node.content["blob"])
            for node in draft.nodes
            if node.kind is NodeKind.FILE
        },
    )


def add_modules(person: Person, draft: CourseDraft, brought: Brought) -> None:
    """Put what was BROUGHT behind the modules of DRAFT, which is locked. Raises TooManyParts."""
    if len(draft.nodes) + brought.part_count > MOST_PARTS:
        raise TooManyParts
    plan = ImportPlan(language=DEFAULT_LOCALE)
    head, pictures = parts_of(_spec(brought, plan), blobs.put)
    row = standing(draft, None)
    position = row[-1].position + 1 if row else 0
    for place, module in enumerate(head.children, position):
        _add_module(draft, module, place)
    draft.pictures = {**draft.pictures, **pictures}
    touch(draft, person)
    db.session.flush()


def _add_module(draft: CourseDraft, module: Part, place: int) -> None:
    node = DraftNode(kind=module.kind, content=module.content, position=place)
    draft.nodes.append(node)
    db.session.flush()
    for number, item in enumerate(module.children):
        draft.nodes.append(
            DraftNode(kind=item.kind, content=item.content, position=number, parent_id=node.id)
        )


@operation
def import_draft(person: Person, course: Course, data: bytes, *, revision: int) -> CourseDraft:
    """Lay what a course folder holds into the draft of COURSE. Raises ImportRefused.

    REVISION is the draft's when PERSON chose to replace it: what was saved since is not lost.
    """
    try:
        files = unzipped(data)
    except BadZip as refusal:
        raise ImportRefused(refusal.words) from refusal
    _slug, spec = _folder(files, course.slug)
    draft = locked_draft(course)
    if draft.revision != revision:
        raise ImportRefused(_l("The draft has changed since you looked at it. Look again first."))
    base = draft.base_version_id
    audit.record(person.id, "course.draft_imported", "course", course.id)
    head, pictures = parts_of(spec, blobs.put)
    return begin_draft(person, course, head, pictures, base_version_id=base)


def _folder(files: dict[str, bytes], slug: str | None = None) -> tuple[str, CourseSpec]:
    try:
        name, inside = course_folder(files)
    except BadZip as refusal:
        raise ImportRefused(refusal.words) from refusal
    slug = slug or name
    if not SLUG.fullmatch(slug) or len(slug) > 80:
        raise ImportRefused(
            _l("The course's folder is called as its address: small letters, digits, hyphens.")
        )
    spec, errors = queries.read_files(slug, inside)
    if spec is None or errors:
        raise ImportRefused(errors=errors)
    return slug, spec


def _as_it_is(spec: CourseSpec) -> Brought:
    """The report of a folder of our own, of which everything comes over."""
    log = imports.Log()

    def title_of(texts: dict[str, str]) -> str:
        return next((texts[code] for code in LOCALES if code in texts), "")

    log.add("course", title_of(dict(spec.title)), "course.yaml", "course")
    for module in spec.modules:
        log.add("module", title_of(dict(module.title)), "course.yaml", f"module:{module.slug}")
        for item in module.items:
            kind = type(item).__name__.removesuffix("Spec").lower()
            place = f"labs/{item.slug}" if isinstance(item, LabSpec) else "course.yaml"
            log.add(kind, title_of(dict(item.title)), place, f"{kind}:{item.slug}")
    report = imports.Report("folder", "", tuple(log.elements))
    return Brought(report, title_of(dict(spec.title)), "", "", spec.modules)
