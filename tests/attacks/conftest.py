"""That nothing of an attack is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.engine import enclosure
from tests.attacks.hostile import SOLUTION, grade


@pytest.fixture
def untouched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Afterwards no process, no mount and no file of the attack is left."""
    used: list[int] = []
    fresh = enclosure._fresh_id

    def remembered() -> int:
        used.append(fresh())
        return used[-1]

    monkeypatch.setattr(enclosure, "_fresh_id", remembered)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    mounts = Path("/proc/self/mountinfo").read_text()
    yield
    assert not psutil.Process().children(recursive=True)
    left = [
        p.pid
        for p in psutil.process_iter(["uids"])
        if p.info["uids"] and p.info["uids"].real in used
    ]
    assert not left
    assert Path("/proc/self/mountinfo").read_text() == mounts
    assert not list(tmp_path.glob("bg-*"))


@pytest.fixture
def next_one_untouched(untouched: None) -> Iterator[None]:
    """Afterwards the next submission is graded as if nothing had been."""
    yield
    after = grade(SOLUTION)
    assert (after.state, after.score) == ("graded", 7.0)
