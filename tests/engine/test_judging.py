"""Tests that are judged in a process of their own: the same verdicts, out of reach."""

from __future__ import annotations

import pytest

from app.engine import messages
from tests.engine import build, judged

#: A solution, a test that passes with it, and other work with which it must not.
CASES: dict[str, tuple[str, str, str]] = {
    "plain values": (
        "def f(n):\n    return [i * i for i in range(n)]",
        "assert f(3) == [0, 1, 4]\nassert f(0) == []",
        "def f(n):\n    return [0, 1, 4]",
    ),
    "a value": (
        "answer = {'a': (1, 2.5, None)}",
        "assert answer == {'a': (1, 2.5, None)}",
        "answer = 1",
    ),
    "keyword arguments and defaults": (
        "def f(a, *rest, b=2, **more):\n    return a, rest, b, more",
        "assert f(1, 2, b=3, c=4) == (1, (2,), 3, {'c': 4}) and f(1) == (1, (), 2, {})",
        "def f(a, *rest, b=2, **more):\n    return a, rest, 2, more",
    ),
    "an exception's type": (
        "def f(n):\n    if n < 0:\n        raise ValueError('negative')",
        "try:\n    f(-1)\nexcept ValueError as error:\n    assert 'negative' in str(error)\n"
        "else:\n    raise AssertionError('no error')",
        "def f(n):\n    raise KeyError('negative')",
    ),
    "a library's exception": (
        "import json\ndef f(text):\n    return json.loads(text)",
        "import json\ntry:\n    f('{')\nexcept json.JSONDecodeError as error:\n    pass\n"
        "else:\n    raise AssertionError",
        "def f(text):\n    raise OSError",
    ),
    "a callback": (
        "def f(g, xs):\n    return [g(x) for x in xs]",
        "assert f(lambda x: x + 1, [1, 2]) == [2, 3]\nassert f(len, ['ab']) == [2]",
        "def f(g, xs):\n    return xs",
    ),
    "an exception in a callback": (
        "def f(g):\n    try:\n        g()\n    except ZeroDivisionError:\n        return 'caught'",
        "def g():\n    return 1 / 0\nassert f(g) == 'caught'",
        "def f(g):\n    return g()",
    ),
    "a function as a value": (
        "def adder(n):\n    return lambda m: n + m",
        "add = adder(2)\nassert add(3) == 5 and callable(add)",
        "def adder(n):\n    return lambda m: m",
    ),
    "functions passed on": (
        "def compose(f, g):\n    return lambda x: f(g(x))\ndef inc(x):\n    return x + 1",
        "assert compose(inc, inc)(1) == 3\nassert compose(inc, str)(1) if False else True",
        "def compose(f, g):\n    return f\ndef inc(x):\n    return x + 1",
    ),
    "a decorator": (
        "def twice(f):\n    def inner(*a):\n        return f(f(*a))\n    return inner",
        "@twice\ndef g(x):\n    return x * 3\nassert g(2) == 18",
        "def twice(f):\n    return f",
    ),
    "a change in place": (
        "def f(xs, d):\n    xs.sort()\n    d['n'] = len(xs)",
        "xs, d = [3, 1, 2], {}\nassert f(xs, d) is None\nassert xs == [1, 2, 3] and d == {'n': 3}",
        "def f(xs, d):\n    d['n'] = len(xs)",
    ),
    "the same object comes back": (
        "def f(xs):\n    xs.append(1)\n    return xs",
        "xs = []\nassert f(xs) is xs and xs == [1]",
        "def f(xs):\n    return xs + [1]",
    ),
    "a generator": (
        "def f():\n    n = 0\n    while True:\n        yield n\n        n += 1",
        "from itertools import islice\nassert list(islice(f(), 4)) == [0, 1, 2, 3]\n"
        "g = f()\nassert next(g) == 0 and next(g) == 1",
        "def f():\n    yield 1",
    ),
    "what is printed": (
        "def f():\n    print('hello', end='')",
        "import io\nfrom contextlib import redirect_stdout\nout = io.StringIO()\n"
        "with redirect_stdout(out):\n    f()\nassert out.getvalue() == 'hello'",
        "def f():\n    print('hullo', end='')",
    ),
    "a file that the student's code writes": (
        "def f():\n    with open('out.txt', 'w') as file:\n        file.write('42')",
        "f()\nassert open('out.txt').read() == '42'",
        "def f():\n    pass",
    ),
    "a file that the test writes": (
        "def f(path):\n    return len(open(path).read())",
        "with open('in.txt', 'w') as file:\n    file.write('abc')\nassert f('in.txt') == 3",
        "def f(path):\n    return 2",
    ),
    "a global that the test sets": (
        "rate = 2\ndef f(n):\n    return n * rate",
        "assert f(3) == 6\nrate = 5\nassert f(3) == 15",
        "def f(n):\n    return n * 2\nrate = 2",
    ),
    "a counter of the student's": (
        "count = 0\ndef f():\n    global count\n    count += 1",
        "f()\nf()\nassert count == 2",
        "count = 0\ndef f():\n    pass",
    ),
    "globals()": (
        "def f():\n    return 1\nlimit = 7",
        "assert 'f' in globals() and globals()['limit'] == 7 and 'nothing' not in globals()",
        "limit = 7",
    ),
    "a name that is missing": (
        "x = 1",
        "try:\n    y\nexcept NameError:\n    pass\nelse:\n    raise AssertionError\nassert x == 1",
        "x = 2",
    ),
    "a signature": (
        "import inspect\ndef f(a, b=2):\n    'Add.'\n    return a + b",
        "import inspect\nassert list(inspect.signature(f).parameters) == ['a', 'b']\n"
        "assert f.__name__ == 'f' and f.__doc__ == 'Add.'",
        "def f(a, c=2):\n    'Add.'\n    return a + c",
    ),
    "a points tuple": (
        "from collections import namedtuple\nP = namedtuple('P', 'x y')\n"
        "def f():\n    return P(1, 2)",
        "p = f()\nassert p == (1, 2) and p.x == 1",
        "def f():\n    return (2, 1)",
    ),
    "the library's containers": (
        "from collections import Counter, OrderedDict, defaultdict, deque\nimport datetime as dt\n"
        "from decimal import Decimal\nfrom fractions import Fraction\nfrom pathlib import Path\n"
        "a = [Counter('aab'), OrderedDict(x=1), defaultdict(int, y=2), deque([1], 3),\n"
        "     dt.datetime(2026, 1, 2, tzinfo=dt.timezone.utc), Decimal('1.10'), Fraction(1, 3),\n"
        "     Path('a/b'), {1, 2}, frozenset('a'), b'x', 1j, range(3), 2**80]",
        "import collections\n"
        "assert a[0]['a'] == 2 and a[2]['z'] == 0 and a[3].maxlen == 3\n"
        "assert a[4].year == 2026 and str(a[5]) == '1.10' and a[6] * 3 == 1\n"
        "assert a[7].name == 'b' and a[8] == {1, 2} and a[12] == range(3) and a[13] == 2**80\n"
        "assert [type(x).__name__ for x in a[:4]] == ['Counter', 'OrderedDict', 'defaultdict',"
        " 'deque']",
        "a = []",
    ),
    "many calls": (
        "def f(n):\n    return n + 1",
        "assert all(f(n) == n + 1 for n in range(500))",
        "def f(n):\n    return n + (n < 499)",
    ),
    "recursion over the line": (
        "def f(n, g):\n    return 0 if n == 0 else 1 + g(n - 1)",
        "def g(n):\n    return f(n, g)\nassert f(8, g) == 8",
        "def f(n, g):\n    return n + 1",
    ),
    "numbers and tables": (
        "import numpy as np\nimport pandas as pd\ndef f(xs):\n    return np.sqrt(np.asarray(xs))\n"
        "def g(frame):\n    return frame.groupby('k')['v'].mean()",
        "import numpy as np\nimport pandas as pd\n"
        "np.testing.assert_allclose(f([4, 9]), [2, 3])\n"
        "got = g(pd.DataFrame({'k': ['a', 'b', 'a'], 'v': [1, 2, 3]}))\n"
        "assert got.to_dict() == {'a': 2.0, 'b': 2.0} and got.index.name == 'k'",
        "import numpy as np\ndef f(xs):\n    return np.asarray(xs)\ndef g(frame):\n    return 1",
    ),
    "random numbers from a seed": (
        "import random\nimport numpy as np\n"
        "def f():\n    return random.random(), np.random.rand()",
        "import random\nimport numpy as np\nrandom.seed(1)\nnp.random.seed(1)\n"
        "expected = f()\nrandom.seed(1)\nnp.random.seed(1)\nassert f() == expected\n"
        "random.seed(1)\nassert random.random() == expected[0]",
        "import random\nimport numpy as np\nrng = random.Random()\n"
        "def f():\n    return rng.random(), np.random.rand()",
    ),
    "an array changed in place": (
        "def f(a, frame):\n    a *= 2\n    frame['w'] = 1",
        "import numpy as np\nimport pandas as pd\n"
        "a = np.arange(3)\nframe = pd.DataFrame({'v': [1]})\n"
        "f(a, frame)\nassert a.tolist() == [0, 2, 4] and list(frame.columns) == ['v', 'w']",
        "def f(a, frame):\n    frame['w'] = 1",
    ),
}  # fmt: skip


class TestWhatCanBeJudgedApart:
    @pytest.mark.parametrize("name", CASES)
    def test_passes_and_fails_as_it_does_beside_the_students_code(self, name: str) -> None:
        solution, test, other = CASES[name]
        made = judged.lab(build.solution(solution), build.test(test))
        assert judged.roads(made) == {"check": "separate"}, made.roads
        for work, outcome in ((solution, "passed"), (other, "failed")):
            apart, shared = judged.both(made, {"work": work})
            assert apart == shared
            assert apart["check"][0] == outcome

    def test_partial_credit_is_the_judges_own_value(self) -> None:
        made = judged.lab(
            build.solution("def f(n):\n    return n"),
            build.test("3 * (f(1) == 1) + (f(2) == 2)", points=4),
        )
        assert judged.roads(made) == {"check": "separate"}
        assert (
            judged.both(made, {"work": "def f(n):\n    return 1"})
            == ({"check": ("partial", 3.0)},) * 2
        )

    @pytest.mark.parametrize("value", ["np.array([9])", "-3", "np.float64(9)"])
    def test_points_that_are_no_number_of_points_wait_for_a_person(self, value: str) -> None:
        made = judged.lab(
            build.solution("import numpy as np\ndef f(n):\n    return 1"),
            build.test("f(1) * 4", points=4),
        )
        assert made.roads["p1"]["check"] == {"road": "separate", "value": "points"}
        work = f"import numpy as np\ndef f(n):\n    return {value}"
        (cell,) = judged.grade(made, {"work": work}).cells
        assert (cell.outcome, cell.score, cell.message) == ("error", None, messages.ODD_VALUE)

    @pytest.mark.parametrize(
        "work",
        [
            "import sys\ndef f():\n    print('note', file=sys.stderr)\n    return 1",
            "import warnings\ndef f():\n    warnings.warn('note')\n    return 1",
            "import os\ndef f():\n    os.write(2, b'note')\n    return 1",
        ],
    )
    def test_what_her_code_writes_to_stderr_costs_the_points_as_ever(self, work: str) -> None:
        made = judged.lab(build.solution("def f():\n    return 1"), build.test("assert f() == 1"))
        assert judged.both(made, {"work": work}) == ({"check": ("failed", 0.0)},) * 2

    def test_a_value_that_cannot_be_copied_is_said_plainly(self) -> None:
        made = judged.lab(build.solution("def f():\n    return 1"), build.test("assert f() == 1"))
        work = "class Mine:\n    pass\ndef f():\n    return Mine()"
        (cell,) = judged.grade(made, {"work": work}).cells
        assert (cell.outcome, cell.message, cell.params) == (
            "failed", messages.CANNOT_CROSS, {"kind": "Mine"}
        )  # fmt: skip

    def test_counts_of_cells_go_on_across_both_processes(self) -> None:
        made = judged.lab(
            build.solution("x = 1"), build.test("assert x == 1"), judged.free("y = 2")
        )
        executed = build.nbformat.reads(judged.grade(made, {}).executed.decode(), 4)
        assert [cell.execution_count for cell in executed.cells] == [1, 2, 3]


class TestWhoseNames:
    def test_a_locked_helper_is_the_judges(self) -> None:
        made = judged.lab(
            judged.locked("def same(a, b):\n    return abs(a - b) < 1e-9\nTWO = 2"),
            build.solution("def f():\n    return 2.0"),
            build.test("assert same(f(), TWO)"),
        )
        assert judged.roads(made) == {"check": "separate"}
        forged = "def f():\n    return 3.0\ndef same(a, b):\n    return True\nTWO = 3.0"
        apart, shared = judged.both(made, {"work": forged})
        assert (apart["check"][0], shared["check"][0]) == ("failed", "passed")

    def test_locked_data_is_the_judges(self) -> None:
        made = judged.lab(
            judged.locked("rows = open('data.csv').read().split()"),
            build.solution("total = sum(map(int, rows))"),
            build.test("assert total == sum(map(int, rows))"),
            files={"data.csv": b"1 2 3"},
        )
        assert judged.roads(made) == {"check": "separate"}
        assert judged.both(made, {})[0] == {"check": ("passed", 1.0)}
        forged = {"work": "rows = ['9']\ntotal = 9\nopen('data.csv', 'w').write('9')"}
        assert judged.both(made, forged)[0] == {"check": ("failed", 0.0)}

    def test_an_imported_module_is_the_judges_own(self) -> None:
        made = judged.lab(
            judged.free("import math"),
            build.solution("def f(n):\n    return n ** 0.5"),
            build.test("assert math.isclose(f(2), 1.4142135623730951)"),
        )
        assert judged.roads(made) == {"check": "separate"}
        forged = "def f(n):\n    return 0\nmath.isclose = lambda *a, **k: True"
        assert judged.both(made, {"work": forged})[0] == {"check": ("failed", 0.0)}

    def test_a_helper_that_students_can_change_is_shared(self) -> None:
        made = judged.lab(
            judged.free("def same(a, b):\n    return a == b"),
            build.solution("def f():\n    return 2"),
            build.test("assert same(f(), 2)"),
        )
        assert judged.reasons(made) == {"check": (messages.ROAD_OPEN_HELPER, {"name": "same"})}

    def test_a_test_that_runs_text_is_shared(self) -> None:
        made = judged.lab(
            build.solution("formula = '1 + 1'"), build.test("assert eval(formula) == 2")
        )
        assert judged.reasons(made) == {"check": (messages.ROAD_RUNS_TEXT, {"name": "eval"})}

    @pytest.mark.parametrize(
        ("check", "reason", "name"),
        [
            (
                "import inspect\nassert 'for' not in inspect.getsource(f)",
                "LOOKS_INSIDE",
                "getsource",
            ),
            ("assert f.__code__.co_argcount == 0", "LOOKS_INSIDE", "__code__"),
            ("import sys\nassert 'x' not in sys.modules", "LOOKS_INSIDE", "modules"),
            (
                "import warnings\nwith warnings.catch_warnings():\n"
                "    warnings.simplefilter('ignore')\n    f()",
                "SETTINGS",
                "catch_warnings",
            ),
        ],
    )
    def test_what_only_her_process_can_tell_or_feel_is_shared(
        self, check: str, reason: str, name: str
    ) -> None:
        made = judged.lab(build.solution("def f():\n    return 1"), build.test(check))
        expected = getattr(messages, f"ROAD_{reason}")
        assert judged.reasons(made) == {"check": (expected, {"name": name})}

    def test_a_class_of_the_students_is_shared(self) -> None:
        made = judged.lab(
            build.solution("class Stack:\n    def size(self):\n        return 0"),
            build.test("assert Stack().size() == 0"),
        )
        assert judged.reasons(made) == {"check": (messages.ROAD_VALUE, {"kind": "type"})}

    def test_a_lab_that_redefines_a_builtin_is_shared(self) -> None:
        made = judged.lab(
            build.solution("def sum(xs):\n    return 7"), build.test("assert sum([1]) == 7")
        )
        assert judged.reasons(made) == {"check": (messages.ROAD_BUILTIN, {"name": "sum"})}

    def test_a_test_that_takes_a_name_away_is_shared(self) -> None:
        made = judged.lab(
            build.solution("def f():\n    return 1"), build.test("assert f() == 1\ndel f")
        )
        assert judged.reasons(made) == {"check": (messages.ROAD_DIFFERS, {})}

    def test_names_of_a_test_reach_later_cells(self) -> None:
        made = judged.lab(
            build.solution("def f(n):\n    return n"),
            build.test("import math\ndef helper(n):\n    return math.floor(n)\nassert f(1) == 1"),
            build.solution("def g(n):\n    return helper(n) + math.ceil(n)", "more"),
            build.test("assert g(1.5) == 3", "again"),
        )
        assert judged.roads(made) == {"check": "separate", "again": "separate"}
        assert judged.both(made, {})[0]["again"] == ("passed", 1.0)

    def test_other_names_of_a_test_do_not(self) -> None:
        made = judged.lab(
            build.solution("def f(n):\n    return [n]"),
            build.test("expected = [5]\nassert f(5) == expected"),
        )
        peeking = "def f(n):\n    return globals().get('expected')"
        apart, shared = judged.both(made, {"work": peeking})
        assert (apart["check"][0], shared["check"][0]) == ("failed", "passed")

    def test_shared_and_separate_tests_go_together(self) -> None:
        made = judged.lab(
            build.solution("class A:\n    n = 1\ndef f():\n    return 1"),
            build.test("limit = 3\nassert A().n == 1"),
            build.test("assert f() < limit", "apart"),
        )
        assert judged.roads(made) == {"check": "shared", "apart": "separate"}
        result = judged.grade(made, {})
        assert [cell.assurance for cell in result.cells] == ["shared", "separate"]
        assert build.outcomes(result) == {"check": ("passed", 1.0), "apart": ("passed", 1.0)}

    def test_what_is_judged_apart_counts_where_the_rest_is_withheld(self) -> None:
        made = judged.lab(
            build.solution("class A:\n    n = 1\ndef f():\n    return 1"),
            build.test("assert A().n == 1"),
            build.test("assert f() == 1", "apart"),
        )
        work = (
            "class A:\n    n = 1\ndef f():\n    return 1\n"
            "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])"
        )
        result = judged.grade(made, {"work": work})
        assert result.state == "tampered"
        assert build.outcomes(result) == {"check": ("tampered", None), "apart": ("passed", 1.0)}
        assert result.cells[0].staff_message == messages.STAFF_NOT_FAILED


class TestTheWayOfAnError:
    TEST = (
        "assert f(1) == 1\n### BEGIN HIDDEN TESTS\nassert f(2) == 2\n### END HIDDEN TESTS\n"
        "assert f(4) == 4"
    )

    def trace(self, work: str) -> str | None:
        made = judged.lab(build.solution("def f(n):\n    return n"), build.test(self.TEST))
        (cell,) = judged.grade(made, {"work": work}).cells
        assert cell.outcome == "failed"
        return cell.trace

    def test_shows_her_own_lines_and_no_place_of_the_server(self) -> None:
        trace = self.trace("def g(n):\n    return 1 / 0\ndef f(n):\n    return g(n)")
        assert trace is not None
        assert 'File "cell 1", line 2, in g\n    return 1 / 0' in trace
        assert trace.rstrip().endswith("ZeroDivisionError: division by zero")
        assert "/run/" not in trace and "/tmp/" not in trace

    def test_is_shown_on_the_shared_road_too(self) -> None:
        source = build.notebook(
            build.solution("class A:\n    def f(self):\n        return 1 / 0"),
            build.test("assert A().f() == 1"),
        )
        (cell,) = build.grade(source).cells
        assert cell.assurance == "shared" and cell.trace is not None
        assert "return 1 / 0" in cell.trace and "assert" not in cell.trace

    def test_that_began_in_the_test_itself_is_not(self) -> None:
        source = build.notebook(build.solution("x = 1"), build.test("assert x == 2"))
        (cell,) = build.grade(source).cells
        assert cell.trace is None

    @pytest.mark.parametrize("argument", [2, 4])
    def test_is_silent_where_a_hidden_test_could_speak(self, argument: int) -> None:
        work = f"def f(n):\n    assert n != {argument}, n\n    return n"
        assert self.trace(work) is None
