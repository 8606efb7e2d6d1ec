"""What nbgrader itself gives: run ``python -m tests.engine.oracle`` to compute all scores anew.

The scores are stored by the hash of their input, in ``oracle/scores.json`` for the notebooks that
nbgrader ships and in ``oracle/mutants.json`` for the labs of ``courses/``; tests compare with them,
and compute a few live. ``python -m tests.engine.oracle missing`` computes those only that are not
stored yet.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from tests.engine.cases import Case, cases, forgiven, refused
from tests.engine.mutants import mutants

FOLDER = Path(__file__).parent / "oracle"
STORES: dict[str, Callable[[], Sequence[Case]]] = {
    "scores": lambda: (*cases(), *refused()),
    "mutants": mutants,
}


def stored(store: str = "scores") -> dict[str, Any]:
    """Answers by the key of their case."""
    path = FOLDER / f"{store}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def ask(case: Case) -> dict[str, Any]:
    """Let nbgrader generate and autograde the case in a course folder of its own."""
    # nbgrader calls alembic by its bare name.
    scripts = str(Path(sys.executable).parent)
    if scripts not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = scripts + os.pathsep + os.environ["PATH"]
    from nbgrader.api import Gradebook
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        sent = forgiven(case.source, case.submission) if case.forgive else case.submission
        for place, raw in (("source/ps1", case.source), ("submitted/mei/ps1", sent)):
            (root / place).mkdir(parents=True)
            (root / place / "p1.ipynb").write_bytes(raw)
            for path, content in case.files:
                (root / place / path).parent.mkdir(exist_ok=True)
                (root / place / path).write_bytes(content)
        if case.update:
            subprocess.run(
                ["nbgrader", "update", ".", "--log-level=CRITICAL"], cwd=root, check=True
            )
        config = Config()
        config.CourseDirectory.root = folder
        config.CourseDirectory.db_url = f"sqlite:///{folder}/gradebook.db"
        config.Execute.timeout = case.cell_seconds
        config.Application.log_level = 60
        api = NbGraderAPI(config=config)
        made = api.generate_assignment("ps1", force=True, create=True)
        if not made["success"]:
            return {"error": "generate", "cells": {}}
        done = api.autograde("ps1", "mei", force=True, create=True)
        with Gradebook(config.CourseDirectory.db_url) as book:
            grades = book.find_submission_notebook("p1", "ps1", "mei").grades
            scores = {
                grade.name: {
                    "score": grade.auto_score,
                    "max_score": grade.max_score,
                    "manual": grade.needs_manual_grade,
                }
                for grade in grades
            }
        return {"error": None if done["success"] else _last_line(done), "cells": scores}


def _last_line(done: dict[str, Any]) -> str:
    lines = [line for line in done.get("log", "").splitlines() if "Error" in line]
    return lines[0].strip()[:200] if lines else "autograde"


def _named(case: Case) -> dict[str, Any]:
    return {"name": case.name, **ask(case)}


def main(arguments: list[str]) -> None:
    for store, wanted in STORES.items():
        known = stored(store) if arguments == ["missing"] else {}
        found = {case.key: known[case.key] for case in wanted() if case.key in known}
        ask_for = [case for case in wanted() if case.key not in known]
        with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            for case, answer in zip(ask_for, pool.map(_named, ask_for), strict=True):
                found[case.key] = answer
                print(store, case.name, answer["error"] or "", file=sys.stderr, flush=True)
        ordered = dict(sorted(found.items(), key=lambda item: item[1]["name"]))
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{store}.json").write_text(json.dumps(ordered, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
