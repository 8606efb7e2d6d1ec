"""A lab that was updated while somebody works on it: her cells stay, or nothing is done."""

import datetime as dt
import html
import json
import re
from pathlib import Path

import pytest

from jupyter_config.exchange import versions
from jupyter_config.exchange.versions import CellChange, NotExact, Release
from jupyter_config.lab_extension import work_page, work_words

NOON = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)


def cell(source, grade_id=None, *, kind="code", **marks):
    metadata = {"nbgrader": {"grade_id": grade_id, **marks}} if grade_id else {}
    return {
        "cell_type": kind,
        "source": source,
        "metadata": metadata,
        "id": f"id-{grade_id or source[:9]}",
    }


def book(*cells):
    return json.dumps(
        {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    ).encode()


ANSWER = cell("text", "work", kind="markdown", solution=True)
INTRO = cell("Read this first.", kind="markdown")
STUB = cell("# your code", "work", solution=True)
TEST = cell("assert work", "check", grade=True, locked=True)
BASE = book(INTRO, STUB, TEST)
NEW_TEST = cell("assert work > 1", "check", grade=True, locked=True)
NEW_INTRO = cell("Read this twice.", kind="markdown")
NEW = book(NEW_INTRO, STUB, NEW_TEST, cell("more", "extra", solution=True))


def sources(content):
    return [each["source"] for each in json.loads(content)["cells"]]


class TestMerging:
    def test_keeps_her_answer_and_takes_the_new_texts_and_tests(self):
        mine = book(INTRO, cell("work = 2", "work", solution=True), TEST)
        assert sources(versions.merged(mine, BASE, NEW)) == [
            "Read this twice.", "work = 2", "assert work > 1", "more",
        ]  # fmt: skip

    def test_takes_the_new_stub_where_she_wrote_nothing(self):
        new = book(INTRO, cell("# write it below", "work", solution=True), TEST)
        assert sources(versions.merged(BASE, BASE, new))[1] == "# write it below"

    def test_keeps_her_outputs_and_the_new_marks_of_the_cell(self):
        hers = {**cell("work = 2", "work", solution=True), "outputs": [{"text": "2"}]}
        moved = cell("# your code", "work", solution=True, points=9)
        made = json.loads(versions.merged(book(INTRO, hers, TEST), BASE, book(INTRO, moved, TEST)))
        assert made["cells"][1]["outputs"] == [{"text": "2"}]
        assert made["cells"][1]["metadata"]["nbgrader"]["points"] == 9

    def test_keeps_cells_of_her_own_behind_the_cell_they_stood_behind_and_in_their_order(self):
        mine = book(INTRO, STUB, cell("first try"), cell("second try"), TEST)
        assert sources(versions.merged(mine, BASE, NEW)) == [
            "Read this twice.", "# your code", "first try", "second try", "assert work > 1", "more",
        ]  # fmt: skip
        assert b"banyan_own" not in versions.merged(mine, BASE, NEW)

    @pytest.mark.parametrize(
        ("mine", "new"),
        [
            (book(INTRO, TEST), NEW),
            (book(INTRO, STUB, STUB, TEST), NEW),
            (book(INTRO, STUB, cell("assert True", "check", grade=True, locked=True)), NEW),
            (book(cell("Read this first, I added.", kind="markdown"), STUB, TEST), NEW),
            (book(cell("mine, before all"), INTRO, STUB, TEST), NEW),
            (book(INTRO, STUB, TEST), book(NEW_INTRO, NEW_TEST)),
            (book(INTRO, STUB, TEST), book(ANSWER, TEST)),
            (b"not a notebook", NEW),
        ],
        ids=["answer gone", "answer twice", "test edited", "text edited", "own cell before all",
             "answer gone in the new", "answer of another kind", "no notebook"],
    )  # fmt: skip
    def test_is_refused_where_it_would_be_a_guess(self, mine, new):
        with pytest.raises(NotExact):
            versions.merged(mine, BASE, new)


@pytest.fixture
def home(tmp_path):
    """A home with the first version of a lab fetched, and its data."""
    release = Release(1, {"lab.ipynb": BASE, "data/a.csv": b"1\n"})
    versions.start_over(tmp_path / "smart" / "first", release)
    versions.remember(tmp_path, "smart", "first", release)
    return tmp_path


class TestAFolder:
    def test_is_brought_to_the_new_version_and_kept_as_it_was(self, home):
        folder = home / "smart" / "first"
        (folder / "lab.ipynb").write_bytes(book(INTRO, cell("x", "work", solution=True), TEST))
        (folder / "notes.txt").write_text("mine")
        new = Release(2, {"lab.ipynb": NEW, "data/a.csv": b"2\n", "data/b.csv": b"3\n"})
        kept = versions.merge_folder(folder, versions.remembered(home, "smart", "first"), new, NOON)
        assert sources((folder / "lab.ipynb").read_bytes())[1:3] == ["x", "assert work > 1"]
        assert (folder / "data" / "a.csv").read_bytes() == b"2\n"
        assert (folder / "data" / "b.csv").exists() and (folder / "notes.txt").exists()
        assert kept.name.startswith("first (kept 2026-11-23")
        assert sources((kept / "lab.ipynb").read_bytes())[1:] == ["x", "assert work"]
        assert (kept / "data" / "a.csv").read_bytes() == b"1\n"

    def test_with_changed_data_stays_exactly_as_it_is(self, home):
        folder = home / "smart" / "first"
        (folder / "data" / "a.csv").write_bytes(b"hers\n")
        new = Release(2, {"lab.ipynb": NEW, "data/a.csv": b"2\n"})
        with pytest.raises(NotExact):
            versions.merge_folder(folder, versions.remembered(home, "smart", "first"), new)
        assert (folder / "lab.ipynb").read_bytes() == BASE
        assert [path.name for path in (home / "smart").iterdir()] == ["first"]

    def test_started_over_twice_in_a_second_keeps_both(self, home):
        folder = home / "smart" / "first"
        for _again in range(2):
            versions.start_over(folder, Release(2, {"lab.ipynb": NEW}), NOON)
        names = sorted(path.name for path in (home / "smart").iterdir())
        assert len(names) == 3 and names[1].endswith(")") and " 2)" in names[1] + names[2]

    def test_that_cannot_be_written_is_left_in_its_place(self, home):
        folder = home / "smart" / "first"
        with pytest.raises(ValueError):
            versions.start_over(folder, Release(2, {"../out": b"x"}))
        assert (folder / "lab.ipynb").read_bytes() == BASE


class TestWhatItCameFrom:
    def test_is_known_again_and_only_the_last_is_kept(self, home):
        versions.remember(home, "smart", "first", Release(2, {"lab.ipynb": NEW}))
        assert versions.remembered(home, "smart", "first") == Release(2, {"lab.ipynb": NEW})
        assert versions.remembered(home, "smart", "other") is None
        kept = home / ".banyan" / "releases" / "smart" / "first"
        assert sorted(path.name for path in kept.iterdir()) == ["2", "current.json"]

    def test_and_what_she_did_not_want_is_offered_once(self, home):
        assert versions.declined(home, "smart", "first") == 0
        versions.decline(home, "smart", "first", 2)
        assert versions.declined(home, "smart", "first") == 2
        assert versions.remembered(home, "smart", "first").version == 1

    def test_spoiled_notes_are_no_crash(self, home):
        (home / ".banyan" / "releases" / "smart" / "first" / "current.json").write_text("{")
        assert versions.remembered(home, "smart", "first") is None


def test_what_changes_is_said_cell_by_cell():
    old = Release(1, {"lab.ipynb": BASE, "a.csv": b"1", "gone.txt": b""})
    new = Release(2, {"lab.ipynb": NEW, "a.csv": b"2"})
    assert versions.changes(old, new) == [
        CellChange("changed", "a.csv", None),
        CellChange("removed", "gone.txt", None),
        CellChange("added", "lab.ipynb", "Read this twice."),
        CellChange("changed", "lab.ipynb", "check", is_test=True),
        CellChange("added", "lab.ipynb", "extra"),
        CellChange("removed", "lab.ipynb", "Read this first."),
    ]


def test_the_page_says_everything_in_both_languages():
    source = Path(work_page.__file__).read_text()
    said = {html.unescape(text) for text in re.findall(r'\bt\(\s*"([^"]+)"', source)}
    said |= {html.unescape(text) for text in re.findall(r"\bt\('([^']+)'", source)}
    assert len(said) > 15
    for message in said | {work_words.CANNOT_MERGE, work_words.ABOUT_STARTING_OVER}:
        chinese = work_words.CHINESE[message]
        assert set(re.findall(r"%\(\w+\)s", chinese)) == set(re.findall(r"%\(\w+\)s", message))
