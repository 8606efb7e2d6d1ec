"""Publishing labs: each change of content makes the next immutable version."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from sqlalchemy import func, select

from app import engine
from app.datasets import queries as datasets
from app.datasets.rules import Access
from app.kernel import blobs
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.jobs import defer
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.labs.models import Lab, LabCell, LabFile, LabVersion
from app.labs.operations.roads import plan_roads, plan_source, planned
from app.labs.rules import FileRole, limit_problems
from app.skills import queries as skills
from app.skills.models import Skill


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
    release_score: float | None = None
    """How many points the untouched release gets, where its author says so."""


class LabInvalid(Refused):
    """The lab cannot be published as it is; ``problems`` says where and why."""

    def __init__(self, problems: tuple[engine.Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))


def source_of(content: LabContent, release: engine.Release) -> engine.LabSource:
    """CONTENT as the grading engine takes it, before it is published. Its tests have no roads."""
    return engine.LabSource(
        notebooks=release.sources,
        files=content.files,
        environment=cast(engine.Environment, content.environment),
        data=tuple(datasets.named(content.data)),
    )


def limits_of(content: LabContent) -> engine.Limits:
    """The limits that CONTENT sets, the engine's defaults for the rest."""
    known = engine.Limits.__dataclass_fields__
    return engine.Limits(**{name: n for name, n in content.limits.items() if name in known})


def plan_ahead(content: LabContent) -> None:
    """Try out where the tests of CONTENT are judged, so that publishing it need not.

    It takes seconds and no transaction. What cannot be run here is planned later.
    """
    release = engine.make_release(
        [engine.NotebookSource(name, source) for name, source in content.notebooks.items()]
    )
    if not release.problems:
        plan_source(content.digest, source_of(content, release), limits_of(content))


@operation
def publish(
    course_slug: str, slug: str, content: LabContent, *, plans_later: bool = False
) -> LabVersion:
    """The version of the lab with this content, made now unless it is there already.

    PLANS_LATER: a worker tries out where its tests are judged; until then beside students' code.

    Raises LabInvalid when its limits make no sense, or with the engine's findings when a source
    notebook cannot be released.
    """
    defaults = asdict(engine.Limits())
    known = skills.resolve(row["slug"] for row in content.skills)
    problems = limit_problems(content.limits, defaults) + _data_problems(content)
    problems += _skill_problems(content, known)
    wrong = tuple(engine.Problem(text) for text in problems)
    if wrong:
        raise LabInvalid(wrong)
    lab = db.session.scalar(
        select(Lab).where(Lab.course_slug == course_slug, Lab.slug == slug).with_for_update()
    )
    if lab is None:
        lab = Lab(course_slug=course_slug, slug=slug)
        db.session.add(lab)
        db.session.flush()
    same = db.session.scalar(
        select(LabVersion).where(LabVersion.lab_id == lab.id, LabVersion.digest == content.digest)
    )
    if same is not None:
        return same

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
        skills=_titled(content, known),
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
    version.roads = planned(version.digest) if plans_later else plan_roads(version)
    db.session.add(version)
    db.session.flush()
    if plans_later and version.roads is None:
        defer("labs.tasks.plan_version", version_id=str(version.id))
    return version


def _data_problems(content: LabContent) -> list[str]:
    """What is wrong with the data sets that CONTENT names (``source: data-set:NAME/VERSION``)."""
    problems = []
    wanted = datasets.named(content.data)
    found = datasets.sets_named(wanted)
    for address in wanted:
        known = found.get(address)
        if known is None:
            problems.append(
                f"data: there is no data set {address}; 'banyan data list' says which there are"
            )
        elif known.access is not Access.OPEN:
            problems.append(f"data: the data set {address} is hidden: no notebook can read it")
    return problems


def _skill_problems(content: LabContent, known: Mapping[str, Skill]) -> list[str]:
    """What is wrong with the skills of CONTENT. One with a title may be the author's own."""
    problems = []
    for row in content.skills:
        key, skill = row["slug"], known.get(row["slug"])
        if skill is None:
            if not row.get("title"):
                problems.append(
                    f"skills: there is no skill {key!r}; 'banyan skills list' says which there are"
                )
        elif (row.get("level") or 1) > skill.framework.highest_level:
            problems.append(
                f"skills: {key} has levels up to {skill.framework.highest_level}, "
                f"not {row['level']}"
            )
    return problems


def _titled(content: LabContent, known: Mapping[str, Skill]) -> list[dict[str, Any]]:
    """The skills of CONTENT; one that was named by its key alone gets its title."""
    return [
        {**row, "title": row.get("title") or dict(known[row["slug"]].title)}
        for row in content.skills
    ]


def _file(role: FileRole, path: str, content: bytes) -> LabFile:
    return LabFile(role=role, path=path, blob=blobs.put(content), size=len(content))
