"""Reading labs."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import engine
from app.datasets import queries as datasets
from app.kernel import blobs
from app.kernel.database import db
from app.labs.models import LabVersion
from app.labs.rules import FileRole

__all__ = [
    "CellRoad",
    "cell_roads",
    "engine_limits",
    "engine_source",
    "files_of",
    "version",
    "versions_without_roads",
]


def version(version_id: uuid.UUID) -> LabVersion:
    """A lab version with its files and cells. Raises LookupError when there is none."""
    found = db.session.scalar(
        select(LabVersion)
        .where(LabVersion.id == version_id)
        .options(selectinload(LabVersion.files), selectinload(LabVersion.cells))
    )
    if found is None:
        raise LookupError(version_id)
    return found


def files_of(lab_version: LabVersion, *roles: FileRole) -> dict[str, bytes]:
    """The contents of a version's files of ROLES, by path."""
    return {file.path: blobs.get(file.blob) for file in lab_version.files if file.role in roles}


def engine_source(lab_version: LabVersion) -> engine.LabSource:
    """A lab version as the grading engine takes it."""
    return engine.LabSource(
        notebooks=tuple(
            engine.NotebookSource(path.removesuffix(".ipynb"), content)
            for path, content in files_of(lab_version, FileRole.SOURCE).items()
        ),
        files=files_of(lab_version, FileRole.DATA),
        environment=cast(engine.Environment, lab_version.environment),
        roads=lab_version.roads or {},
        data=tuple(datasets.named(lab_version.data)),
    )


def engine_limits(lab_version: LabVersion) -> engine.Limits:
    """The limits that the lab sets, the engine's defaults for the rest."""
    known: dict[str, Any] = {
        name: value
        for name, value in lab_version.limits.items()
        if name in engine.Limits.__dataclass_fields__
    }
    return engine.Limits(**known)


def versions_without_roads() -> list[uuid.UUID]:
    """The versions whose tests have no plan yet, oldest first."""
    return list(
        db.session.scalars(
            select(LabVersion.id).where(LabVersion.roads.is_(None)).order_by(LabVersion.id)
        )
    )


@dataclass(frozen=True)
class CellRoad:
    """A graded cell as its instructor sees it: ``separate``, ``shared``, ``person`` or ``none``.

    ``reason`` is a msgid of the engine, formatted with ``params``: why a test is shared.
    """

    notebook: str
    grade_id: str
    points: float
    road: str
    reason: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


def cell_roads(lab_version: LabVersion) -> list[CellRoad]:
    """Where each graded cell of a version is judged, in the lab's order."""
    plan = lab_version.roads
    cells = []
    for cell in sorted(lab_version.cells, key=lambda cell: (cell.notebook, cell.position)):
        made = (plan or {}).get(cell.notebook, {}).get(cell.grade_id, {})
        if cell.kind != "test":
            road = "person"
        else:
            road = made.get("road", "shared" if plan is not None else "none")
        cells.append(
            CellRoad(
                cell.notebook,
                cell.grade_id,
                cell.points,
                road,
                made.get("reason"),
                made.get("params") or {},
            )
        )
    return cells
