"""The rules for a submission's files."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.notebooks import Unreadable
from app.engine.submission import MAX_FILES, working_files

NAMES = st.text(alphabet="ab./\\~é\0\n ", max_size=8)


@given(st.dictionaries(NAMES, st.binary(max_size=3), max_size=4))
def test_every_accepted_path_stays_below_the_folder(submitted: dict[str, bytes]) -> None:
    try:
        files = working_files(submitted, {}, disk_mb=1)
    except Unreadable as error:
        assert error.code == "bad-path"
        return
    for path in files:
        pure = PurePosixPath(path)
        assert not pure.is_absolute()
        assert str(pure) == path
        assert ".." not in pure.parts
    assert not any(str(parent) in files for path in files for parent in PurePosixPath(path).parents)


def test_the_labs_files_win() -> None:
    submitted = {"data.csv": b"mine", "notes.txt": b"mine", "data": b"mine", "lib.py/x": b"mine"}
    lab = {"data.csv": b"lab", "data/more.csv": b"lab", "lib.py": b"lab"}
    assert working_files(submitted, lab, disk_mb=1) == {**lab, "notes.txt": b"mine"}


def test_no_notebook_is_in_the_folder() -> None:
    assert working_files({"p1.ipynb": b"", "old/p2.ipynb": b""}, {"q.ipynb": b""}, disk_mb=1) == {}


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"big": bytes(2 * 2**20)}, "files-too-large"),
        ({f"f{n}": b"" for n in range(MAX_FILES + 1)}, "too-many-files"),
        ({"a": b"", "a/b": b""}, "bad-path"),
    ],
    ids=["large", "many", "a file that is a folder"],
)
def test_what_does_not_fit_is_refused(files: dict[str, bytes], code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        working_files(files, {}, disk_mb=1)
    assert caught.value.code == code
