"""What never ends well: it ends within its limits and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from app import engine
from app.engine import processes, zygote
from tests.attacks.hostile import LIMITS, SOLUTION, cell, grade, submission

pytestmark = pytest.mark.usefixtures("untouched")

ENDS = {
    "exit": "import sys\nsys.exit(0)",
    "exit at once": "import os\nos._exit(0)",
    "abort": "import os\nos.abort()",
    "crash": "import ctypes\nctypes.string_at(0)",
    "kill the parent": "import os\nos.kill(os.getppid(), 9)",
    "kill everything": "import os\nos.kill(-1, 9)",
    "kill the first process": "import os\nos.kill(1, 9)",
    "fork bomb": "import os\nwhile True:\n    os.fork()",
    "fork bomb of daemons": (
        "import os\nfor _ in range(10_000):\n    try:\n        if os.fork() == 0:\n"
        "            os.setsid()\n            while True:\n                pass\n"
        "    except OSError:\n        pass"
    ),
    "thread bomb": (
        "import threading, time\nfor _ in range(10_000):\n"
        "    threading.Thread(target=time.sleep, args=(60,)).start()"
    ),
    "memory": "hoard = []\nwhile True:\n    hoard.append(bytearray(10_000_000))",
    "shared memory": (
        "import mmap\nhoard = []\nwhile True:\n    part = mmap.mmap(-1, 50_000_000)\n"
        "    part.write(b'x' * 50_000_000)\n    hoard.append(part)"
    ),
    "memory of children": (
        "import os, time\nfor _ in range(20):\n    if os.fork() == 0:\n"
        "        hoard = bytearray(60_000_000)\n        time.sleep(60)\ntime.sleep(60)"
    ),
    "disk": "n = 0\nwhile True:\n    n += 1\n    open(f'f{n}', 'wb').write(bytes(1_000_000))",
    "disk in tmp": (
        "with open('/tmp/f', 'wb') as file:\n    while True:\n        file.write(bytes(9**7))"
    ),
    "disk in memory": (
        "n = 0\nwhile True:\n    n += 1\n    open(f'/dev/shm/f{n}', 'wb').write(bytes(1_000_000))"
    ),
    "output": "while True:\n    print('x' * 1000)",
    "output at once": "print('x' * 50_000_000)",
    "output from below": "import os\nwhile True:\n    os.write(1, b'x' * 10_000)",
    "pictures": (
        "from IPython.display import display, Image\nwhile True:\n"
        "    display(Image(data=b'\\x89PNG\\r\\n\\x1a\\n' + bytes(100_000)))"
    ),
    "endless loop": "while True:\n    pass",
    "endless loop that refuses to end": (
        "while True:\n    try:\n        while True:\n            pass\n"
        "    except BaseException:\n        pass"
    ),
    "deaf": ("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"),
    "holds the interpreter": "(10**9) ** (10**9)",
    "stops itself": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "closes its sockets": "import os\nos.closerange(3, 1000)\nwhile True:\n    pass",
}


@pytest.mark.usefixtures("next_one_untouched")
@pytest.mark.parametrize("name", ENDS)
def test_what_never_ends_well_ends_within_its_limits(name: str) -> None:
    began = time.monotonic()
    result = grade(ENDS[name])
    assert time.monotonic() - began < LIMITS.total_seconds + 60
    assert result.score == 0
    assert {cell.grade_id for cell in result.cells} == {"seen", "unseen", "part"}


def test_a_cell_that_never_ends_is_told_from_one_that_failed() -> None:
    result = grade("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass")
    assert (result.state, result.reason_code) == ("timeout", "cell-timeout")


def test_many_cells_that_each_take_their_time_end_at_the_total(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(processes, "patience", lambda: 1.0)
    nb = submission(SOLUTION)
    nb.cells[1:1] = [cell("import time\ntime.sleep(1.5)", f"own-{n}") for n in range(8)]
    limits = engine.Limits(cell_seconds=2, total_seconds=6)
    result = grade(nb, limits=limits)
    assert (result.state, result.reason_code) == ("timeout", "total-timeout")
    assert result.seconds < 9


LEAVES = {
    "a thread": (
        "import threading, time\ndef go():\n    while True:\n        time.sleep(0.01)\n"
        "threading.Thread(target=go).start()\n"
    ),
    "a daemon": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        time.sleep(600)\n    os._exit(0)\n"
    ),
    "a child that ignores signals": (
        "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', "
        "'import signal, time; [signal.signal(s, signal.SIG_IGN) for s in (1, 2, 15)]; "
        "time.sleep(600)'])\n"
    ),
}


@pytest.mark.usefixtures("next_one_untouched")
@pytest.mark.parametrize("name", LEAVES)
def test_what_outlives_the_cells_does_not_outlive_the_grading(name: str) -> None:
    result = grade(LEAVES[name] + SOLUTION)
    assert (result.state, result.score) == ("graded", 7.0)


def test_a_worker_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    code = (
        "from app.engine import processes\nfrom tests.attacks.hostile import grade\n"
        "processes.fresh_id = lambda: 1_987_654_321\n"
        "grade('import os\\nos.fork()\\nwhile True: pass')"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)}
    )

    def theirs() -> list[int]:
        found = psutil.process_iter(["uids", "cmdline"])
        people = range(1_987_654_321, 1_987_654_321 + zygote.PLACES)
        return [p.pid for p in found if p.info["uids"] and p.info["uids"].real in people]

    try:
        deadline = time.monotonic() + 60
        while len(theirs()) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert theirs()
    finally:
        worker.kill()
        worker.wait()
    deadline = time.monotonic() + 60
    while theirs() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not theirs()
