"""An author's sources in her home: never overwritten, with nbgrader's tools."""

import json

import pytest

from jupyter_config.exchange.files import TooLarge
from jupyter_config.lab_extension import authoring

COURSE, LAB = "smart", "first"
ONE = {"lab.ipynb": b"one", "data/a.csv": b"1"}
TWO = {"lab.ipynb": b"two", "data/a.csv": b"1"}


@pytest.fixture
def home(tmp_path):
    authoring.ensure_source(tmp_path, COURSE, LAB, 1, ONE)
    return tmp_path


def notebook(home, folder=f"source/{COURSE}/{LAB}"):
    return (home / folder / "lab.ipynb").read_bytes()


class TestASource:
    def test_is_brought_once_and_known_by_its_version(self, home):
        assert notebook(home) == b"one"
        assert authoring.note_of(home, COURSE, LAB)["version"] == 1
        assert authoring.is_author(home)

    def test_that_she_changed_stays_hers_when_there_is_a_newer_one(self, home):
        (home / "source" / COURSE / LAB / "lab.ipynb").write_bytes(b"mine")
        authoring.ensure_source(home, COURSE, LAB, 2, TWO)
        assert notebook(home) == b"mine"
        assert authoring.note_of(home, COURSE, LAB)["version"] == 1

    def test_that_got_a_file_of_her_own_stays_hers_too(self, home):
        (home / "source" / COURSE / LAB / "idea.txt").write_text("keep me")
        authoring.ensure_source(home, COURSE, LAB, 2, TWO)
        assert notebook(home) == b"one"

    def test_that_is_untouched_becomes_the_newer_one_and_the_old_one_is_moved_aside(self, home):
        authoring.ensure_source(home, COURSE, LAB, 2, TWO)
        assert notebook(home) == b"two"
        (aside,) = (home / ".banyan" / "replaced").iterdir()
        assert (aside / "lab.ipynb").read_bytes() == b"one"

    def test_beside_hers_counts_as_seen(self, home):
        (home / "source" / COURSE / LAB / "lab.ipynb").write_bytes(b"mine")
        beside = authoring.fetch_beside(home, COURSE, LAB, 2, TWO)
        assert beside.name.startswith("first (version 2,")
        assert (beside / "lab.ipynb").read_bytes() == b"two" and notebook(home) == b"mine"
        assert authoring.note_of(home, COURSE, LAB)["version"] == 2

    def test_is_sent_without_hidden_files_and_not_when_it_is_huge(self, home):
        folder = home / "source" / COURSE / LAB
        (folder / ".ipynb_checkpoints").mkdir()
        (folder / ".ipynb_checkpoints" / "lab-checkpoint.ipynb").write_text("old")
        assert set(authoring.gather_source(folder, ())) == set(ONE)
        with (folder / "large.bin").open("wb") as large:
            large.truncate(21 * 1024 * 1024)
        with pytest.raises(TooLarge):
            authoring.gather_source(folder, ())


def test_a_trial_keeps_the_one_before(tmp_path):
    for content in (b"first", b"second"):
        folder = authoring.place_trial(tmp_path, COURSE, LAB, {"lab.ipynb": content}, ONE)
    assert notebook(tmp_path, f"trial/{COURSE}/{LAB}") == b"second"
    (kept,) = (path for path in folder.parent.iterdir() if path != folder)
    assert (kept / "lab.ipynb").read_bytes() == b"first"


class TestATrial:
    def test_is_graded_by_the_source_that_it_was_made_of(self, home):
        authoring.place_trial(home, COURSE, LAB, {"lab.ipynb": b"release"}, ONE, of_draft=True)
        (home / "source" / COURSE / LAB / "lab.ipynb").write_bytes(b"written since")
        (home / "trial" / COURSE / LAB / "lab.ipynb").write_bytes(b"solved")
        trial = authoring.trial_of(home, COURSE, LAB, ())
        assert trial == authoring.Trial({"lab.ipynb": b"solved"}, ONE, True)
        authoring.place_trial(home, COURSE, LAB, {"lab.ipynb": b"release"}, TWO)
        assert authoring.trial_of(home, COURSE, LAB, ()).source == TWO

    def test_that_was_never_begun_is_not_there(self, home):
        with pytest.raises(FileNotFoundError):
            authoring.trial_of(home, COURSE, LAB, ())


def test_a_draft_that_she_has_not_touched_follows_the_editor(tmp_path):
    """While a lab is not published, all its states have the number 0."""
    authoring.ensure_source(tmp_path, COURSE, LAB, 0, ONE)
    authoring.ensure_source(tmp_path, COURSE, LAB, 0, TWO)
    assert notebook(tmp_path) == b"two"
    (tmp_path / "source" / COURSE / LAB / "lab.ipynb").write_bytes(b"mine")
    authoring.ensure_source(tmp_path, COURSE, LAB, 0, ONE)
    assert notebook(tmp_path) == b"mine"


def test_the_toolbar_for_authors_is_shown_from_then_on_and_nothing_else_changes(
    tmp_path, monkeypatch
):
    config = tmp_path / "page_config.json"
    config.write_text(json.dumps({"disabledExtensions": {authoring.TOOLBAR: True, "other": True}}))
    authoring.offer_toolbar()
    assert authoring.TOOLBAR in config.read_text(), "no folder is named: nothing is written"
    monkeypatch.setenv("BANYAN_LAB_SETTINGS", str(tmp_path))
    authoring.offer_toolbar()
    assert json.loads(config.read_text()) == {"disabledExtensions": {"other": True}}
