"""Earlier states of files: kept at every save, thinned with age, brought back."""

import datetime as dt
import logging
from types import SimpleNamespace

import pytest

from jupyter_config.lab_extension import history
from jupyter_config.lab_extension.history import Kept

NOON = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)


def saved(home, text, minutes=0, name="smart/first/lab.ipynb"):
    file = home / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return history.keep(home, file, NOON + dt.timedelta(minutes=minutes))


class TestKeeping:
    def test_each_new_state_once(self, tmp_path):
        assert [saved(tmp_path, text, n) for n, text in enumerate(["a", "a", "b", "a"])] == [
            True, False, True, True,
        ]  # fmt: skip
        assert len(history.kept_of(tmp_path, "smart/first/lab.ipynb")) == 3

    def test_leaves_hidden_and_huge_files_out(self, tmp_path, monkeypatch):
        assert saved(tmp_path, "x", name=".config/secret") is False
        monkeypatch.setattr(history, "LARGEST_BYTES", 3)
        assert saved(tmp_path, "long") is False

    def test_never_makes_a_save_fail(self, tmp_path):
        manager = SimpleNamespace(root_dir=str(tmp_path), log=logging.getLogger("test"))
        gone = str(tmp_path / "gone.ipynb")
        history.keep_after_save({"type": "notebook"}, gone, manager)
        history.keep_after_save({"type": "directory"}, str(tmp_path), manager)

    def test_a_name_in_chinese_is_a_name(self, tmp_path):
        saved(tmp_path, "圖", name="課程/第一課.ipynb")
        assert list(history.kept_files(tmp_path)) == ["課程/第一課.ipynb"]


class TestBringingBack:
    def test_a_deleted_file_comes_back_under_its_name(self, tmp_path):
        saved(tmp_path, "a", 0)
        saved(tmp_path, "b", 1)
        (tmp_path / "smart" / "first" / "lab.ipynb").unlink()
        newest = history.kept_of(tmp_path, "smart/first/lab.ipynb")[0]
        found = history.restore(tmp_path, "smart/first/lab.ipynb", newest.name)
        assert (found.name, found.read_text()) == ("lab.ipynb", "b")

    def test_what_is_there_is_never_overwritten(self, tmp_path):
        saved(tmp_path, "a", 0)
        saved(tmp_path, "b", 1)
        oldest = history.kept_of(tmp_path, "smart/first/lab.ipynb")[-1]
        names = {
            history.restore(tmp_path, "smart/first/lab.ipynb", oldest.name).name for _n in range(2)
        }
        assert len(names) == 2 and "lab.ipynb" not in names
        assert (tmp_path / "smart" / "first" / "lab.ipynb").read_text() == "b"

    @pytest.mark.parametrize(
        ("path", "name"), [("../../etc/passwd", "x"), ("smart/first/lab.ipynb", "../../x")]
    )
    def test_nothing_but_a_kept_state_is_read(self, tmp_path, path, name):
        saved(tmp_path, "a")
        with pytest.raises(FileNotFoundError):
            history.restore(tmp_path, path, name)


def states(*minutes_ago):
    return [
        Kept("f", NOON - dt.timedelta(minutes=ago), f"{ago}", 10, str(ago)) for ago in minutes_ago
    ]


class TestThinning:
    def test_keeps_all_of_the_last_half_hour(self):
        assert history.surplus(states(*range(30)), NOON) == []

    def test_keeps_the_last_of_ten_minutes_of_a_day(self):
        dropped = history.surplus(states(0, 101, 102, 103, 111), NOON)
        assert [one.name for one in dropped] == ["102", "103"]

    def test_keeps_one_an_hour_of_a_week_and_one_a_day_of_what_is_older(self):
        day = 24 * 60
        dropped = history.surplus(
            states(0, 2 * day + 5, 2 * day + 20, 9 * day + 5, 9 * day + 90), NOON
        )
        assert [one.name for one in dropped] == [str(2 * day + 20), str(9 * day + 90)]

    def test_keeps_the_newest_of_all_however_old(self):
        assert history.surplus(states(400 * 24 * 60), NOON) == []

    def test_has_a_bound(self):
        kept = states(*(n / 10 for n in range(250)))
        assert len(kept) - len(history.surplus(kept, NOON)) == history.MOST_OF_A_FILE


def test_a_home_that_is_too_large_loses_its_oldest_states_and_no_files_last(tmp_path):
    for number in range(4):
        saved(tmp_path, f"{number}" * 500, number)
        saved(tmp_path, f"{number}" * 700, number - 100, name="old.py")
    history.shrink(tmp_path, most_bytes=0)
    left = history.kept_files(tmp_path)
    assert {path: len(kept) for path, kept in left.items()} == {
        "old.py": 1, "smart/first/lab.ipynb": 1,
    }  # fmt: skip
