"""Data sets within grading: those that a lab names, once for all, for reading only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from app import engine
from app.engine import data
from app.engine.executor import Executor, Job
from app.engine.kernel_executor import KernelExecutor
from app.engine.zygote_executor import ZygoteExecutor
from tests.engine import build


@pytest.fixture
def sets(tmp_path: Path) -> Iterator[Path]:
    """Two sets in a folder of their own."""
    before = data.folder()
    for name, text in (("sensors/1", "7\n"), ("answers/1", "secret\n")):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "values.csv").write_text(text)
    engine.offer_data(tmp_path)
    yield tmp_path
    data._folder = before


def printed(executor: Executor, code: str, *names: str) -> str:
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    run = executor.run(Job(nb, frozenset(), {}, "standard", engine.Limits(), data=names))
    assert run.stop is None
    return "".join(
        output.get("text", output.get("ename", "")) for output in run.notebook.cells[0].outputs
    )


LOOK = """
import os
print(open("/data/sensors/1/values.csv").read().strip(), sorted(os.listdir("/data")))
for path in ("/data/new", "/data/sensors/new", "/data/sensors/1/new", "/data/sensors/1/values.csv"):
    try:
        open(path, "w")
    except OSError as error:
        print("refused")
try:
    os.chmod("/data/sensors/1/values.csv", 0o777)
except OSError:
    print("refused")
print([line.split()[4] for line in open("/proc/self/mountinfo") if "answers" in line])
"""


@pytest.mark.parametrize("executor", [ZygoteExecutor(), KernelExecutor()])
def test_a_notebook_reads_what_its_lab_names_and_nothing_else(
    executor: Executor, sets: Path
) -> None:
    assert printed(executor, LOOK, "sensors/1").splitlines() == [
        "7 ['sensors']",
        *["refused"] * 5,
        "[]",
    ]
    assert sorted(os.listdir(sets / "sensors" / "1")) == ["values.csv"]


@pytest.mark.parametrize("executor", [ZygoteExecutor(), KernelExecutor()])
def test_a_notebook_whose_lab_names_none_sees_none(executor: Executor, sets: Path) -> None:
    code = "import os\nprint(os.listdir('/data') if os.path.exists('/data') else [])"
    assert printed(executor, code).strip() == "[]"


def test_both_roads_read_the_same_set(sets: Path) -> None:
    """The judge reads it for its test, and the student's process for her function."""
    source = build.notebook(
        build.solution(
            "def first():\n    ### BEGIN SOLUTION\n"
            "    return int(open('/data/sensors/1/values.csv').read())\n    ### END SOLUTION",
            "first",
        ),
        build.test(
            "wanted = int(open('/data/sensors/1/values.csv').read())\nassert first() == wanted",
            "test-first",
            points=2,
        ),
    )
    lab = engine.LabSource((engine.NotebookSource("lab", source),), data=("sensors/1",))
    roads = engine.plan_roads(lab)
    assert roads["lab"]["test-first"]["road"] == "separate"
    planned = engine.LabSource(lab.notebooks, roads=roads, data=lab.data)
    (result,) = engine.grade(planned, {"lab.ipynb": source})
    assert (result.score, result.cells[0].assurance) == (2, "separate")


def test_a_set_that_is_not_here_is_this_machines_fault_and_nobodys_score(sets: Path) -> None:
    source = build.notebook(build.test("assert True", "t", points=1))
    lab = engine.LabSource((engine.NotebookSource("lab", source),), data=("elsewhere/1",))
    with pytest.raises(engine.EngineUnavailable, match="elsewhere/1"):
        engine.grade(lab, {"lab.ipynb": source})
    with pytest.raises(engine.EngineUnavailable):
        data.check(("../etc/1",))
