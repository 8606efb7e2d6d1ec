"""nbgrader itself, fast enough to be asked hundreds of times.

Real in it: nbgrader's ``generate_assignment`` and ``autograde`` converters with all their
preprocessors, its gradebook database, ``nbgrader update``'s upgrade of metadata, nbclient, and an
ipykernel that runs every cell. Two things differ from :mod:`tests.engine.oracle`. One kernel serves
all notebooks and forgets everything between two of them (``reset``): starting one takes most of the
time. And where nbgrader drops a whole submission because of one cell, so that nothing could be
compared, it is asked about the rest: :func:`tests.engine.cases.forgiven` takes such metadata away,
and a cell whose score it refuses (a number above its points) is left without one.
"""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager, KernelManager
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import Execute, SaveAutoGrades
from traitlets.config import Config

from tests.engine.cases import forgiven

FORGET = "%precision\n%xmode Context\nget_ipython().reset(new_session=True)"
CELL_SECONDS = 30


class _Kernel:
    """The kernel that runs now, and nbclient's connection to it."""

    manager: AsyncKernelManager
    client: AsyncKernelClient | None = None


class ExecuteWarm(Execute):
    """nbgrader's Execute, with a kernel that is there already."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        nb.cells.insert(0, nbformat.v4.new_code_cell(FORGET))
        nb, resources = super().preprocess(nb, resources, km=_Kernel.manager)
        nb.cells.pop(0)
        return nb, resources

    def start_new_kernel_client(self) -> AsyncKernelClient:
        """Connect once: nbclient listens for what an unknown kernel may still say, 0.2 s long."""
        if _Kernel.client is None:
            _Kernel.client = super().start_new_kernel_client()
        self.kc = _Kernel.client
        return self.kc


class SaveWhatCanBe(SaveAutoGrades):
    """nbgrader's SaveAutoGrades; a score that it refuses is nobody's but the cell's."""

    def _add_score(self, cell: NotebookNode, resources: Any) -> None:
        try:
            super()._add_score(cell, resources)
        except ValueError:
            self.gradebook.db.rollback()


class Nbgrader:
    """A course folder with its database; every notebook is an assignment of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.count = 0
        config = Config()
        config.CourseDirectory.root = str(root)
        config.CourseDirectory.db_url = self.database = f"sqlite:///{root}/gradebook.db"
        config.Execute.timeout = CELL_SECONDS
        config.ExecuteWarm.timeout = CELL_SECONDS
        config.Application.log_level = 60
        ours = {Execute: ExecuteWarm, SaveAutoGrades: SaveWhatCanBe}
        steps = Autograde.autograde_preprocessors.default_args[0]
        config.Autograde.autograde_preprocessors = [ours.get(step, step) for step in steps]
        self.api = NbGraderAPI(config=config)

    def ask(self, source: bytes, submission: bytes, *, update: bool = False) -> dict[str, Any]:
        """Return nbgrader's scores as :func:`tests.engine.oracle.ask` does."""
        self.count += 1
        name = f"ps{self.count}"
        sent = forgiven(source, submission)
        for place, raw in ((f"source/{name}", source), (f"submitted/mei/{name}", sent)):
            (self.root / place).mkdir(parents=True)
            (self.root / place / "p1.ipynb").write_bytes(_updated(raw) if update else raw)
        made = self.api.generate_assignment(name, force=True, create=True)
        if not made["success"]:
            return {"error": f"generate: {made['log']}", "cells": {}}
        done = self.api.autograde(name, "mei", force=True, create=True)
        with Gradebook(self.database) as book:
            grades = book.find_submission_notebook("p1", name, "mei").grades
            cells = {
                grade.name: {
                    "score": grade.auto_score,
                    "max_score": grade.max_score,
                    "manual": grade.needs_manual_grade,
                }
                for grade in grades
            }
        return {"error": None if done["success"] else done["log"], "cells": cells}


@contextmanager
def nbgrader() -> Iterator[Nbgrader]:
    """A course folder and a kernel that live as long as this."""
    # nbgrader calls alembic by its bare name.
    scripts = str(Path(sys.executable).parent)
    if scripts not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = scripts + os.pathsep + os.environ["PATH"]
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        starter = KernelManager(kernel_name="python3")
        env = {**os.environ, "NBGRADER_EXECUTION": "autograde"}
        env.pop("PYTEST_CURRENT_TEST", None)  # a kernel that sees it leaves descriptor 2 alone
        starter.start_kernel(env=env, cwd=folder)
        try:
            _Kernel.manager = _of_running(starter)
            yield Nbgrader(Path(folder))
        finally:
            if _Kernel.client is not None:
                _Kernel.client.stop_channels()
                _Kernel.client = None
            starter.shutdown_kernel(now=True)


def _of_running(starter: KernelManager) -> AsyncKernelManager:
    """nbclient talks to asynchronous managers only."""
    manager = AsyncKernelManager(kernel_name="python3")
    manager.load_connection_info(starter.get_connection_info())
    manager.provisioner = starter.provisioner
    return manager


def _updated(raw: bytes) -> bytes:
    nb = nbformat.reads(raw.decode(), 4)
    return nbformat.writes(MetadataValidator().upgrade_notebook_metadata(nb)).encode()
