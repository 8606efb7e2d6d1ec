"""Who silences the tests, or stands between them and the grader, gains nothing."""

from __future__ import annotations

import time

import pytest

from tests.attacks.hostile import LIMITS, grade

pytestmark = pytest.mark.usefixtures("untouched")

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
        "async def run(self, token, source):\n"
        "    return {'status': 'ok', 'count': 1}\n"
        "import asyncio\n"
        "readers = asyncio.get_running_loop()._selector.get_map().values()\n"
        "owners = [h._callback.__self__ for k in readers for h in k.data if h]\n"
        "next(type(o) for o in owners if type(o).__name__ == 'Notebook').run = run"
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
