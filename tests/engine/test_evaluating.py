"""Challenges in the engine: predictions are made in one process and scored in another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from app import engine
from app.engine import data
from app.engine.exchanged import Evaluation
from tests.engine.test_data import sets  # noqa: F401 (a fixture)

ANSWERS = "id,y\n" + "".join(f"r{n},{n}\n" for n in range(10))


def how(**changes) -> Evaluation:
    fields = {
        "id_column": "id",
        "target_column": "y",
        "metric": "mae",
        "kind": "number",
        "seed": "7",
        "share": 0.3,
    }
    return Evaluation(**(fields | changes))


def score(text: str | bytes, answers: str = ANSWERS, **changes) -> engine.Evaluated:
    given = text if isinstance(text, bytes) else text.encode()
    return engine.evaluate(given, answers.encode(), how(**changes))


def rows(values: dict[str, object]) -> str:
    return "id,y\n" + "".join(f"{name},{value}\n" for name, value in values.items())


RIGHT = {f"r{n}": n for n in range(10)}


class TestScores:
    def test_what_is_right_has_no_error_and_says_what_it_was_scored_with(self) -> None:
        found = score(rows(RIGHT))
        assert (found.problem, found.public, found.private) == (None, 0.0, 0.0)
        assert set(found.environment) == {
            "python",
            "numpy",
            "pandas",
            "scikit-learn",
            "evaluator",
        }

    def test_the_seed_settles_which_rows_count_when(self) -> None:
        """One wrong row shows in one of the two scores: in which one, the seed says."""
        shown = {}
        for name in RIGHT:
            found = score(rows({**RIGHT, name: RIGHT[name] + 3}))
            again = score(rows({**RIGHT, name: RIGHT[name] + 3}))
            assert (found.public, found.private) == (again.public, again.private)
            assert (found.public == 0) != (found.private == 0)
            shown[name] = found.public > 0
            if len(shown) == 4:
                break
        order = score(rows(dict(reversed(list(RIGHT.items())))))
        assert (order.public, order.private) == (0, 0)

    @pytest.mark.parametrize(
        ("metric", "kind", "wanted"),
        [
            ("accuracy", "label", 1),
            ("balanced_accuracy", "label", 1),
            ("f1_macro", "label", 1),
            ("roc_auc", "probability", 1),
            ("log_loss", "probability", 0),
            ("rmse", "number", 0),
            ("mape", "number", 0),
            ("r2", "number", 1),
        ],
    )
    def test_each_metric_knows_what_is_perfect(self, metric, kind, wanted) -> None:
        truth = {f"r{n}": n % 2 for n in range(40)}
        found = score(rows(truth), rows(truth), metric=metric, kind=kind, share=0.5)
        assert found.problem is None, found
        assert found.public == pytest.approx(wanted, abs=1e-9)
        assert found.private == pytest.approx(wanted, abs=1e-9)

    def test_an_author_brings_a_metric_of_her_own(self) -> None:
        program = b"def score(answers, predictions):\n    return sum(map(abs, predictions))\n"
        found = score(rows(dict.fromkeys(RIGHT, 1)), metric="own", program=program)
        assert (found.public, found.private) == (3.0, 7.0)

    def test_what_is_wrong_in_her_program_is_for_her_alone(self) -> None:
        found = score(rows(RIGHT), metric="own", program=b"def score(a, p):\n    return a[99]\n")
        assert (found.problem, found.public) == ("evaluator", None)
        assert "IndexError" in found.detail
        loop = score(rows(RIGHT), metric="own", program=b"import os\nos._exit(0)\n")
        assert loop.problem == "evaluator"


BAD = {
    "no column": ("id,z\nr0,1\n", "file-column", 1),
    "a column twice": ("id,y,y\nr0,1,1\n", "file-column", 1),
    "an unknown row": (rows({**RIGHT, "r99": 1}), "file-unknown", 12),
    "a row twice": (rows(RIGHT) + "r3,3\n", "file-twice", 12),
    "words": (rows({**RIGHT, "r4": "four"}), "file-not-a-number", 6),
    "nothing": (rows({**RIGHT, "r4": ""}), "file-no-value", 6),
    "infinity": (rows({**RIGHT, "r4": "inf"}), "file-not-finite", 6),
    "no number": (rows({**RIGHT, "r4": "nan"}), "file-not-finite", 6),
    "a missing row": (rows({k: v for k, v in RIGHT.items() if k != "r4"}), "file-missing", None),
    "too many cells": (rows({**RIGHT, "r4": "4,4"}), "file-cells", 6),
    "an open quote": ('id,y\nr0,"1\n', "file-not-csv", 2),
    "bytes": (b"\xff\xfe\x00\x01", "file-not-text", None),
    "emptiness": (b"", "file-empty", None),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_wrong_with_a_file_is_said_with_its_line(kind) -> None:
    text, problem, line = BAD[kind]
    found = score(text)
    assert (found.problem, found.line, found.public) == (problem, line, None)


def notebook(*cells: str) -> bytes:
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    return nbformat.writes(nb).encode()


class TestNotebooks:
    def test_reads_the_open_data_and_leaves_its_predictions(self, sets: Path) -> None:  # noqa: F811
        code = "v = open('/data/sensors/1/values.csv').read().strip()\n"
        made = engine.produce(
            notebook(code + "open('predictions.csv', 'w').write('id,y\\nr0,' + v)"),
            sets=("sensors/1",),
        )
        assert (made.problem, made.content) == (None, b"id,y\nr0,7")

    def test_two_megabytes_come_over(self) -> None:
        made = engine.produce(notebook("open('predictions.csv', 'wb').write(b'x' * 2_000_000)"))
        assert made.content == b"x" * 2_000_000

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("1 / 0", "ZeroDivisionError"),
            ("pass", "ran to its end"),
            ("import os\nos._exit(3)", "ended before the last cell"),
            ("x = bytearray(3_000_000_000)\nx[::4096] = b'1' * len(x[::4096])", "1024 MB"),
            ("open('predictions.csv', 'wb').write(b'x' * (9 * 2**20))", "larger than"),
        ],
    )
    def test_what_went_wrong_is_said(self, code, said) -> None:
        made = engine.produce(notebook(code))
        assert made.content is None
        assert said in made.problem % made.params

    def test_what_is_no_notebook_is_said(self) -> None:
        assert engine.produce(b"not at all").content is None


@pytest.fixture(autouse=True)
def no_data() -> Iterator[None]:
    before = data._folder
    yield
    data._folder = before
