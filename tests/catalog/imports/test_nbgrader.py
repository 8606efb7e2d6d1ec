"""Course folders of nbgrader: the one it ships, its own test notebooks, and what goes wrong."""

import json
from pathlib import Path

import nbgrader
import pytest

from app import engine
from app.catalog.folder_specs import FileSpec, LabSpec
from app.catalog.imports import bring, detect
from tests.engine import build

SHIPPED = Path(nbgrader.__file__).parent
GUIDE = SHIPPED / "docs" / "source" / "user_guide"
NOTEBOOKS = SHIPPED / "tests" / "apps" / "files"
GRADED = build.notebook(
    build.solution("x = 1  ### BEGIN SOLUTION\n### END SOLUTION", "x"),
    build.test("assert x == 1", "test-x", points=1),
)
PLAIN = json.dumps(
    {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Before you begin"},
    ]}
).encode()  # fmt: skip


def read(files, language="en"):
    assert detect(files) == "nbgrader"
    return bring("nbgrader", files, language)


def codes(brought) -> dict[str, tuple[str, list[str]]]:
    return {
        e.place: (e.fate.value, sorted({said.code for said in e.notes}))
        for e in brought.report.elements
        if e.what not in ("module", "course", "lab")
    }


class TestTheShippedCourse:
    @pytest.fixture
    def brought(self):
        files = {
            f"course/{path.relative_to(GUIDE).as_posix()}": path.read_bytes()
            for path in GUIDE.rglob("*")
            if path.is_file() and "images" not in path.parts and path.suffix != ".rst"
        }
        return read(files)

    def test_becomes_labs_that_the_engine_releases(self, brought):
        labs = [i for m in brought.modules for i in m.items if isinstance(i, LabSpec)]
        assert [lab.slug for lab in labs] == ["ps1", "ps1-autotest"]
        (first, second) = labs
        assert list(first.notebooks) == ["problem1", "problem2"] == list(second.notebooks)
        assert list(first.files) == ["jupyter.png"] and first.environment == "standard"
        made = engine.make_release(
            [engine.NotebookSource(name, data) for name, data in first.notebooks.items()]
        )
        assert made.problems == () and sum(cell.points for cell in made.cells) == 13

    def test_says_what_has_to_be_put_right_and_what_stays(self, brought):
        found = codes(brought)
        assert found["source/ps1/problem1.ipynb"] == ("came", [])
        assert found["source/ps1_autotest/problem1.ipynb"] == ("changed", ["nb-problem-cell"])
        assert found["source/header.ipynb"] == ("left", ["nb-header-unused"])
        for folder in ("submitted/", "autograded/", "feedback/", "downloaded/"):
            assert found[folder] == ("left", ["nb-people"])
        assert found["release/"] == ("left", ["nb-release"])
        assert found["managing_the_database.ipynb"] == ("changed", ["collected", "nb-as-page"])
        assert [type(i) for i in brought.modules[-1].items] == [FileSpec] * 4


class TestItsTestNotebooks:
    """Notebooks that nbgrader's own tests are made of: old schemas, no metadata, too new."""

    def one(self, name: str):
        files = {f"source/hw/{name}": (NOTEBOOKS / name).read_bytes()}
        return read(files)

    @pytest.mark.parametrize(("name", "schema"), [("test-v1.ipynb", "1"), ("test-v2.ipynb", "2")])
    def test_of_old_schemas_are_upgraded_by_nbgrader_itself(self, name, schema):
        brought = self.one(name)
        (lab,) = brought.modules[0].items
        element = next(e for e in brought.report.elements if e.what == "notebook")
        said = {found.code: found.values for found in element.notes}
        assert said["nb-upgraded"] == {"schema": schema}
        cells = json.loads(next(iter(lab.notebooks.values())))["cells"]
        marks = [m for c in cells if (m := c["metadata"].get("nbgrader"))]
        assert marks and {m["schema_version"] for m in marks} == {3}

    def test_without_metadata_are_pages(self):
        brought = self.one("test-no-metadata.ipynb")
        assert [type(i) for i in brought.modules[0].items] == [FileSpec]
        assert codes(brought) == {"source/hw/test-no-metadata.ipynb": ("changed", ["nb-as-page"])}

    def test_of_a_newer_nbgrader_stay_with_what_is_wrong(self):
        brought = self.one("too-new.ipynb")
        fate, said = codes(brought)["source/hw/too-new.ipynb"]
        assert fate == "changed" and set(said) & {"nb-problem", "nb-problem-cell"}


class TestFolders:
    def test_a_configuration_is_read_and_never_run(self, tmp_path):
        trap = tmp_path / "run"
        config = f"""c = get_config()
open({str(trap)!r}, "w")
c.CourseDirectory.course_id = "Charts 101"
c.IncludeHeaderFooter.header = "source/header.ipynb"
"""
        brought = read(
            {
                "nbgrader_config.py": config.encode(),
                "source/header.ipynb": PLAIN,
                "source/hw 1/lab.ipynb": GRADED,
                "source/hw 1/data/a.csv": b"1",
                "source/hw 1/.ipynb_checkpoints/lab-checkpoint.ipynb": GRADED,
                "gradebook.db": b"SQLite",
                "release/hw2/lab.ipynb": GRADED,
            }
        )
        assert not trap.exists() and brought.title == "Charts 101"
        (lab,) = brought.modules[0].items
        first = json.loads(lab.notebooks["lab"])["cells"][0]
        assert first["source"] == "# Before you begin" and first["id"] == "header-1"
        assert lab.files == {"data/a.csv": b"1"}
        assert codes(brought) == {
            "nbgrader_config.py": ("left", ["nb-config-course"]),
            "source/header.ipynb": ("changed", ["nb-header-used"]),
            "source/hw 1/lab.ipynb": ("changed", ["nb-header"]),
            "source/hw 1/data/a.csv": ("came", []),
            "gradebook.db": ("left", ["nb-people"]),
            "release/hw2/lab.ipynb": ("left", ["nb-release-only"]),
        }

    def test_problems_are_said_and_nothing_is_dropped(self):
        twice = build.notebook(
            build.solution("y = 1", "same"), build.test("assert y", "same", points=1)
        )
        brought = read(
            {
                "nbgrader_config.py": b"def broken(:",
                "source/hw/twice.ipynb": twice,
                "source/hw/intro.ipynb": PLAIN,
                "source/hw/broken.ipynb": b"{not json",
                "source/hw/my lab.ipynb": GRADED,
                "source/empty/readme.txt": b"x",
            }
        )
        lab, *pages = brought.modules[0].items
        assert list(lab.notebooks) == ["my-lab", "twice"]
        assert sorted(page.name for page in pages) == ["broken.ipynb", "intro.ipynb"]
        found = codes(brought)
        assert found["nbgrader_config.py"] == ("left", ["nb-config-broken"])
        assert "nb-problem-cell" in found["source/hw/twice.ipynb"][1]
        assert "nb-no-solutions" in found["source/hw/twice.ipynb"][1]
        assert found["source/hw/my lab.ipynb"][1] == ["nb-renamed"]
        assert found["source/hw/broken.ipynb"] == ("changed", ["nb-kept", "not-a-notebook"])
        assert "source/empty/" in {e.place for e in brought.report.elements if e.fate == "left"}

    def test_the_environment_is_what_is_imported(self):
        torch = GRADED.replace(b"assert x == 1", b"import torch")
        brought = read({"source/a/l.ipynb": torch, "source/b/l.ipynb": GRADED})
        assert [m.items[0].environment for m in brought.modules] == ["deep-learning", "standard"]
