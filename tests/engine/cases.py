"""The notebooks that nbgrader ships with its tests, as pairs of a source and a submission."""

from __future__ import annotations

import hashlib
import importlib.resources
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat

from app import engine

FOLDERS = ("apps", "preprocessors")
#: Source of the shipped submissions, as nbgrader's own tests use them.
SUBMITTED_SOURCE = "submitted-unchanged"
#: Cells that run longer are stopped, here and in the oracle.
CELL_SECONDS = 4


@dataclass(frozen=True)
class Case:
    """A source notebook and a submission of it.

    ``cell_seconds`` is nbgrader's limit for a cell; ``update`` says that ``nbgrader update`` has
    to run first, because the metadata is of an old schema; ``forgive`` that nbgrader is asked
    about the :func:`forgiven` submission.
    """

    name: str
    source: bytes
    submission: bytes
    files: tuple[tuple[str, bytes], ...] = ()
    cell_seconds: int = CELL_SECONDS
    update: bool = False
    forgive: bool = False

    @property
    def key(self) -> str:
        """The hash of everything that decides the scores."""
        digest = hashlib.sha256()
        for part in (
            self.source,
            self.submission,
            *(piece for pair in self.files for piece in pair),
        ):
            raw = part.encode() if isinstance(part, str) else part
            digest.update(len(raw).to_bytes(8, "big") + raw)
        return digest.hexdigest()


def forgiven(source: bytes, submission: bytes) -> bytes:
    """The submission without what nbgrader gives up on altogether, so that the rest is graded.

    These are cells with ids that the source does not have, and all copies of a cell but the last:
    nbgrader means to keep that one, and then refuses the metadata that it emptied itself.
    """
    nb = nbformat.reads(submission.decode(), 4)
    wanted = {
        cell.metadata["nbgrader"]["grade_id"]
        for cell in nbformat.reads(source.decode(), 4).cells
        if cell.metadata.get("nbgrader")
    }
    for cell in reversed(nb.cells):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in wanted:
            wanted.remove(grade_id)
        else:
            cell.metadata.pop("nbgrader", None)
    return nbformat.writes(nb).encode()


def shipped(folder: str) -> Path:
    return Path(str(importlib.resources.files("nbgrader"))) / "tests" / folder / "files"


@cache
def released() -> dict[str, engine.Release]:
    """Every shipped notebook taken as a source, by folder/name."""
    return {
        f"{folder}/{path.stem}": engine.make_release(
            [engine.NotebookSource("p1", path.read_bytes())]
        )
        for folder in FOLDERS
        for path in sorted(shipped(folder).glob("*.ipynb"))
    }


@cache
def cases() -> tuple[Case, ...]:
    """Every source with itself and its release as submissions, and the shipped submissions."""
    found: dict[str, Case] = {}
    data = (("data.txt", (shipped("apps") / "data.txt").read_bytes()),)

    def add(name: str, source: bytes, submission: bytes) -> None:
        case = Case(name, source, submission, data if "relative" in name else ())
        found.setdefault(case.key, case)

    for name, release in released().items():
        if release.problems or not release.cells:
            continue
        source = release.sources[0].source
        add(f"{name}: source", source, source)
        add(f"{name}: release", source, release.notebooks["p1.ipynb"])
    for folder in FOLDERS:
        source = released()[f"{folder}/{SUBMITTED_SOURCE}"].sources[0].source
        for path in sorted(shipped(folder).glob("submitted-*.ipynb")):
            add(f"{folder}/{path.stem}: submitted", source, path.read_bytes())
    changed = sorted(shipped("apps").glob("autotest-*changed*.ipynb"))
    for path in changed:
        lab = path.stem.partition("-changed")[0].partition("-unchanged")[0]
        twin = released()[f"apps/{lab}-unchanged"]
        if not twin.problems:
            add(f"apps/{path.stem}: submitted", twin.sources[0].source, path.read_bytes())
    return tuple(found.values())


def refused() -> tuple[Case, ...]:
    """The shipped notebooks that cannot be a source here, for nbgrader to refuse too.

    Those with AUTOTEST lines are not among them: nbgrader can fill them in, we ask for it.
    """
    return tuple(
        Case(f"{name}: refused", raw, raw)
        for name, release in released().items()
        if release.problems and "autotest" not in name
        for raw in [
            (shipped(name.partition("/")[0]) / f"{name.partition('/')[2]}.ipynb").read_bytes()
        ]
    )
