"""Which version of a lab a person's folder came from, and the way to the next one.

Nothing of hers is ever overwritten: whatever changes a folder keeps what was there under a name
with the date. What a folder came from is remembered under ``.banyan/releases``.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_config.exchange import files

__all__ = [
    "CellChange",
    "NotExact",
    "Release",
    "changes",
    "dated",
    "decline",
    "declined",
    "merge_folder",
    "merged",
    "plan_merge",
    "remember",
    "remembered",
    "start_over",
]

PLACE = ".banyan/releases"


class NotExact(Exception):
    """Her work and the new version cannot be put together cell by cell without guessing."""


@dataclass(frozen=True)
class Release:
    """What students get of one version of a lab."""

    version: int
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class CellChange:
    """What the new version does to a cell (``added``, ``changed``, ``removed``) or to a file."""

    kind: str
    file: str
    cell: str | None
    """The cell's grade id, its first words, or None for a whole file."""
    is_test: bool = False


def remember(home: Path, course: str, lab: str, release: Release) -> None:
    """Note that the folder of a lab holds RELEASE from now on."""
    place = home / PLACE / course / lab
    target = place / str(release.version)
    shutil.rmtree(target, ignore_errors=True)
    files.write_new(target, release.files)
    part = place / ".current"
    part.write_text(json.dumps({"version": release.version}))
    part.replace(place / "current.json")
    for old in place.iterdir():
        if old.is_dir() and old.name != str(release.version):
            shutil.rmtree(old, ignore_errors=True)


def remembered(home: Path, course: str, lab: str) -> Release | None:
    """What the folder came from; None when that is not known."""
    state = _state(home, course, lab)
    version = state.get("version")
    folder = home / PLACE / course / lab / str(version)
    if not isinstance(version, int) or not folder.is_dir():
        return None
    return Release(
        version,
        {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.is_symlink()
        },
    )


def decline(home: Path, course: str, lab: str, version: int) -> None:
    """Note that she goes on with hers; VERSION is not offered by itself again."""
    place = home / PLACE / course / lab
    place.mkdir(parents=True, exist_ok=True)
    part = place / ".current"
    part.write_text(json.dumps({**_state(home, course, lab), "declined": version}))
    part.replace(place / "current.json")


def declined(home: Path, course: str, lab: str) -> int:
    """The newest version that she did not want; 0 when there is none."""
    found = _state(home, course, lab).get("declined")
    return found if isinstance(found, int) else 0


def _state(home: Path, course: str, lab: str) -> dict[str, Any]:
    try:
        found = json.loads((home / PLACE / course / lab / "current.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def start_over(folder: Path, release: Release, now: dt.datetime | None = None) -> Path | None:
    """Put RELEASE into FOLDER; what was there stays beside it under the name that is returned."""
    kept = None
    if folder.exists():
        kept = dated(folder, now)
        folder.rename(kept)
    try:
        files.write_new(folder, release.files)
    except BaseException:
        if kept is not None and not folder.exists():
            kept.rename(folder)
        raise
    return kept


def dated(folder: Path, now: dt.datetime | None = None, words: str = "kept") -> Path:
    """A free name beside FOLDER that says when: ``lab (kept 2026-11-23 08.50.12)``."""
    moment = (now or dt.datetime.now(dt.UTC)).astimezone()
    number = 1
    while True:
        more = f" {number}" if number > 1 else ""
        found = folder.with_name(f"{folder.name} ({words} {moment:%Y-%m-%d %H.%M.%S}{more})")
        if not os.path.lexists(found):
            return found
        number += 1


def merge_folder(folder: Path, base: Release, new: Release, now: dt.datetime | None = None) -> Path:
    """Bring FOLDER, which came from BASE, to NEW with her own cells; the copy that was kept.

    Raises NotExact, and then nothing has changed: a cell or file that cannot be placed for sure.
    """
    planned = plan_merge(folder, base, new)
    kept = dated(folder, now)
    shutil.copytree(folder, kept, symlinks=True)
    for path, content in planned.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        part.write_bytes(content)
        part.replace(target)
    return kept


def plan_merge(folder: Path, base: Release, new: Release) -> dict[str, bytes]:
    """What ``merge_folder`` would write. Raises NotExact."""
    planned: dict[str, bytes] = {}
    for path, content in new.files.items():
        mine = folder / path
        if not mine.is_file():
            planned[path] = content
        elif path.endswith(".ipynb"):
            planned[path] = merged(mine.read_bytes(), base.files.get(path, b""), content)
        elif (now_there := mine.read_bytes()) != content:
            if base.files.get(path) not in (now_there, content):
                raise NotExact(path)
            if base.files.get(path) == now_there:
                planned[path] = content
    return planned


def merged(mine: bytes, base: bytes, new: bytes) -> bytes:
    """NEW with the solution cells that she worked on, and the cells of her own, of MINE.

    MINE came from BASE. Raises NotExact when a solution cell of BASE is missing or double in MINE,
    is gone or of another kind in NEW, or when a cell that is not hers to change was changed, or one
    of her own stands where NEW has nothing to hold it.
    """
    mine_book, base_book, new_book = _book(mine), _book(base), _book(new)
    own = _by_id(mine_book)
    before, after = _by_id(base_book), _by_id(new_book)
    result = dict(new_book)
    cells = [dict(cell) for cell in new_book["cells"]]
    for name, cell in before.items():
        if not _is_hers(cell):
            if name in own and _source(own[name]) != _source(cell):
                raise NotExact(name)
            continue
        if name not in own or name not in after or not _is_hers(after[name]):
            raise NotExact(name)
        if own[name].get("cell_type") != after[name].get("cell_type"):
            raise NotExact(name)
    for place, cell in enumerate(cells):
        grade_id = _grade_id(cell)
        if grade_id is None or grade_id not in before or not _is_hers(cell):
            continue
        worked_on = own[grade_id]
        if _source(worked_on) != _source(before[grade_id]):
            cells[place] = {
                **worked_on, "metadata": cell.get("metadata", {}), "id": cell.get("id")
            }  # fmt: skip
            if cells[place]["id"] is None:
                del cells[place]["id"]
    result["cells"] = _with_own_cells(cells, mine_book, base_book)
    return json.dumps(result, ensure_ascii=False, indent=1).encode() + b"\n"


def _with_own_cells(
    cells: list[dict[str, Any]], mine: Mapping[str, Any], base: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """CELLS with those that only MINE has, each after the graded cell that it stood after."""
    given = {_source(cell) for cell in base["cells"] if _grade_id(cell) is None}
    missing = [
        _source(cell)
        for cell in base["cells"]
        if _grade_id(cell) is None
        and _source(cell) not in {_source(each) for each in mine["cells"]}
    ]
    if missing:  # a text of the lab was edited or taken out: hers or the lab's, nobody can say
        raise NotExact(missing[0][:60])
    anchor: str | None = None
    result = list(cells)
    for cell in mine["cells"]:
        name = _grade_id(cell)
        if name is not None:
            anchor = name
        elif _source(cell).strip() and _source(cell) not in given:
            places = [n for n, each in enumerate(result) if _grade_id(each) == anchor]
            if anchor is None or len(places) != 1:
                raise NotExact(_source(cell)[:60])
            place = places[0] + 1
            while place < len(result) and result[place].get("metadata", {}).get("banyan_own"):
                place += 1
            kept = {**cell, "metadata": {**cell.get("metadata", {}), "banyan_own": True}}
            result.insert(place, kept)
    for cell in result:
        cell.get("metadata", {}).pop("banyan_own", None)
    ids = [cell.get("id") for cell in result if cell.get("id")]
    if len(ids) != len(set(ids)):
        raise NotExact("id")
    return result


def changes(old: Release, new: Release) -> list[CellChange]:
    """What students find different in NEW, file by file and cell by cell."""
    found = []
    for path in sorted({*old.files, *new.files}):
        if path not in new.files or path not in old.files:
            kind = "removed" if path not in new.files else "added"
            found.append(CellChange(kind, path, None))
        elif not path.endswith(".ipynb"):
            if old.files[path] != new.files[path]:
                found.append(CellChange("changed", path, None))
        else:
            found += _cell_changes(path, old.files[path], new.files[path])
    return found


def _cell_changes(path: str, old: bytes, new: bytes) -> list[CellChange]:
    try:
        before, after = _keyed(_book(old)), _keyed(_book(new))
    except NotExact:
        return [CellChange("changed", path, None)]
    found = []
    for key in [*after, *(key for key in before if key not in after)]:
        cell = after.get(key) or before[key]
        kind = "removed" if key not in after else "added" if key not in before else ""
        if not kind and _source(before[key]) != _source(after[key]):
            kind = "changed"
        if kind:
            label = _grade_id(cell) or " ".join(_source(cell).split())[:60]
            is_test = bool(cell.get("metadata", {}).get("nbgrader", {}).get("grade"))
            found.append(CellChange(kind, path, label, is_test))
    return found


def _keyed(book: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Cells by what tells them apart: the grade id, else the text."""
    return {_grade_id(cell) or f"text:{_source(cell)}": cell for cell in book["cells"]}


def _book(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
        cells = found["cells"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotExact("not a notebook") from error
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise NotExact("not a notebook")
    return dict(found)


def _by_id(book: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for cell in book["cells"]:
        name = _grade_id(cell)
        if name is not None:
            if name in found:
                raise NotExact(name)
            found[name] = cell
    return found


def _grade_id(cell: Mapping[str, Any]) -> str | None:
    found = (cell.get("metadata") or {}).get("nbgrader") or {}
    name = found.get("grade_id") if isinstance(found, dict) else None
    return name if isinstance(name, str) and name else None


def _is_hers(cell: Mapping[str, Any]) -> bool:
    return bool(cell["metadata"]["nbgrader"].get("solution"))


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)
