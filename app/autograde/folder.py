"""The folder ``autograded/<student>/<assignment>/``, as nbgrader leaves it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import nbformat
from nbformat import NotebookNode

from app.autograde.course import Course, Submission

__all__ = ["readable_files", "write"]

MAX_NAME_BYTES: Final = 255


def readable_files(paths: Mapping[str, Path]) -> dict[str, bytes]:
    """Return the contents of files whose names a sandbox can have."""
    return {name: path.read_bytes() for name, path in paths.items() if _is_plain(name)}


def _is_plain(name: str) -> bool:
    try:
        parts = name.encode().split(b"/")
    except UnicodeEncodeError:
        return False
    return (
        name.isprintable()
        and "\\" not in name
        and all(len(part) <= MAX_NAME_BYTES for part in parts)
    )


def write(course: Course, submission: Submission, notebooks: Mapping[str, NotebookNode]) -> None:
    """Write the notebooks and the other files, the source's over the student's.

    The folder is made beside its place and moved there whole, so that there is never half of one.
    """
    place = course.autograded_folder(submission.student)
    new = place.with_name(f".{place.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        if course.directory.notebook_id != "*" and place.exists():
            shutil.copytree(place, new)  # the notebooks that were not asked for stay
        else:
            new.mkdir()
        files = {**course.other_files(submission.folder), **course.source_files()}
        for name, path in files.items():
            _put(new / name)
            shutil.copy(path, new / name)
        for name, nb in notebooks.items():
            target = _put(new / f"{name}.ipynb")
            target.write_text(nbformat.writes(nb) + "\n", encoding="utf-8")
        if place.exists():
            shutil.rmtree(place)
        new.rename(place)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    course.converter.set_permissions(course.assignment, submission.student)


def _put(target: Path) -> Path:
    """Make the folder of ``target`` and its place free: earlier copies are read-only."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    return target
