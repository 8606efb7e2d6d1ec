"""What a benchmark prints."""

import json
import os
import subprocess
import sys

import pytest

from benchmarks import report, size
from benchmarks.__main__ import NAMES
from benchmarks.house import CHECKOUT


def python(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )


def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed():
    values = [float(number) for number in range(100, 0, -1)]
    assert report.percentile(values, 95) == 95
    assert report.percentile(values, 100) == 100
    assert report.percentile([3.0], 95) == 3.0
    assert report.percentile([1.0, 2.0], 50) == 1.0


def test_only_lines_reach_standard_output():
    done = python(
        "import os\n"
        "from benchmarks import report\n"
        "report.keep_standard_output_for_lines()\n"
        "print('chatter', flush=True)\n"
        "os.write(1, b'of a child')\n"
        "report.spread('some.thing', [0.25, 0.5, 0.123456], queries=3)\n"
    )
    line = json.loads(done.stdout)
    assert line["bench"] == "some.thing"
    assert (line["p50"], line["p95"], line["value"]) == (0.25, 0.5, 0.5)
    assert (line["unit"], line["count"], line["queries"]) == ("s", 3, 3)
    assert line["cores"] == len(os.sched_getaffinity(0))
    assert "chatter" in done.stderr
    assert "of a child" in done.stderr


def test_an_unknown_benchmark_is_named_with_those_there_are():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "page"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "'page'" in done.stderr
    assert all(name in done.stderr for name in NAMES)


def test_an_unknown_size_is_refused_with_a_sentence():
    assert size.chosen({}) == size.Size()
    assert size.chosen({"BENCH_SIZE": "small"}) == size.SMALL
    with pytest.raises(SystemExit, match="Say full or small"):
        size.chosen({"BENCH_SIZE": "huge"})
