"""Hostile submissions: each ends within its limits, gains nothing and leaves nothing behind."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from app import engine
from app.engine import processes, zygote
from tests.attacks.hostile import LIMITS, SOLUTION, cell, grade, lab, printed, submission

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
    assert time.monotonic() - began < LIMITS.total_seconds + 20
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


@pytest.mark.usefixtures("either_executor")
class TestReading:
    def test_nothing_of_the_host_can_be_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secret = f"BANYAN-SECRET-{secrets.token_hex(8)}"
        (tmp_path / "other-submission.ipynb").write_text(secret)
        monkeypatch.setenv("SOME_TOKEN", secret)
        result = grade(
            "import glob, os, re\n"
            "found = glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline')\n"
            "for folder, below, files in os.walk('/'):\n"
            "    skip = ('usr', 'sys', 'proc', 'python3.11', 'share')\n"
            "    below[:] = [name for name in below if name not in skip]\n"
            "    found += [os.path.join(folder, name) for name in files]\n"
            "for path in found:\n"
            "    try:\n"
            "        if not os.path.isfile(path): continue\n"
            "        with open(path, 'rb') as file: raw = file.read(100_000)\n"
            "    except OSError: continue\n"
            "    for secret in re.findall(rb'BANYAN-SECRET-[0-9a-f]{16}', raw):\n"
            "        print(path, secret)\n"
            f"for path in ('/etc/shadow', '{tmp_path}', '{Path.cwd()}/app', '/root/.bashrc',"
            " '/proc/1/environ', '/proc/1/root/etc/shadow', '/home', '/var', '/run/hub'):\n"
            "    print(path, os.path.exists(path) and (os.path.isfile(path) or os.listdir(path)))\n"
            + SOLUTION,
            limits=engine.Limits(cell_seconds=20, output_bytes=200_000),
        )
        assert result.state == "graded"
        seen = printed(result)
        assert secret not in seen
        assert "/etc/shadow False" in seen
        assert f"{tmp_path} False" in seen
        assert f"{Path.cwd()}/app False" in seen

    def test_no_test_is_on_the_disk_or_in_memory_before_it_runs(self) -> None:
        result = grade(
            "import os\nfound = []\n"
            "for folder, _, files in os.walk('/home'):\n    found += files\n"
            "print('files', [name for name in found if name.endswith('.ipynb')])\n"
            "memory = open('/proc/self/maps').read().splitlines()\n"
            "import re\nseen = 0\n"
            "with open('/proc/self/mem', 'rb', 0) as raw:\n"
            "    for line in memory:\n"
            "        start, end = (int(n, 16) for n in line.split()[0].split('-'))\n"
            "        if 'rw' in line:\n"
            "            try:\n"
            "                raw.seek(start)\n"
            "                seen += len(re.findall(rb'double[(]21[)]', raw.read(end - start)))\n"
            "            except (OSError, OverflowError, ValueError): pass\n"
            "print('seen', seen)\n" + SOLUTION
        )
        assert "files []" in printed(result)
        assert "seen 0" in printed(result)

    def test_there_is_no_network(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            result = grade(
                "import socket\n"
                f"for place in (('127.0.0.1', {port}), ('192.0.2.1', 80)):\n"
                "    try:\n        socket.create_connection(place, 1); print('REACHED')\n"
                "    except OSError as error: print('refused', error)\n" + SOLUTION
            )
        assert "REACHED" not in printed(result)
        assert "refused" in printed(result)

    def test_it_is_nobody_and_stays_nobody(self) -> None:
        result = grade(
            "import os, subprocess\n"
            "print('root', 0 in (os.getuid(), os.geteuid(), os.getgid(), os.getegid()))\n"
            "status = open('/proc/self/status').read()\n"
            "caps = [l.split()[1] for l in status.splitlines() if l.startswith('Cap')]\n"
            "print('caps', [cap.strip('0') for cap in caps])\n"
            "try:\n    os.setuid(0); print('BECAME ROOT')\n"
            "except OSError: print('stays')\n"
            "mount = ['mount', '-t', 'tmpfs', 'x', '/tmp']\n"
            "print('mount', subprocess.run(mount, capture_output=True).returncode == 0)\n"
            + SOLUTION
        )
        seen = printed(result)
        assert "root False" in seen
        assert "caps ['', '', '', '', '']" in seen
        assert "BECAME ROOT" not in seen
        assert "mount False" in seen


SILENCERS = {
    "a transformer": ("get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])"),
    "a transformer that knows the tests": (
        "get_ipython().input_transformers_cleanup.append("
        "lambda lines: ['4\\n'] if any('double(' in l for l in lines) else lines)"
    ),
    "a syntax tree transformer": (
        "import ast\nclass Quiet(ast.NodeTransformer):\n    def visit_Assert(self, node):\n"
        "        return ast.copy_location(ast.Pass(), node)\n"
        "get_ipython().ast_transformers.append(Quiet())"
    ),
    "another run_cell_async": (
        "from IPython.core.interactiveshell import InteractiveShell, ExecutionResult\n"
        "async def run(self, *args, **kwargs):\n    result = ExecutionResult(None)\n"
        "    self.execution_count += 1\n    return result\n"
        "InteractiveShell.run_cell_async = run"
    ),
    "another run_code": (
        "async def run(code, result=None, **kwargs):\n    return False\n"
        "get_ipython().run_code = run"
    ),
    "another compiler": (
        "import builtins, ast\nold = builtins.compile\n"
        "get_ipython().compile.ast_parse = lambda *a, **k: ast.parse('pass')"
    ),
    "another kernel": (
        "from ipykernel.ipkernel import IPythonKernel\n"
        "async def run(self, *args, **kwargs):\n"
        "    return {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}\n"
        "IPythonKernel.do_execute = run\nget_ipython().kernel.do_execute = run.__get__(None)"
    ),
    "a forged value": (
        "import sys\nhook = type(get_ipython().displayhook)\n"
        "hook.compute_format_data = lambda self, result: ({'text/plain': '4'}, {})"
    ),
}


@pytest.mark.usefixtures("next_one_untouched")
@pytest.mark.parametrize("name", SILENCERS)
def test_who_silences_the_tests_gets_no_score(name: str, either_executor: str) -> None:
    result = grade(SILENCERS[name])
    if (name, either_executor) == ("another kernel", "zygote"):  # there is none to be replaced
        assert (result.state, result.score) == ("graded", 0)
        return
    assert result.state == "tampered", [c.outcome for c in result.cells]
    assert result.score == 0
    assert all(cell.score is None and cell.outcome == "tampered" for cell in result.cells)
    assert b"get_ipython" in result.executed or b"import" in result.executed  # the evidence


FRAMES = "channel = get_ipython().display_pub.session\n"
FORGED_FRAMES = {
    "noise": "channel.link.sendall(b'\\xff' * 64)",
    "a frame without an end": (
        "import struct, time\nchannel.link.sendall(struct.pack('>I', 100_000) + b'{')\n"
        "time.sleep(60)"
    ),
    "no JSON": "channel.link.sendall(b'\\0\\0\\0\\5hello')",
    "deep JSON": ("raw = b'[' * 60_000\nchannel.link.sendall(len(raw).to_bytes(4, 'big') + raw)"),
    "parts of the wrong types": (
        "channel.frame({'token': get_ipython().get_parent()['header']['msg_id'],"
        " 'kind': 'display_data', 'content': {'data': 7, 'transient': [1]}})"
    ),
    "a content of the wrong type": (
        "channel.frame({'token': get_ipython().get_parent()['header']['msg_id'],"
        " 'kind': 'stream', 'content': [1, 2]})"
    ),
    "a frame of nobody": "channel.link.sendall(b'\\0\\0\\0\\2{}')",
    "a closed channel": "import time\nchannel.link.close()\ntime.sleep(60)",
    "a shut channel": "import time\nchannel.link.shutdown(2)\ntime.sleep(60)",
    "an early end of the cell": (
        "channel.frame({'token': get_ipython().get_parent()['header']['msg_id'], 'kind': 'done',"
        " 'content': {'status': 'ok', 'count': 'x'}})"
    ),
    "an answer to what was not asked": (
        "import os\nfor _ in range(50):\n    channel.frame({'token': os.urandom(12).hex(),"
        " 'kind': 'execute_result', 'content': {'data': {'text/plain': '4'}}})"
    ),
}


@pytest.mark.usefixtures("next_one_untouched")
@pytest.mark.parametrize("name", FORGED_FRAMES)
def test_forged_frames_gain_nothing(name: str) -> None:
    began = time.monotonic()
    result = grade(FRAMES + FORGED_FRAMES[name])
    assert time.monotonic() - began < LIMITS.total_seconds + 20
    assert result.score == 0


FILTERS = {
    "errors that are not sent": (
        "kept = type(channel).frame\ndef frame(self, message):\n"
        "    if message['kind'] == 'done':\n"
        "        message['content'] = {'status': 'ok', 'count': 1}\n"
        "    if message['kind'] != 'error':\n        kept(self, message)\n"
        "type(channel).frame = frame"
    ),
    "cells that do not arrive": (
        "import json\nkept = json.loads\ndef loads(raw):\n    found = kept(raw)\n"
        "    if 'run' in found:\n        found['source'] = 'pass'\n    return found\n"
        "json.loads = loads"
    ),
    "another serve": (
        "import sys\nasync def run(self, token, source):\n"
        "    return {'status': 'ok', 'count': 1}\n"
        "sys.modules['session'].Notebook.run = run"
    ),
    "answers of a thread": (
        "import threading, time\nshell = get_ipython()\ndef race():\n    while True:\n"
        "        token = shell.get_parent()['header']['msg_id']\n"
        "        channel.frame({'token': token, 'kind': 'done',"
        " 'content': {'status': 'ok', 'count': 1}})\n        time.sleep(0.0005)\n"
        "kept = shell.run_cell\ndef slow(*args, **more):\n    time.sleep(0.05)\n"
        "    return kept(*args, **more)\nshell.run_cell = slow\n"
        "threading.Thread(target=race, daemon=True).start()"
    ),
}


@pytest.mark.usefixtures("next_one_untouched")
@pytest.mark.parametrize("name", FILTERS)
def test_who_stands_between_the_tests_and_the_grader_gets_no_score(name: str) -> None:
    result = grade(FRAMES + FILTERS[name])
    assert result.score == 0
    assert result.state == "tampered"


NO_GAIN = {
    "no traceback": "get_ipython().showtraceback = lambda *args, **kwargs: None",
    "its own handler": ("get_ipython().set_custom_exc((Exception,), lambda *args, **kwargs: None)"),
    "no errors on the way": "import sys\nsys.excepthook = lambda *a: None\nsys.stderr = sys.stdout",
    "a cleared output": (
        "import threading, time\nfrom IPython.display import clear_output\n"
        "def go():\n    while True:\n        clear_output()\n        time.sleep(0.001)\n"
        "threading.Thread(target=go, daemon=True).start()"
    ),
    "forged results": (
        "import json\nopen('p1.ipynb', 'w').write('{}')\n"
        "print(json.dumps({'score': 7, 'outcome': 'passed'}))"
    ),
}


@pytest.mark.parametrize("name", NO_GAIN)
def test_what_hides_errors_gains_nothing(name: str) -> None:
    result = grade(NO_GAIN[name])
    assert result.score == 0 or result.state == "tampered"


class TestEditedNotebooks:
    def test_a_test_that_says_it_need_not_run_runs(self) -> None:
        nb = submission("double = None")
        for made in nb.cells:
            made.metadata["tags"] = ["skip-execution"]
        assert grade(nb).score == 0

    def test_an_edited_test_is_restored(self) -> None:
        nb = submission("double = None")
        for made in nb.cells[1:]:
            made.source = "pass"
        assert grade(nb).score == 0

    def test_a_second_easier_copy_is_restored_too(self) -> None:
        nb = submission("double = None")
        nb.cells.append(nbformat.from_dict({**nb.cells[1], "source": "pass", "id": "copy"}))
        assert grade(nb).score == 0

    @pytest.mark.parametrize(
        "edit",
        [
            {"points": 100},
            {"grade": False},
            {"solution": True},
            {"locked": False, "grade": False},
            {"checksum": "0" * 32},
            {"schema_version": 99},
            {"schema_version": "x", "points": "many"},
            {"task": True},
        ],
        ids=str,
    )
    def test_edited_metadata_changes_nothing(self, edit: dict[str, object]) -> None:
        nb = submission(SOLUTION)
        for made in nb.cells[1:]:
            made.metadata["nbgrader"].update(edit)
        result = grade(nb)
        assert (result.state, result.score, result.max_score) == ("graded", 7.0, 7.0)

    def test_a_renamed_test_is_missing_and_waits_for_a_person(self) -> None:
        nb = submission(SOLUTION)
        nb.cells[1].metadata["nbgrader"]["grade_id"] = "mine"
        result = grade(nb)
        outcomes = {cell.grade_id: (cell.outcome, cell.score) for cell in result.cells}
        assert outcomes["seen"] == ("missing", None)
        assert outcomes["unseen"] == ("passed", 2.0)

    def test_a_test_turned_into_text_is_turned_back(self) -> None:
        nb = submission("double = None")
        for made in nb.cells[1:]:
            made.cell_type = "markdown"
            del made["outputs"], made["execution_count"]
        assert grade(nb).score == 0


@pytest.mark.parametrize(
    "path",
    ["../p1.txt", "/etc/x", "a/../../x", "a//b", "a/./b", "a\\b", "a\0b", "", "a\nb", "é" * 200],
)
def test_a_file_name_that_leads_elsewhere_is_refused(path: str) -> None:
    result = grade(SOLUTION, files={path: b"x"})
    assert (result.state, result.reason_code) == ("failed", "bad-path")


def test_a_files_name_cannot_take_the_place_of_a_library() -> None:
    evil = b"raise SystemExit('taken')"
    names = (
        "ipykernel.py",
        "zmq.py",
        "tarfile.py",
        "json.py",
        "sitecustomize.py",
        "ipykernel/__init__.py",
    )
    files = {name: evil for name in names if name != "ipykernel.py"}
    assert grade(SOLUTION, files=files).score == 7.0


def test_hidden_tests_do_not_come_back_through_feedback() -> None:
    result = grade(
        "seen = []\ndef double(number):\n    seen.append(number)\n    return 2 * number\n"
        "class Leak21Error(Exception): pass",
    )
    nb = submission(
        "seen = []\ndef double(number):\n    seen.append(number)\n"
        "    if number == 5: raise type(f'Leak{seen[-2]}Error', (Exception,), {})(seen)\n"
        "    return 2 * number"
    )
    nb.cells.append(nbformat.v4.new_code_cell("print('learnt', seen, In)\nraise KeyError(seen)"))
    result = grade(nb)
    source = lab().notebooks[0].source
    page = engine.standalone_html(engine.feedback(result, source), "Feedback", "en")
    assert "21" not in page
    assert "HIDDEN" not in page
    assert "KeyError" in page


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
    deadline = time.monotonic() + 10
    while theirs() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not theirs()
