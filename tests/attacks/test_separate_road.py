"""Hostile work against the judge: it may give wrong answers, and nothing else.

Each attack's score is compared with that of the same work without it.
"""

from __future__ import annotations

import time

import pytest

from app import engine
from tests.engine import build, judged

pytestmark = pytest.mark.usefixtures("untouched")

LAB_CELLS = (
    build.solution("def double(n):\n    return 2 * n"),
    build.test("assert double(2) == 4", "seen"),
    build.test(
        "assert double(0) == 0\n### BEGIN HIDDEN TESTS\nassert double(21) == 42\n"
        "### END HIDDEN TESTS",
        "unseen",
        points=2,
    ),
    build.test("4 * (double(5) == 10)", "part", points=4),
    judged.free("after = None"),
    build.test("assert double(8) == 16 and double(-1) == -2", "last"),
)

#: Work that is wrong, and does what it can to pass nevertheless.
LIES = {
    "a return value that equals everything": (
        "class Yes:\n    def __eq__(self, other):\n        return True\n"
        "    __hash__ = None\ndef double(n):\n    return Yes()"
    ),
    "a subclass of int": (
        "class Yes(int):\n    def __eq__(self, other):\n        return True\n"
        "    __hash__ = int.__hash__\ndef double(n):\n    return Yes(1)"
    ),
    "a subclass of int inside a list": (
        "class Yes(int):\n    def __eq__(self, other):\n        return True\n"
        "    __hash__ = int.__hash__\ndef double(n):\n    return [Yes(1)]"
    ),
    "a metaclass that lies about its instances": (
        "class Meta(type):\n    def __instancecheck__(cls, x):\n        return True\n"
        "class Yes(int, metaclass=Meta):\n    __class__ = int\n"
        "    def __eq__(self, other):\n        return True\n"
        "def double(n):\n    return Yes(3)"
    ),
    "nan": "def double(n):\n    return float('nan')",
    "an array that is equal somewhere": (
        "import numpy as np\ndef double(n):\n    return np.arange(100)"
    ),
    "a truthy array of one": "import numpy as np\ndef double(n):\n    return np.array([True])",
    "a mock": "from unittest.mock import MagicMock, ANY\ndef double(n):\n    return ANY",
    "the answer of another test": "def double(n):\n    return 4",
    "an exception instead of an answer": (
        "def double(n):\n    raise StopIteration(2 * n if n == 99 else 0)"
    ),
    "an exception that a shell is silent about": (
        "import bdb\ndef double(n):\n    raise bdb.BdbQuit"
    ),
    "leaving": "import sys\ndef double(n):\n    sys.exit(0)",
    "replaced builtins": (
        "import builtins\nbuiltins.AssertionError = Warning\nbuiltins.len = lambda x: 0\n"
        "def double(n):\n    return 0"
    ),
    "shell hooks": (
        "ip = get_ipython()\nip.input_transformers_cleanup.append(lambda lines: ['pass\\n'])\n"
        "type(ip).run_cell = lambda *a, **k: None\ndef double(n):\n    return 0"
    ),
    "a codec that answers yes": (
        "import gc\nfor thing in gc.get_objects():\n"
        "    if type(thing).__name__ == 'Remote':\n"
        "        thing.reply = lambda *a, **k: {'op': 'return', 'root': True, 'changed': [],"
        " 'nodes': []}\n        break\n"
        "def double(n):\n    return 0"
    ),
    "changes to what was never given": (
        "import gc\nfor thing in gc.get_objects():\n"
        "    if type(thing).__name__ == 'Remote':\n"
        "        thing.reply = lambda *a, **k: {'op': 'return', 'root': 0, 'nodes': [],"
        " 'changed': [[0, ['list', []]], [7, ['dict', [], []]]]}\n        break\n"
        "def double(n):\n    return 0"
    ),
    "a name of the test's": (
        "def double(n):\n    import sys\n    frame = sys._getframe()\n    while frame:\n"
        "        for value in list(frame.f_locals.values()):\n"
        "            if value == 42:\n                return 42\n        frame = frame.f_back\n"
        "    return 0"
    ),
    "a shown value": (
        "def double(n):\n    get_ipython().displayhook(4)\n"
        "    return 0"
    ),
}  # fmt: skip

#: What her process sends instead of an answer, as code that writes to the line itself.
FORGE = """
import gc, json, struct, socket
remote = next(t for t in gc.get_objects() if type(t).__name__ == 'Remote')
line = remote.line
def send(raw):
    line.sendall(struct.pack('>I', len(raw)) + raw)
def double(n):
    {body}
    return 0
"""
FORGED = {
    "an answer of its own": (
        "[send(json.dumps({'op': 'return', 'root': 0, 'nodes': [], 'changed': [], 'id': i})"
        ".encode()) for i in range(200)]"
    ),
    "no JSON": "send(b'\\xff' * 100)",
    "JSON that is no message": "send(b'[1, 2, 3]')",
    "deep nesting": "send(b'[' * 100000 + b']' * 100000)",
    "a length that never comes": "line.sendall(struct.pack('>I', 1 << 20))",
    "an enormous length": "line.sendall(struct.pack('>I', 0xffffffff))",
    "an import of the judge's": (
        "send(json.dumps({'op': 'return', 'id': 2, 'root': [0], 'changed': [],"
        " 'nodes': [['class', 'subprocess', 'Popen']]}).encode())"
    ),
    "a pickle": (
        "send(json.dumps({'op': 'return', 'id': 2, 'root': [0], 'changed': [],"
        " 'nodes': [['pickled', 'Y29zCnN5c3RlbQooUydleGl0Jwp0Ui4=']]}).encode())"
    ),
    "a library function": (
        "send(json.dumps({'op': 'return', 'id': 2, 'root': [0], 'changed': [],"
        " 'nodes': [['global', 'builtins', 'eval']]}).encode())"
    ),
    "questions to the judge": (
        "[send(json.dumps({'op': 'call', 'ref': i, 'id': i, 'args': [], 'kwargs': {},"
        " 'nodes': []}).encode()) for i in range(50)]"
    ),
    "nodes that name each other": (
        "send(json.dumps({'op': 'return', 'id': 2, 'root': [0], 'changed': [],"
        " 'nodes': [['tuple', [[1]]], ['tuple', [[0]]]]}).encode())"
    ),
    "an array larger than its bytes": (
        "send(json.dumps({'op': 'return', 'id': 2, 'root': [0], 'changed': [],"
        " 'nodes': [['array', '<f8', [10**12], '', 'C']]}).encode())"
    ),
}  # fmt: skip

HOSTILE = {
    "an endless answer": "def double(n):\n    while True:\n        pass",
    "an endless answer that cannot be interrupted": (
        "def double(n):\n    while True:\n        try:\n            while True:\n"
        "                pass\n        except BaseException:\n            pass"
    ),
    "a huge answer": "def double(n):\n    return 'x' * (200 * 2**20)",
    "a million small answers": "def double(n):\n    return [[] for _ in range(2_000_000)]",
    "a shape that grows when it is compared": (
        "def double(n):\n    x = []\n    for _ in range(60):\n        x = [x, x]\n    return x"
    ),
    "deep nesting": (
        "def double(n):\n    x = []\n    for _ in range(100_000):\n        x = [x]\n    return x"
    ),
    "an integer of many digits": "def double(n):\n    return 1 << 50_000_000",
    "a flood of print": "def double(n):\n    while True:\n        print('x' * 10_000)",
    "memory": "def double(n):\n    x = [bytearray(50 * 2**20) for _ in range(1000)]\n    return 0",
    "forks": "import os\ndef double(n):\n    for _ in range(200):\n        os.fork()\n    return 0",
    "the end of its process": "import os\ndef double(n):\n    os._exit(0)",
    "the line cut": (
        "import os\ndef double(n):\n    os.closerange(3, 64)\n    return 0"
    ),
    "recursion over the line": (
        "def double(n):\n    return double(n)"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def lab() -> engine.LabSource:
    made = judged.lab(*LAB_CELLS)
    assert set(judged.roads(made).values()) == {"separate"}, made.roads
    return made


def points(result: engine.NotebookResult) -> float:
    return sum(cell.score or 0 for cell in result.cells)


@pytest.mark.parametrize("name", LIES)
def test_a_lie_earns_nothing(name: str, lab: engine.LabSource) -> None:
    result = judged.grade(lab, {"work": LIES[name]})
    honest = 1.0 if name == "the answer of another test" else 0.0  # what such an answer is worth
    assert points(result) == honest
    assert {cell.assurance for cell in result.cells} == {"separate"} or result.state != "graded"


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_message_earns_nothing(name: str, lab: engine.LabSource) -> None:
    work = FORGE.format(body=FORGED[name])
    began = time.monotonic()
    result = judged.grade(lab, {"work": work}, cell_seconds=3, total_seconds=20)
    assert points(result) == 0
    assert time.monotonic() - began < 4 * 20 + 30


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_ends_within_its_limits(name: str, lab: engine.LabSource) -> None:
    began = time.monotonic()
    result = judged.grade(lab, {"work": HOSTILE[name]}, cell_seconds=2, total_seconds=15)
    assert points(result) == 0
    assert time.monotonic() - began < 4 * 15 + 30
    assert points(judged.grade(lab, {})) == 8  # the next one is graded as ever


class TestCallbacks:
    LAB = (
        build.solution("def apply(f, xs):\n    return [f(x) for x in xs]"),
        build.test(
            "secret = 7\ndef f(x):\n    return x + secret\nassert apply(f, [1]) == [8]\n"
            "assert apply(f, []) == []",
        ),
        build.test("assert apply(abs, [-3]) == [3]", "later"),
    )

    def grade(self, work: str, **limits: float) -> dict[str, tuple[str, float | None]]:
        made = judged.lab(*self.LAB)
        assert set(judged.roads(made).values()) == {"separate"}
        return build.outcomes(judged.grade(made, {"work": work}, **limits))

    def test_a_function_kept_from_one_call_does_not_help_in_another(self) -> None:
        work = (
            "kept = []\ndef apply(f, xs):\n    kept.append(f)\n    return [kept[0](x) for x in xs]"
        )
        assert self.grade(work)["later"] == ("failed", 0.0)

    def test_the_test_behind_a_function_cannot_be_reached(self) -> None:
        work = (
            "def apply(f, xs):\n"
            "    found = [getattr(f, '__globals__', {}).get('secret'), f.__closure__]\n"
            "    return [8] if 7 in found and xs else []"
        )
        assert self.grade(work)["check"] == ("failed", 0.0)

    def test_endless_calls_back_end(self) -> None:
        work = "def apply(f, xs):\n    while True:\n        f(1)"
        assert self.grade(work, cell_seconds=2)["check"][1] == 0.0

    def test_calls_back_from_a_thread_do_not_help(self) -> None:
        work = (
            "import threading, time\ndef apply(f, xs):\n"
            "    def run():\n        for _ in range(50):\n            try:\n"
            "                f(1)\n            except BaseException:\n                pass\n"
            "    threads = [threading.Thread(target=run, daemon=True) for _ in range(4)]\n"
            "    [t.start() for t in threads]\n    time.sleep(0.1)\n    return []"
        )
        assert self.grade(work, cell_seconds=2)["check"][1] in (0.0, None)


class TestWhatAHiddenTestSays:
    WORK = (
        "seen = []\ndef double(n):\n    seen.append(n)\n    print('got', n)\n"
        "    open('/tmp/seen', 'a').write(str(n))\n    return 2 * n if n == 2 else 0"
    )

    def test_arguments_kept_for_a_later_cell_are_not_shown(self, lab: engine.LabSource) -> None:
        nb = build.nbformat.reads(lab.notebooks[0].source.decode(), 4)
        nb.cells[0].source = self.WORK
        nb.cells[
            4
        ].source = (
            "print('kept', seen)\nprint(open('/tmp/seen').read())\nraise ValueError(f'kept {seen}')"
        )
        result = judged.grade(lab, build.nbformat.writes(nb).encode())
        shown = repr(engine.feedback(result, lab.notebooks[0].source))
        assert "21" not in shown.replace("021", "")
        assert "kept" not in shown.replace("print('kept', seen)", "").replace("f'kept", "")

    def test_the_text_of_its_error_is_not_shown(self, lab: engine.LabSource) -> None:
        work = (
            "def double(n):\n    if n == 21:\n        raise ValueError(f'it was {n}')\n"
            "    return 2 * n"
        )
        result = judged.grade(lab, {"work": work})
        assert "it was 21" not in repr(engine.feedback(result, lab.notebooks[0].source))


class TestTheJudgesWorld:
    def test_a_module_that_she_wrote_is_never_imported(self) -> None:
        made = judged.lab(
            build.solution("def f():\n    return 1"),
            build.test(
                "try:\n    import colorsys_x\nexcept ImportError:\n    pass\nassert f() == 1"
            ),
        )
        assert judged.roads(made) == {"check": "separate"}
        work = (
            "open('colorsys_x.py', 'w').write('import builtins\\nraise SystemExit')\n"
            "def f():\n    return 2"
        )
        assert build.outcomes(judged.grade(made, {"work": work})) == {"check": ("failed", 0.0)}

    def test_a_pickle_that_she_wrote_is_never_opened(self) -> None:
        made = judged.lab(
            build.solution("import json\ndef f(path):\n    json.dump([1], open(path, 'w'))"),
            build.test(
                "import numpy as np, os\nf('a.json')\n"
                "if os.path.exists('a.npy'):\n    np.load('a.npy', allow_pickle=True)\n"
                "import json\nassert json.load(open('a.json')) == [1]"
            ),
        )
        assert judged.roads(made) == {"check": "separate"}
        work = (
            "import numpy as np, json\nclass P:\n    def __reduce__(self):\n"
            "        return (exec, ('import builtins; builtins.AssertionError = Warning',))\n"
            "def f(path):\n    np.save('a.npy', np.array([P()], dtype=object))\n"
            "    json.dump([2], open(path, 'w'))"
        )
        assert build.outcomes(judged.grade(made, {"work": work})) == {"check": ("failed", 0.0)}

    def test_her_files_do_not_leave_the_folders(self) -> None:
        made = judged.lab(
            build.solution("def f():\n    open('out.txt', 'w').write('1')"),
            build.test("import os\nf()\nassert open('out.txt').read() == '1'"),
        )
        assert judged.roads(made) == {"check": "separate"}
        work = (
            "import gc, base64\nremote = next(t for t in gc.get_objects()"
            " if type(t).__name__ == 'Remote')\n"
            "def f():\n    class Files:\n        def changed(self):\n"
            "            return [['/home/student/work/../../../etc/passwd', 'eA=='],"
            " ['/run/banyan/x', 'eA=='], ['/home/student/work/out.txt', None], [1, 2], 'x']\n"
            "        def take(self, changes):\n            pass\n"
            "    remote.files = Files()"
        )
        assert build.outcomes(judged.grade(made, {"work": work})) == {"check": ("failed", 0.0)}
