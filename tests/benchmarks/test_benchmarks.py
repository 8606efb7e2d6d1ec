"""Every benchmark prints its lines and leaves nothing behind; at a size that says nothing more."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks.__main__ import NAMES
from benchmarks.house import CHECKOUT

LINES = {
    "pages": {
        f"pages.{page}": {"p50", "p95", "queries", "requests_per_second", "site_cpu"}
        for page in ("home", "catalog", "course", "lesson", "roster", "search")
    },
    "gradebook": {
        "gradebook.first-window": {"p50", "p95", "queries", "site_cpu"},
        "gradebook.window": {"p50", "p95", "queries"},
        "gradebook.recompute": {"students", "items", "site_cpu"},
        "gradebook.export": {"peak_mb", "students"},
        "gradebook.export-xlsx": {"peak_mb", "students"},
    },
    "marking": {
        "marking.next": {"p50", "p95", "queries", "site_cpu"},
        "marking.next-at-the-end": {"p50", "p95", "queries", "site_cpu"},
        "marking.desk": {"p50", "p95", "queries", "works"},
        "marking.item": {"p50", "p95", "queries", "works"},
    },
    "credentials": {"credentials.issue": {"awards", "credentials", "per_second", "worker_cpu"}},
    "grading-latency": {
        "grading-latency": {"p50", "p95"},
        "grading-latency.alone": {"p50", "p95"},
    },
    "grading": {
        "grading.light": {"nbgrader_seconds", "engine_seconds", "separate"},
        "grading.child-memory": {"processes", "together", "zygote"},
        "grading.leaves-nothing": {"gradings", "seconds_each"},
        "grading.assurance.courses": {"tests", "separate"},
    },
    "submit-storm": {
        "submit-storm": {"submissions", "peak_mb", "worker_peak_mb", "per_second"},
        "submit-storm.two-workers": {"one_per_second", "two_per_second"},
    },
    "spawn": {
        "spawn.ready": {"p50", "p95", "stock_p50"},
        "spawn.visible": {"p50"},
        "spawn.many": {"people", "seconds"},
        "spawn.idle-memory": {"stock", "people"},
    },
    "matching": {
        "matching.deferred-acceptance": {"peer", "cpu", "placed"},
        "matching.supervised": {"cpu", "verify_seconds", "proof_bytes"},
        "matching.teams": {"cpu", "proven", "students"},
    },
}


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a short name: names of sockets are limited to 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="b-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


def lines_of(name: str, folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", name],
        cwd=CHECKOUT,
        env={**os.environ, "BENCH_SIZE": "small", "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["bench"]: line for line in lines}


def processes_of(folder: Path) -> list[str]:
    """Command lines of processes that were told of FOLDER."""
    found = []
    for process in psutil.process_iter():
        try:
            words = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if str(folder) in words:
            found.append(words)
    return found


def test_every_benchmark_is_looked_at():
    assert set(LINES) == set(NAMES)


@pytest.mark.timeout(960)
@pytest.mark.xdist_group("benchmarks")
@pytest.mark.parametrize("name", NAMES)
def test_prints_its_lines_and_leaves_nothing_behind(name, short):
    lines = lines_of(name, short)
    assert set(lines) == set(LINES[name])
    for bench, fields in LINES[name].items():
        line = lines[bench]
        assert line["unit"]
        if bench == "grading.leaves-nothing":
            assert line["value"] == 0, line
        else:
            assert line["value"] > 0, line
        for field in fields:
            assert line[field] > 0, f"{bench}: {field}"
        assert line.get("lost", 0) == line.get("twice", 0) == line.get("refused", 0) == 0
        if "p95" in fields:
            assert line["p50"] <= line["p95"] == line["value"]
    assert list(short.iterdir()) == []
    assert processes_of(short) == []
