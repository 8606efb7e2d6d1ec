"""Publishing labs: each change of content makes the next immutable version."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from sqlalchemy import func, select

from app import engine
from app.kernel import blobs
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.labs.models import Lab, LabCell, LabFile, LabVersion
from app.labs.operations.roads import plan_roads
from app.labs.rules import FileRole, limit_problems


@dataclass(frozen=True, kw_only=True)
class LabContent:
    """Everything that a lab version is made of. Notebooks by name, without ``.ipynb``."""

    digest: str
    title: LocalizedText
    summary: LocalizedText
    description_html: LocalizedText | None
    environment: str
    minutes: int
    notebooks: Mapping[str, bytes]
    files: Mapping[str, bytes] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)
    skills: list[Any] = field(default_factory=list)
    data: list[Any] = field(default_factory=list)
    hints: Mapping[str, Any] = field(default_factory=dict)


class LabInvalid(Refused):
    """The lab cannot be published as it is; ``problems`` says where and why."""

    def __init__(self, problems: tuple[engine.Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))


@operation
def publish(course_slug: str, slug: str, content: LabContent) -> LabVersion:
    """The version of the lab with this content, made now unless it is there already.

    Raises LabInvalid when its limits make no sense, or with the engine's findings when a source
    notebook cannot be released.
    """
    defaults = asdict(engine.Limits())
    wrong = tuple(engine.Problem(text) for text in limit_problems(content.limits, defaults))
    if wrong:
        raise LabInvalid(wrong)
    lab = db.session.scalar(
        select(Lab).where(Lab.course_slug == course_slug, Lab.slug == slug).with_for_update()
    )
    if lab is None:
        lab = Lab(course_slug=course_slug, slug=slug)
        db.session.add(lab)
        db.session.flush()
    known = db.session.scalar(
        select(LabVersion).where(LabVersion.lab_id == lab.id, LabVersion.digest == content.digest)
    )
    if known is not None:
        return known

    release = engine.make_release(
        [engine.NotebookSource(name, source) for name, source in content.notebooks.items()]
    )
    if release.problems:
        raise LabInvalid(release.problems)
    environment = cast(engine.Environment, content.environment)
    if (command := engine.missing(environment)) is not None:
        params = {"environment": content.environment, "command": command}
        raise LabInvalid((engine.Problem(engine.LACKING, params=params),))
    last = db.session.scalar(select(func.max(LabVersion.number)).where(LabVersion.lab_id == lab.id))
    version = LabVersion(
        lab_id=lab.id,
        number=(last or 0) + 1,
        digest=content.digest,
        title=content.title,
        summary=content.summary,
        description_html=content.description_html,
        environment=content.environment,
        minutes=content.minutes,
        limits=dict(content.limits),
        skills=content.skills,
        data=content.data,
        hints=dict(content.hints),
        notebooks=sorted(path.removesuffix(".ipynb") for path in release.notebooks),
        max_score=sum(cell.points for cell in release.cells),
        files=[
            *(
                _file(FileRole.SOURCE, f"{source.name.removesuffix('.ipynb')}.ipynb", source.source)
                for source in release.sources
            ),
            *(_file(FileRole.RELEASE, path, data) for path, data in release.notebooks.items()),
            *(_file(FileRole.DATA, path, data) for path, data in content.files.items()),
        ],
        cells=[
            LabCell(
                notebook=cell.notebook.removesuffix(".ipynb"),
                grade_id=cell.grade_id,
                kind=cell.kind,
                points=cell.points,
                position=cell.position,
            )
            for cell in release.cells
        ],
    )
    version.roads = plan_roads(version)
    db.session.add(version)
    db.session.flush()
    return version


def _file(role: FileRole, path: str, content: bytes) -> LabFile:
    return LabFile(role=role, path=path, blob=blobs.put(content), size=len(content))
