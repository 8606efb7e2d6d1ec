"""Courses from elsewhere: what a package is, and what it gives. Pure: nothing is written here."""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from app.catalog.imports import nbgrader
from app.catalog.imports.cartridge import is_assessment, read_cartridge
from app.catalog.imports.nbgrader import read_nbgrader
from app.catalog.imports.package import manifest_of
from app.catalog.imports.report import Fate, Log, Report, from_json, note
from app.catalog.imports.shelf import Brought, Taken
from app.catalog.imports.xml import BadXml

__all__ = [
    "BadXml", "Brought", "Fate", "Log", "Report", "Taken", "bring", "detect", "from_json", "note",
]  # fmt: skip


def detect(files: Mapping[str, bytes]) -> str | None:
    """``folder``, ``cartridge``, ``nbgrader`` or ``moodle`` (a backup, which is not read) by what
    FILES are; None when they are no course."""
    names = {PurePosixPath(path).name for path in files}
    if "course.yaml" in names:
        return "folder"
    if manifest_of(files) is not None:
        return "cartridge"
    if nbgrader.root_of(files) is not None:
        return "nbgrader"
    if "moodle_backup.xml" in names:
        return "moodle"
    return "cartridge" if any(is_assessment(p, data) for p, data in files.items()) else None


def bring(
    kind: str,
    files: Mapping[str, bytes],
    language: str,
    taken: Taken | None = None,
    too_large: Iterable[str] = (),
) -> Brought:
    """What FILES of KIND (cartridge or nbgrader) give, in LANGUAGE, beside what is TAKEN.

    Raises BadXml when a cartridge's manifest cannot be read.
    """
    read = read_nbgrader if kind == "nbgrader" else read_cartridge
    return read(files, language, taken or Taken(), too_large)
