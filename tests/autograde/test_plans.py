"""Where tests are judged, for a course folder: tried once, kept by what decides it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import engine
from app.autograde import plans
from app.engine import zygotes
from tests.autograde import world
from tests.autograde.test_command import command, half
from tests.engine import build

LAB = build.notebook(
    build.solution("def f():\n    return 1"), build.test("assert f() == 1"), build.answer("why?")
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return plans.folder()


def lab(source: bytes = LAB) -> engine.LabSource:
    return engine.LabSource(engine.make_release([engine.NotebookSource("p1", source)]).sources)


def test_the_command_judges_apart_and_says_so(tmp_path: Path) -> None:
    course = world.make_course(tmp_path / "course")
    half(course)
    done = command(course, "--json", str(tmp_path / "out.json"))
    assert done.exit_code == 0, done.output
    (submission,) = json.loads((tmp_path / "out.json").read_text())["submissions"]
    cells = [cell for notebook in submission["notebooks"] for cell in notebook["cells"]]
    judged = {cell["grade_id"]: cell["assurance"] for cell in cells}
    assert (judged["hidden"], judged["partial"]) == ("separate", "separate")
    # What the solution imports, a student may write herself: only her process knows.
    assert judged["double"] == "shared"


def test_a_plan_is_made_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = plans.with_roads(lab(), engine.Limits())
    assert first.roads == {"p1": {"check": {"road": "separate"}}}
    monkeypatch.setattr(engine, "plan_roads", lambda *_, **__: pytest.fail("tried again"))
    assert plans.with_roads(lab(), engine.Limits()) == first


def test_another_source_has_a_plan_of_its_own(cache: Path) -> None:
    plans.with_roads(lab(), engine.Limits())
    other = LAB.replace(b"assert f() == 1", b"assert eval('1') == f()")
    assert plans.with_roads(lab(other), engine.Limits()).roads["p1"]["check"]["road"] == "shared"
    assert len(list(cache.iterdir())) == 2


def test_a_plan_that_cannot_be_read_or_kept_is_made_again(cache: Path) -> None:
    expected = plans.with_roads(lab(), engine.Limits())
    (kept,) = cache.iterdir()
    kept.write_text("{")
    assert plans.with_roads(lab(), engine.Limits()) == expected
    kept.unlink()
    cache.rmdir()
    cache.write_text("in the way")
    assert plans.with_roads(lab(), engine.Limits()) == expected


def test_what_cannot_be_tried_now_is_not_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zygotes, "get", lambda kind, **_wanted: None)  # as when none can be started
    assert plans.with_roads(lab(), engine.Limits()).roads == {}
    assert not cache.exists()
