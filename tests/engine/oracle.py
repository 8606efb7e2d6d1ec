"""What nbgrader itself gives: run ``python -m tests.engine.oracle`` to compute all scores anew.

The scores are stored by the hash of their input in ``oracle/scores.json``; tests compare with
them, and compute a few live.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

from tests.engine.cases import CELL_SECONDS, Case, cases, refused

STORE = Path(__file__).parent / "oracle" / "scores.json"


def stored() -> dict[str, Any]:
    return json.loads(STORE.read_text())


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
        for place, raw in (("source/ps1", case.source), ("submitted/mei/ps1", case.submission)):
            (root / place).mkdir(parents=True)
            (root / place / "p1.ipynb").write_bytes(raw)
            for path, content in case.files:
                (root / place / path).write_bytes(content)
        config = Config()
        config.CourseDirectory.root = folder
        config.CourseDirectory.db_url = f"sqlite:///{folder}/gradebook.db"
        config.Execute.timeout = CELL_SECONDS
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


def main() -> None:
    found = {}
    for case in (*cases(), *refused()):
        found[case.key] = {"name": case.name, **ask(case)}
        print(case.name, found[case.key]["error"] or "", file=sys.stderr, flush=True)
        STORE.parent.mkdir(exist_ok=True)
        ordered = dict(sorted(found.items(), key=lambda item: item[1]["name"]))
        STORE.write_text(json.dumps(ordered, indent=1, sort_keys=False) + "\n")


if __name__ == "__main__":
    main()
