"""Reading a courses folder: what comes out, and every error with its file and line."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest

from app.catalog.folder import FolderError, read_courses

CLUSTER = """\
title: {zh-Hant-TW: 智慧製造, en: Smart manufacturing}
summary: {zh-Hant-TW: 摘要, en: Summary}
industry: smart-manufacturing
body:
  zh-Hant-TW: |
    內文
  en: |
    Body
"""

COURSE = """\
title: {zh-Hant-TW: 課程, en: Course}
summary: {zh-Hant-TW: 摘要, en: Summary}
description: {zh-Hant-TW: 說明, en: Description}
level: introductory
hours: 12
languages: [zh-Hant-TW, en]
outcomes:
  - {zh-Hant-TW: 會畫管制圖, en: Draws control charts}
modules:
  - slug: start
    title: {zh-Hant-TW: 開始, en: Start}
    items:
      - lesson: first
      - lab: practice
"""

LESSON = """\
---
title: First
minutes: 20
---

# First

![A chart](pictures/chart.svg) and [the lab](lab:practice), $x^2$.
"""

LAB = """\
title: {zh-Hant-TW: 實作, en: Practice}
summary: {zh-Hant-TW: 摘要, en: Summary}
environment: scientific
minutes: 60
limits: {cell_seconds: 10}
skills:
  - {slug: control-charts, title: {zh-Hant-TW: 管制圖, en: Control charts}}
data:
  - {title: {zh-Hant-TW: 資料, en: Data}, source: "https://example.org", licence: CC0}
hints:
  test-a: {zh-Hant-TW: 提示, en: A hint}
"""


def cell(source: str, **marks: object) -> dict:
    metadata = {"nbgrader": {"schema_version": 3, **marks}} if marks else {}
    return {
        "cell_type": "code", "id": str(abs(hash(source)))[:8], "metadata": metadata,
        "source": source, "outputs": [], "execution_count": None,
    }  # fmt: skip


def notebook(*cells: dict) -> str:
    body = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(body, indent=1)


SOLUTION = cell("### BEGIN SOLUTION\na = 1\n### END SOLUTION", grade_id="a", grade=False)
TEST = cell("assert a == 1", grade_id="test-a", grade=True, points=2)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    cluster = tmp_path / "courses" / "making"
    course = cluster / "quality"
    files = {
        cluster / "cluster.yaml": CLUSTER,
        course / "course.yaml": COURSE,
        course / "lessons/first.zh-Hant-TW.md": LESSON.replace("title: First", "title: 第一課"),
        course / "lessons/first.en.md": LESSON,
        course / "lessons/pictures/chart.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        course / "labs/practice/lab.yaml": LAB,
        course / "labs/practice/source/charts.ipynb": notebook(SOLUTION, TEST),
        course / "labs/practice/source/data/plant.csv": "a,b\n1,2\n",
        course / "labs/practice/source/.ipynb_checkpoints/charts-checkpoint.ipynb": "old",
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "courses"


def course(root: Path) -> Path:
    return root / "making" / "quality"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def only_error(root: Path) -> FolderError:
    errors = read_courses(root).errors
    assert len(errors) == 1, [str(e) for e in errors]
    return errors[0]


class TestAGoodFolder:
    def test_is_read_whole(self, root):
        reading = read_courses(root)
        assert reading.errors == ()
        (cluster,) = reading.clusters
        assert (cluster.slug, cluster.industry) == ("making", "smart-manufacturing")
        assert cluster.title == {"zh-Hant-TW": "智慧製造", "en": "Smart manufacturing"}
        (quality,) = cluster.courses
        assert (quality.slug, quality.hours, quality.level) == ("quality", 12, "introductory")
        (lesson,), (lab,) = quality.lessons, quality.labs
        assert lesson.title == {"zh-Hant-TW": "第一課", "en": "First"}
        assert lesson.minutes == 20
        assert lesson.body_markdown["en"].lstrip().startswith("# First")
        assert set(lesson.pictures) == {"chart.svg"}
        assert set(lab.notebooks) == {"charts"}
        assert lab.files == {"data/plant.csv": b"a,b\n1,2\n"}
        assert lab.limits == {"cell_seconds": 10}
        assert lab.release_score is None
        assert lab.hints["test-a"]["en"] == "A hint"
        assert [s.slug for s in lab.skills] == ["control-charts"]

    def test_has_the_same_digest_when_read_again(self, root):
        one, two = read_courses(root).clusters[0], read_courses(root).clusters[0]
        assert one.digest == two.digest
        assert one.courses[0].labs[0].digest == two.courses[0].labs[0].digest

    def test_changes_only_the_digests_that_a_change_touches(self, root):
        before = read_courses(root).clusters[0].courses[0]
        change(course(root) / "lessons/first.en.md", "# First", "# The first")
        after = read_courses(root).clusters[0].courses[0]
        assert before.digest != after.digest
        assert before.labs[0].digest == after.labs[0].digest
        (course(root) / "labs/practice/source/data/plant.csv").write_text("a,b\n1,3\n")
        last = read_courses(root).clusters[0].courses[0]
        assert after.labs[0].digest != last.labs[0].digest

    def test_does_not_depend_on_the_order_of_keys_in_a_digest(self, root):
        before = read_courses(root).clusters[0].digest
        swapped = "title: {en: Smart manufacturing, zh-Hant-TW: 智慧製造}"
        change(root / "making/cluster.yaml", CLUSTER.splitlines()[0], swapped)
        assert read_courses(root).clusters[0].digest == before


class TestErrors:
    @pytest.mark.parametrize(
        ("file", "old", "new", "line", "message"),
        [
            ("course.yaml", "hours: 12", "houers: 12", 5, "did you mean 'hours'"),
            ("course.yaml", "hours: 12", "hours: many", 5, "whole number from 1 to 400"),
            ("course.yaml", "hours: 12", "hours: 12\nhours: 13", 6, "written twice"),
            ("course.yaml", "level: introductory", "level: introductry", 4, "'introductory'"),
            ("course.yaml", "[zh-Hant-TW, en]", "[zh-TW, en]", 6, "did you mean 'zh-Hant-TW'"),
            ("course.yaml", "  - {zh-Hant-TW: 會畫管制圖, en: Draws control charts}",
             "  - {zh-Hant-TW: 會畫管制圖}", 8, "missing in en"),
            ("course.yaml", "    title: {zh-Hant-TW: 開始, en: Start}",
             "    title: Start", 11, "per language"),
            ("course.yaml", "lab: practice", "lab: practise", 14, "did you mean 'practice'"),
            ("course.yaml", "slug: start", "slug: Start Here", 10, "not a slug"),
            ("course.yaml", "description: {zh-Hant-TW: 說明, en: Description}",
             "description:\n  zh-Hant-TW: 說明\n  en: |\n    One\n\n    [x](lesson:frist)", 8,
             "did you mean 'first'"),
            ("labs/practice/lab.yaml", "  test-a:", "  test-b:", 11, "did you mean 'test-a'"),
            ("labs/practice/lab.yaml", "cell_seconds", "cel_seconds", 5, "'cell_seconds'"),
            ("labs/practice/lab.yaml", "cell_seconds: 10", "cell_seconds: 9999", 5, "1 to 600"),
            ("labs/practice/lab.yaml", "scientific", "scientifc", 3, "did you mean 'scientific'"),
            ("lessons/first.en.md", "minutes: 20", "minute: 20", 3, "did you mean 'minutes'"),
            ("lessons/first.en.md", "minutes: 20", "minutes: 25", 3, "differs between"),
            ("lessons/first.en.md", "minutes: 20", "minutes: [", 4, "not valid YAML"),
            ("lessons/first.en.md", "---\ntitle", "title", 1, "front matter"),
            ("lessons/first.en.md", "chart.svg", "chrat.svg", 8, "did you mean 'chart.svg'"),
            ("lessons/first.en.md", "![A chart]", "![]", 8, "needs alternative text"),
            ("lessons/first.en.md", "pictures/chart.svg", "https://x.tw/c.svg", 8, "pictures/NAME"),
            ("lessons/first.en.md", "pictures/chart.svg", "pictures/../c.svg", 8, "pictures/NAME"),
            ("lessons/first.en.md", "lab:practice", "lab:practise", 8, "did you mean 'practice'"),
            ("lessons/first.en.md", "lab:practice", "../labs/practice", 8, "lesson:SLUG"),
            ("lessons/first.en.md", "$x^2$", "$\\frac{a$", 8, "broken math"),
        ],
    )  # fmt: skip
    def test_names_the_file_and_the_line(self, root, file, old, new, line, message):
        path = course(root) / file
        change(path, old, new)
        errors = [e for e in read_courses(root).errors if message in e.message]
        assert len(errors) == 1, [str(e) for e in read_courses(root).errors]
        assert (errors[0].file, errors[0].line) == (path, line)

    def test_names_a_missing_key_at_the_place_where_it_belongs(self, root):
        change(course(root) / "course.yaml", "    title: {zh-Hant-TW: 開始, en: Start}\n", "")
        error = only_error(root)
        assert (error.line, error.message) == (10, "key 'title' is missing")

    def test_names_all_errors_at_once_in_order(self, root):
        change(root / "making/cluster.yaml", "industry: smart-m", "industry: smrt-m")
        change(course(root) / "course.yaml", "hours: 12", "hours: 0")
        change(course(root) / "lessons/first.en.md", "$x^2$", "$\\frac{a$")
        errors = read_courses(root).errors
        assert len(errors) == 3
        assert list(errors) == sorted(errors)

    def test_wants_a_lesson_in_every_language(self, root):
        (course(root) / "lessons/first.en.md").unlink()
        error = only_error(root)
        assert (error.file.name, error.line) == ("course.yaml", 13)
        assert "missing in en" in error.message

    def test_finds_lessons_and_labs_that_no_module_lists(self, root):
        lessons = course(root) / "lessons"
        for language in ("zh-Hant-TW", "en"):
            (lessons / f"lost.{language}.md").write_text(LESSON)
        (course(root) / "labs/lost").mkdir()
        messages = [e.message for e in read_courses(root).errors]
        assert sum("lesson is in no module" in m for m in messages) == 2
        assert sum("lab is in no module" in m for m in messages) == 1

    def test_finds_an_item_listed_twice(self, root):
        change(course(root) / "course.yaml", "      - lab: practice\n",
               "      - lab: practice\n      - lesson: first\n")  # fmt: skip
        assert only_error(root).line == 15

    def test_refuses_active_content_in_a_picture(self, root):
        path = course(root) / "lessons/pictures/chart.svg"
        path.write_text("<svg>\n<script>alert(1)</script></svg>")
        errors = {(e.file, e.line) for e in read_courses(root).errors}
        assert errors == {(path, 2)}

    def test_checks_the_picture_of_a_cluster_the_same_way(self, root):
        file = root / "making" / "cover.svg"
        file.write_text("<svg\nonload='alert(1)'/>")
        text = CLUSTER + 'picture: {file: cover.svg, alt: {zh-Hant-TW: "", en: ""}}\n'
        (root / "making/cluster.yaml").write_text(text, encoding="utf-8")
        error = only_error(root)
        assert error.file == file
        assert "active content" in error.message
        change(root / "making/cluster.yaml", "cover.svg", "../../cover.svg")
        assert "no picture" in only_error(root).message

    def test_refuses_a_link_out_of_the_folder(self, root, tmp_path):
        (tmp_path / "secret.txt").write_text("secret")
        link = course(root) / "labs/practice/source/data/secret.txt"
        link.symlink_to(tmp_path / "secret.txt")
        assert "symbolic links" in only_error(root).message

    def test_refuses_the_same_course_in_two_clusters(self, root):
        shutil.copytree(root / "making", root / "other")
        assert "slugs must differ" in only_error(root).message

    def test_reports_text_that_is_not_utf8(self, root):
        (course(root) / "lessons/first.en.md").write_bytes("第一".encode("big5"))
        assert only_error(root).message == "not UTF-8 text"

    def test_reports_a_folder_that_is_not_there(self, tmp_path):
        assert "no such folder" in only_error(tmp_path / "nowhere").message


class TestNotebooks:
    @pytest.mark.parametrize(
        ("cells", "message"),
        [
            ([SOLUTION, TEST, TEST], "grade_id 'test-a' twice"),
            ([cell("### BEGIN SOLUTION\n", grade_id="b"), TEST], "do not pair"),
            ([cell("### BEGIN SOLUTION\n### END SOLUTION"), TEST], "no nbgrader metadata"),
            ([TEST, cell("x", grade_id="c", grade=True)], "needs points"),
            ([TEST, cell("x", grade_id="c", schema_version=1)], "schema 3 is needed"),
            ([TEST, cell("x", solution=True)], "without grade_id"),
        ],
    )
    def test_tell_what_is_wrong_and_where(self, root, cells, message):
        path = course(root) / "labs/practice/source/charts.ipynb"
        path.write_text(notebook(*cells))
        error = only_error(root)
        assert message in error.message
        assert error.file == path
        assert error.line > 1

    def test_point_at_the_line_of_the_second_grade_id(self, root):
        path = course(root) / "labs/practice/source/charts.ipynb"
        text = notebook(SOLUTION, TEST, TEST)
        path.write_text(text)
        lines = [n for n, row in enumerate(text.splitlines(), 1) if '"test-a"' in row]
        assert only_error(root).line == lines[1]

    @pytest.mark.parametrize(
        ("text", "line", "message"),
        [
            ('{\n"cells": [\n', 3, "not a notebook"),
            ("[]", 1, "no list of cells"),
            ('{"cells": [], "nbformat": 3}', 1, "format 4 is needed"),
        ],
    )
    def test_that_are_no_notebooks_are_named(self, root, text, line, message):
        (course(root) / "labs/practice/source/charts.ipynb").write_text(text)
        errors = [e for e in read_courses(root).errors if e.file.suffix == ".ipynb"]
        assert len(errors) == 1
        assert errors[0].line == line
        assert message in errors[0].message

    def test_must_exist(self, root):
        (course(root) / "labs/practice/source/charts.ipynb").unlink()
        assert any("no notebook here" in e.message for e in read_courses(root).errors)


class TestSpeed:
    def test_reads_a_hundred_lessons_within_two_seconds(self, root):
        lessons = course(root) / "lessons"
        items = ""
        for number in range(100):
            items += f"      - lesson: extra-{number}\n"
            for language in ("zh-Hant-TW", "en"):
                (lessons / f"extra-{number}.{language}.md").write_text(LESSON)
        with (course(root) / "course.yaml").open("a") as file:
            file.write(items)
        start = time.perf_counter()
        reading = read_courses(root)
        assert reading.errors == ()
        assert time.perf_counter() - start < 2
