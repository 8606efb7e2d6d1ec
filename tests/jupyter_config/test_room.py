"""A home has a bound: JupyterLab refuses in words, copies make way first, deleting makes room."""

import asyncio
import datetime as dt
import os

import pytest
from tornado import web

from jupyter_config.lab_extension import history, room
from jupyter_config.lab_extension.room import HomeContentsManager, Room

MB = 1024 * 1024
NOON = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)


def manager(home, most_mb=2):
    made = HomeContentsManager(root_dir=str(home), delete_to_trash=False)
    made.room = Room(home, most_mb * MB)
    return made


def save(made, name, text):
    model = {"type": "file", "format": "text", "content": text}
    return asyncio.run(made.save(model, name))


def fill(home, name, megabytes):
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(int(megabytes * MB)))
    return path


class TestSaving:
    def test_is_refused_in_both_languages_and_keeps_what_was_there(self, tmp_path):
        made = manager(tmp_path)
        save(made, "work.txt", "before")
        fill(tmp_path, "data.bin", 1.9)
        made.room.used(anew=True)
        with pytest.raises(web.HTTPError) as refused:
            save(made, "work.txt", "x" * MB)
        assert refused.value.status_code == 507
        said = refused.value.log_message
        assert "您的個人資料夾已滿" in said
        assert "Your home is full" in said
        assert (tmp_path / "work.txt").read_text() == "before"

    def test_of_something_smaller_is_let_in_however_full(self, tmp_path):
        made = manager(tmp_path)
        save(made, "work.txt", "x" * 5000)
        fill(tmp_path, "data.bin", 3)
        save(made, "work.txt", "shorter")
        assert (tmp_path / "work.txt").read_text() == "shorter"

    def test_works_again_after_a_deletion(self, tmp_path):
        made = manager(tmp_path)
        fill(tmp_path, "data.bin", 3)
        with pytest.raises(web.HTTPError):
            save(made, "new.txt", "x")
        asyncio.run(made.delete_file("data.bin"))
        save(made, "new.txt", "x")

    def test_of_an_upload_in_pieces_stops_at_the_bound(self, tmp_path):
        made = manager(tmp_path)
        piece = {"type": "file", "format": "text", "content": "x" * MB}
        asyncio.run(made.save(piece | {"chunk": 1}, "large.txt"))
        with pytest.raises(web.HTTPError):
            for number in (2, 3, -1):
                asyncio.run(made.save(piece | {"chunk": number}, "large.txt"))
        assert (tmp_path / "large.txt").stat().st_size <= 2 * MB

    def test_of_a_folders_copy_counts_the_folder(self, tmp_path):
        made = manager(tmp_path)
        fill(tmp_path, "set/data.bin", 1.5)
        with pytest.raises(web.HTTPError):
            asyncio.run(made.copy("set"))

    def test_has_no_bound_where_none_is_set(self, tmp_path):
        made = manager(tmp_path, most_mb=0)
        fill(tmp_path, "data.bin", 3)
        save(made, "work.txt", "x" * MB)
        assert Room.from_environ(tmp_path, {}).most_bytes == 0


class TestCopiesThatTheHouseKeeps:
    def test_go_first_the_oldest_before_the_newer_and_the_newest_of_a_file_stays(self, tmp_path):
        made = manager(tmp_path)
        file = tmp_path / "lab.txt"
        for minute in range(4):
            file.write_text(os.urandom(200_000).hex())
            history.keep(tmp_path, file, NOON + dt.timedelta(minutes=minute))
        before = [one.name for one in history.kept_of(tmp_path, "lab.txt")]
        save(made, "new.txt", "y" * 1_150_000)
        after = [one.name for one in history.kept_of(tmp_path, "lab.txt")]
        assert 1 <= len(after) < len(before)
        assert after == before[: len(after)]
        assert file.stat().st_size == 400_000

    def test_are_not_made_for_want_of_room_while_the_save_itself_holds(self, tmp_path):
        made = manager(tmp_path)
        made.post_save_hook = history.keep_after_save
        fill(tmp_path, "data.bin", 1.97)
        save(made, "work.txt", "x" * 12_000)
        save(made, "work.txt", "y" * 11_000)
        assert (tmp_path / "work.txt").read_text() == "y" * 11_000


class TestHerPage:
    def test_says_nothing_while_there_is_room(self, tmp_path):
        assert room.notice(Room(tmp_path, 2 * MB), "en") == {}
        assert room.notice(Room(tmp_path, 0), "en") == {}

    @pytest.mark.parametrize(
        ("megabytes", "locale", "words"),
        [
            (1.85, "en", "nearly full (2 of 2 MB)"),
            (1.85, "zh-Hant-TW", "快滿了"),
            (2.1, "en", "home is full"),
            (2.1, "", "已滿"),
        ],
    )
    def test_says_that_it_is_nearly_or_quite_full(self, tmp_path, megabytes, locale, words):
        fill(tmp_path, "data.bin", megabytes)
        assert words in room.notice(Room(tmp_path, 2 * MB), locale)["text"]
