"""Both executors show the same; warm processes come, go and leave nothing behind."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest

from app import engine
from app.engine import grading, processes, zygote, zygotes
from app.engine.executor import Executor, Job, Run
from app.engine.kernel_executor import KernelExecutor
from app.engine.zygote_executor import ZygoteExecutor
from jupyter_config import sandbox
from tests.engine import build

SHOWN = {
    "a value": "6 * 7",
    "nothing": "None",
    "text": "print('one')\nprint('two', end='')",
    "both streams": "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('again')",
    "a shell escape": "!echo escaped",
    "a warning": "import warnings\nwarnings.warn('careful')",
    "an error": "def f():\n    return 1 / 0\nf()",
    "an error without text": "raise ValueError",
    "a syntax error": "def f(:\n    pass",
    "an interrupt of its own": "raise KeyboardInterrupt",
    "an exit": "import sys\nsys.exit(3)",
    "display": "display('shown', 2)\n'last'",
    "display that changes": "shown = display('old', display_id='x')\nshown.update('new')",
    "a cleared output": (
        "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('left')"
    ),
    "html": "from IPython.display import HTML\nHTML('<b>bold</b>')",
    "await": "import asyncio\nawait asyncio.sleep(0)\n'waited'",
    "a loop that runs": "import asyncio\nasyncio.get_running_loop().is_running()",
    "a second loop": (
        "import asyncio\nwait = asyncio.sleep(0)\ntry:\n    asyncio.run(wait)\n"
        "finally:\n    wait.close()"
    ),
    "a cell magic": "%%timeit -n1 -r1 -q\npass",
    "a line magic": "%xmode Plain\n1 / 0",
    "an unknown magic": "%nosuch",
    "help": "len?",
    "input": "input('name?')",
    "a value that cannot be shown": (
        "class Odd:\n    def __repr__(self):\n        raise ValueError('no')\nOdd()"
    ),
    "a semicolon": "5;",
    "the history": "In[1], Out, _",
    "who it is": "__name__, get_ipython().__class__.__name__",
    "a thread": (
        "import threading\nt = threading.Thread(target=print, args=('aside',))\nt.start()\nt.join()"
    ),
    "a frame": "import pandas as pd\npd.DataFrame({'x': [1, 2]})",
    "a figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
}


def run_alone(executor: Executor, *cells: str) -> list[list[dict[str, Any]]]:
    """What nbgrader would see of each cell: kinds, text, names and types of data."""
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    run = executor.run(Job(nb, frozenset(), {}, "standard", engine.Limits()))
    assert run.stop is None
    return [seen(cell.outputs) for cell in run.notebook.cells]


def seen(outputs: list[Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    streams: dict[str, dict[str, Any]] = {}
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":  # a kernel sends its streams in pieces, and in any order
            name = output["name"]
            if name not in streams:
                streams[name] = {"kind": kind, "name": name, "text": ""}
                found.append(streams[name])
            streams[name]["text"] += output["text"]
        elif kind == "error":
            found.append({"kind": kind, "name": output["ename"], "text": output["evalue"]})
        else:
            data = output["data"]
            found.append({"kind": kind, "types": sorted(data), "text": data.get("text/plain")})
    for stream in streams.values():
        if "Warning" in stream["text"]:  # the cell's place has another name
            stream["text"] = stream["text"].partition(": ")[2]
    return sorted(found, key=lambda item: (item["kind"] == "stream", item.get("name", "")))


# A kernel hands on what is written past Python by a thread of its own, that may come too late for
# the cell: what is right is said here.
BELOW_PYTHON = {
    "import os\nprint('first')\nos.write(2, b'raw')": [
        {"kind": "execute_result", "types": ["text/plain"], "text": "3"},
        {"kind": "stream", "name": "stderr", "text": "raw"},
        {"kind": "stream", "name": "stdout", "text": "first\n"},
    ],
    "import subprocess\nsubprocess.run(['echo', 'below'])\nNone": [
        {"kind": "stream", "name": "stdout", "text": "below\n"},
    ],
}


class Never:
    """An executor that is not to be needed."""

    def run(self, job: Job) -> Run:
        raise AssertionError("The warm process did not run this.")


@pytest.fixture(scope="module")
def both() -> tuple[dict[str, Any], dict[str, Any]]:
    cells = list(SHOWN.values())
    warm = run_alone(ZygoteExecutor(Never()), *cells)
    kernel = run_alone(KernelExecutor(), *cells)
    return dict(zip(SHOWN, warm, strict=True)), dict(zip(SHOWN, kernel, strict=True))


@pytest.mark.parametrize("name", SHOWN)
def test_a_cell_shows_what_it_shows_in_a_kernel(
    name: str, both: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    warm, kernel = both
    assert warm[name] == kernel[name]


def test_what_is_written_past_python_is_shown_too() -> None:
    shown = run_alone(ZygoteExecutor(Never()), *BELOW_PYTHON)
    assert shown == list(BELOW_PYTHON.values())


NOT_IMPORTED = (
    "import matplotlib\nmatplotlib.pyplot",
    "import statsmodels\nstatsmodels.api",
    "import sklearn\nsklearn.tree.__name__",
    "import scipy\nscipy.stats.__name__",
    "import sys\n[name for name in sys.modules if name.startswith('statsmodels.t')]",
    "import sys\n[name for name in sys.modules if name.startswith('matplotlib.f')]",
    "from matplotlib import pyplot\nmatplotlib.lines.__name__, pyplot.__spec__.name",
    "import matplotlib.pyplot, sys\nmatplotlib.pyplot is sys.modules['matplotlib.pyplot']",
    "import importlib\nimportlib.reload(pyplot).__name__",
    "import statsmodels.tsa.arima.model as m\nm.ARIMA.__module__",
    "import statsmodels.api as sm\nsm.OLS.__module__, statsmodels.tsa.__name__",
)


def test_what_was_not_imported_is_not_there() -> None:
    warm = run_alone(ZygoteExecutor(Never()), *NOT_IMPORTED)
    kernel = run_alone(KernelExecutor(), *NOT_IMPORTED)
    assert dict(zip(NOT_IMPORTED, warm, strict=True)) == dict(
        zip(NOT_IMPORTED, kernel, strict=True)
    )
    assert warm[0][0]["name"] == warm[1][0]["name"] == "AttributeError"


def test_an_exception_that_cannot_be_shown_is_an_error_in_both() -> None:
    odd = "class Odd(Exception):\n    def __str__(self):\n        raise ValueError\nraise Odd"
    for executor in (ZygoteExecutor(Never()), KernelExecutor()):
        (outputs,) = run_alone(executor, odd)
        assert {output["kind"] for output in outputs} == {"error"}


LAB = build.notebook(build.solution("x = 1"), build.test("assert x == 1"))


def supervisor(found: zygote.Zygote) -> int:
    first = sandbox.namespace_init(found.process.pid)
    assert first is not None
    (pid,) = processes.children(first)
    return pid


@pytest.fixture
def own_zygotes() -> Iterator[None]:
    """The test may harm the warm processes."""
    yield
    engine.shut_down()


@pytest.mark.usefixtures("own_zygotes")
class TestWarmProcesses:
    def test_one_that_dies_is_replaced_and_nobody_notices(self) -> None:
        engine.warm("standard")
        (first,) = [z for z in zygotes.all_warm() if zygotes.get("standard") is z]
        os.kill(supervisor(first), signal.SIGKILL)
        assert build.grade(LAB).score == 1
        assert zygotes.get("standard") is not first
        assert first.process.wait(10) is not None

    def test_one_that_dies_with_a_notebook_is_not_the_students_fault(self) -> None:
        found = zygotes.get("standard")
        assert found is not None
        killer = threading.Timer(0.6, os.kill, (supervisor(found), signal.SIGKILL))
        source = build.notebook(
            build.solution("import time\ntime.sleep(2)\nx = 1"), build.test("assert x == 1")
        )
        killer.start()
        result = build.grade(source)
        killer.join()
        assert (result.state, result.score) == ("graded", 1.0)
        assert found.process.returncode is not None

    def test_a_forked_copy_of_the_grader_leaves_it_alone(self) -> None:
        found = zygotes.get("standard")
        pid = os.fork()
        if pid == 0:
            os._exit(len(zygotes.all_warm()))
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert build.grade(LAB).score == 1
        assert zygotes.get("standard") is found

    def test_one_that_does_not_answer_is_replaced(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(zygote, "FORK_SECONDS", 0.5)
        engine.warm("standard")
        first = zygotes.get("standard")
        assert first is not None
        os.kill(supervisor(first), signal.SIGSTOP)
        assert build.grade(LAB).score == 1
        assert zygotes.get("standard") is not first
        assert first.process.wait(10) is not None

    def test_new_packages_make_a_new_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first = zygotes.get("standard")
        assert first is not None
        monkeypatch.setattr(zygote, "stamp", lambda: (1,))
        second = zygotes.get("standard")
        assert second is not None
        assert second is not first
        assert first.process.wait(10) is not None

    def test_without_one_the_kernel_grades(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(zygotes, "get", lambda kind, **_wanted: None)
        assert build.grade(LAB).score == 1

    def test_many_at_once_do_not_mix(self) -> None:
        def one(number: int) -> float:
            source = build.notebook(
                build.solution(f"import time\nx = {number}\ntime.sleep(0.05)"),
                build.test(f"assert x == {number}"),
            )
            return build.grade(source).score

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(one, range(24))) == [1.0] * 24

    def test_a_hundred_in_a_row_leave_nothing(self) -> None:
        build.grade(LAB)
        found = zygotes.get("standard")
        assert found is not None
        pid = supervisor(found)

        def state() -> tuple[int, int, int, int, int]:
            deadline = time.monotonic() + 20  # it has yet to bury its dead
            while processes.children(pid) and time.monotonic() < deadline:
                time.sleep(0.01)
            return (
                len(os.listdir("/proc/self/fd")),
                threading.active_count(),
                len(os.listdir(f"/proc/{pid}/fd")),
                len(processes.children(pid)),
                len(Path(f"/proc/{pid}/mountinfo").read_text().splitlines()),
            )

        before = state()
        memory = processes.memory_bytes(pid)
        for _ in range(100):
            assert build.grade(LAB).score == 1
        assert state() == before
        assert processes.memory_bytes(pid) - memory < 2 * 2**20
        assert len(found.uids) == zygote.PLACES

    def test_every_notebook_draws_its_own_numbers(self) -> None:
        work = "import random, numpy\nprint(random.random(), numpy.random.random())"
        drawn = {str(run_alone(ZygoteExecutor(Never()), work)[0][0]["text"]) for _ in range(3)}
        assert len(drawn) == 3
        assert len({one.split()[0] for one in drawn}) == 3
        assert len({one.split()[1] for one in drawn}) == 3

    def test_a_light_notebook_sees_no_library_that_it_did_not_import(self) -> None:
        work = "import sys\n[name for name in ('nump' + 'y', 'panda' + 's') if name in sys.modules]"
        ((output,),) = run_alone(ZygoteExecutor(Never()), work)
        assert output["text"] == "[]"


def test_the_kernel_runs_what_no_warm_process_covers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zygotes, "missing", lambda environment: "make setup")
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import torch")])
    job = Job(nb, frozenset(), {}, "standard", engine.Limits())
    assert zygotes.kind_for(job) is None
    assert grading.ZygoteExecutor is ZygoteExecutor
