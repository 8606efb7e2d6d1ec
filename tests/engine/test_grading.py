from __future__ import annotations

import json
import threading
import time
from typing import Any

import nbformat
import pytest

from app import engine
from app.engine import enclosure, messages, zygote
from tests.engine import build

LAB = build.notebook(
    build.solution("### BEGIN SOLUTION\nx = 2\n### END SOLUTION"),
    build.test("assert x == 2", "whole"),
    build.test("0.5 * x", "part", points=2),
    build.answer("### BEGIN SOLUTION\nBecause.\n### END SOLUTION", "why", points=3),
    build.task("Draw a tree.", "draw", points=4),
)


def submission(work: str, why: str | None = None) -> bytes:
    made = engine.make_release([engine.NotebookSource("p1", LAB)])
    nb = nbformat.reads(made.notebooks["p1.ipynb"].decode(), 4)
    nb.cells[0].source = work
    if why is not None:
        nb.cells[3].source = why
    return nbformat.writes(nb).encode()


class TestOutcomes:
    def test_right_work_passes_and_words_wait_for_a_person(self) -> None:
        result = build.grade(LAB, submission("x = 2", "Because."))
        assert build.outcomes(result) == {
            "whole": ("passed", 1.0),
            "part": ("partial", 1.0),
            "why": ("manual", None),
            "draw": ("manual", None),
        }
        assert (result.state, result.score, result.max_score) == ("graded", 2.0, 10.0)
        assert result.needs_person
        assert result.peak_memory_mb is not None
        assert 2 < result.peak_memory_mb < 100  # without what every notebook shares

    def test_an_untouched_answer_is_worth_nothing(self) -> None:
        result = build.grade(LAB, submission("x = 3"))
        found = build.outcomes(result)
        assert found["whole"] == ("failed", 0.0)
        assert found["why"] == ("failed", 0.0)

    def test_a_value_above_the_points_is_the_instructors_mistake_and_the_rest_counts(self) -> None:
        source = build.notebook(build.test("7", "wrong", points=2), build.test("1", "right"))
        result = build.grade(source)
        assert build.outcomes(result) == {"wrong": ("error", None), "right": ("passed", 1.0)}
        assert result.cells[0].message == messages.SCORE_NOT_VALID
        assert result.cells[0].staff_message == messages.STAFF_SCORE_ABOVE_MAX
        assert result.cells[0].params == {"value": "7", "points": "2"}

    def test_what_is_written_to_stderr_counts_as_failed(self) -> None:
        source = build.notebook(build.test("import sys\nprint('careful', file=sys.stderr)\n1"))
        assert build.outcomes(build.grade(source)) == {"check": ("failed", 0.0)}

    def test_a_hint_is_given_to_who_needs_it(self) -> None:
        test = "### BEGIN HIDDEN TESTS\n# HINT: think of zero\nassert x\n### END HIDDEN TESTS"
        source = build.notebook(build.solution("x = 1"), build.test(test))
        wrong = build.grade(source, build.notebook(build.solution("x = 0"), build.test(test)))
        assert wrong.cells[0].hint == "think of zero"
        assert wrong.cells[0].message == messages.HIDDEN_TEST_FAILED
        assert build.grade(source).cells[0].hint is None

    def test_cells_report_as_they_run(self) -> None:
        seen: list[Any] = []
        lab = engine.LabSource((engine.NotebookSource("p1", LAB),))
        threads = set()

        def note(*step: Any) -> None:
            seen.append(step)
            threads.add(threading.current_thread())

        engine.grade(lab, {"p1.ipynb": submission("x = 2")}, on_progress=note)
        assert seen == [("p1", done, 5) for done in range(1, 6)]
        assert threads == {threading.current_thread()}

    def test_an_error_while_reporting_is_the_callers(self) -> None:
        def fall(*step: object) -> None:
            raise LookupError("the caller's own")

        lab = engine.LabSource((engine.NotebookSource("p1", LAB),))
        with pytest.raises(LookupError, match="own"):
            engine.grade(lab, {"p1.ipynb": submission("x = 2")}, on_progress=fall)

    def test_the_labs_files_are_there_and_win(self) -> None:
        source = build.notebook(build.test("assert open('data/a.csv').read() == 'lab'"))
        lab = engine.LabSource((engine.NotebookSource("p1", source),), {"data/a.csv": b"lab"})
        sent = {"p1.ipynb": source, "data/a.csv": b"mine", "helper.py": b"y = 3"}
        (result,) = engine.grade(lab, sent)
        assert result.score == 1

    def test_a_students_own_module_can_be_imported(self) -> None:
        source = build.notebook(build.solution("import helper"), build.test("assert helper.y == 3"))
        lab = engine.LabSource((engine.NotebookSource("p1", source),))
        (result,) = engine.grade(lab, {"p1.ipynb": source, "helper.py": b"y = 3"})
        assert result.score == 1


class TestTime:
    def test_a_slow_cell_is_stopped_and_the_rest_is_graded(self) -> None:
        source = build.notebook(
            build.test("import time\ntime.sleep(60)", "slow"), build.test("1", "quick")
        )
        began = time.monotonic()
        result = build.grade(source, cell_seconds=1)
        assert time.monotonic() - began < 20
        assert build.outcomes(result) == {"slow": ("timeout", 0.0), "quick": ("passed", 1.0)}
        assert (result.state, result.reason_code) == ("graded", "cell-interrupted")


BAD = {
    "not json": (b"hello", "not-a-notebook"),
    "not utf-8": (b"\xff\xfe\x00", "not-a-notebook"),
    "a list": (b"[1, 2]", "not-a-notebook"),
    "deep nesting": (
        b'{"nbformat": 4, "cells": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        "not-a-notebook",
    ),
    "too many brackets": (b"[" * 500_000, "too-complex"),
    "200 MB": (bytes(200 * 2**20), "too-large"),
    "no cells": (json.dumps({"nbformat": 4, "cells": [], "metadata": {}}).encode(), "no-cells"),
    "a future format": (json.dumps({"nbformat": 7, "cells": []}).encode(), "too-new"),
    "a lone surrogate": (
        b'{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": "\\ud800"}]}',
        "not-a-notebook",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_fails_with_its_reason(name: str) -> None:
    raw, code = BAD[name]
    result = build.grade(LAB, raw)
    assert (result.state, result.reason_code) == ("failed", code)
    assert result.reason is not None
    assert "%(" not in result.reason % result.reason_params
    assert all(cell.score is None for cell in result.cells)
    assert engine.feedback(result, LAB) == []


def test_a_notebook_that_was_not_sent_is_worth_nothing_as_in_nbgrader() -> None:
    lab = engine.LabSource((engine.NotebookSource("p1", LAB),))
    (result,) = engine.grade(lab, {"notes.txt": b"later"})
    assert (result.state, result.reason_code) == ("failed", "missing-notebook")
    assert {cell.score for cell in result.cells} == {0.0}


def test_another_language_is_overwritten_when_the_lab_says_python() -> None:
    nb = json.loads(submission("x = 2"))
    nb["metadata"]["kernelspec"] = {"name": "ir", "language": "R", "display_name": "R"}
    assert build.grade(LAB, json.dumps(nb).encode()).score == 2.0


def test_another_language_fails_when_the_lab_does_not_say() -> None:
    source = json.loads(LAB)
    del source["metadata"]["kernelspec"]
    nb = json.loads(submission("x = 2"))
    nb["metadata"]["kernelspec"] = {"name": "ir", "language": "R", "display_name": "R"}
    result = build.grade(json.dumps(source).encode(), json.dumps(nb).encode())
    assert (result.state, result.reason_code) == ("failed", "wrong-kernel")


def test_old_formats_are_read() -> None:
    nb = json.loads(submission("x = 2"))
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": nb["metadata"],
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {
                        "cell_type": "code",
                        "input": c["source"],
                        "outputs": [],
                        "language": "python",
                        "metadata": c["metadata"],
                        "collapsed": False,
                    }
                    if c["cell_type"] == "code"
                    else {"cell_type": "markdown", "source": c["source"], "metadata": c["metadata"]}
                    for c in nb["cells"]
                ],
            }
        ],
    }
    assert build.grade(LAB, json.dumps(old).encode()).score == 2.0


def test_a_lab_that_is_no_notebook_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="source"):
        build.grade(b"no", b"no")


def test_without_sandboxes_nothing_is_graded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_config.sandbox.available", lambda: "Install bubblewrap.")
    with pytest.raises(engine.EngineUnavailable) as caught:
        build.grade(LAB)
    assert caught.value.message == "Install bubblewrap."


def test_a_kernel_that_cannot_start_is_not_the_students_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(enclosure, "HOME", "/proc/nowhere")
    monkeypatch.setattr(zygote, "HOME", "/proc/nowhere")
    result = build.grade(LAB)
    assert (result.state, result.reason_code) == ("failed", "start")
