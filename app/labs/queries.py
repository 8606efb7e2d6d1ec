"""Reading labs."""

import uuid
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import engine
from app.kernel import blobs
from app.kernel.database import db
from app.labs.models import LabVersion
from app.labs.rules import FileRole

__all__ = ["engine_limits", "engine_source", "files_of", "version"]


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
    )


def engine_limits(lab_version: LabVersion) -> engine.Limits:
    """The limits that the lab sets, the engine's defaults for the rest."""
    known: dict[str, Any] = {
        name: value
        for name, value in lab_version.limits.items()
        if name in engine.Limits.__dataclass_fields__
    }
    return engine.Limits(**known)
