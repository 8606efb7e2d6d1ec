"""An author's sources in her home: ``source/COURSE/LAB``, as nbgrader names it.

What she has is never overwritten: a newer version replaces a folder only while it is exactly what
was fetched, and the folder that was there is moved aside then.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_config.exchange import files, versions

__all__ = [
    "TOOLBAR",
    "Trial",
    "ensure_source",
    "fetch_beside",
    "gather_source",
    "is_author",
    "note_base",
    "note_of",
    "offer_toolbar",
    "place_trial",
    "source_folder",
    "trial_of",
]

TOOLBAR = "@jupyter/nbgrader:create-assignment"
NOTES = ".banyan/source"
TRIALS = ".banyan/trials"


@dataclass(frozen=True)
class Trial:
    """What she did as a student, and the sources that it is graded by."""

    work: Mapping[str, bytes]
    source: Mapping[str, bytes]
    of_draft: bool
    """Whether the sources are the draft's in the course's editor, not those in her home."""


def source_folder(home: Path, course: str, lab: str) -> Path:
    return home / "source" / course / lab


def note_of(home: Path, course: str, lab: str) -> dict[str, Any]:
    """The version that a source came from (``version``) and what it held (``files``: hashes)."""
    try:
        found = json.loads((home / NOTES / course / f"{lab}.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("version"), int) else {}


def note_base(home: Path, course: str, lab: str, version: int, held: Mapping[str, bytes]) -> None:
    """Note that the folder of a lab's source comes from VERSION, which held HELD."""
    place = home / NOTES / course / f"{lab}.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_suffix(".part")
    part.write_text(json.dumps({"version": version, "files": _hashes(held)}))
    part.replace(place)


def ensure_source(
    home: Path, course: str, lab: str, version: int, fetched: Mapping[str, bytes]
) -> Path:
    """The folder of a lab's source: FETCHED when there is none or hers is untouched, else hers."""
    folder = source_folder(home, course, lab)
    note = note_of(home, course, lab)
    if not folder.is_dir():
        files.write_new(folder, fetched)
        note_base(home, course, lab, version, fetched)
    elif (
        note
        and note["version"] <= version
        and _hashes(fetched) != note["files"]  # of a draft there are many with one number
        and _hashes(_held(folder)) == note["files"]
    ):
        aside = home / ".banyan" / "replaced"
        aside.mkdir(parents=True, exist_ok=True)
        folder.rename(versions.dated(aside / f"{course}-{lab}"))
        files.write_new(folder, fetched)
        note_base(home, course, lab, version, fetched)
    return folder


def fetch_beside(
    home: Path, course: str, lab: str, version: int, fetched: Mapping[str, bytes]
) -> Path:
    """Put FETCHED beside her own; from then on hers counts as made in knowledge of VERSION."""
    folder = source_folder(home, course, lab)
    beside = versions.dated(folder, words=f"version {version},")
    files.write_new(beside, fetched)
    note_base(home, course, lab, version, fetched)
    return beside


def place_trial(
    home: Path,
    course: str,
    lab: str,
    release: Mapping[str, bytes],
    source: Mapping[str, bytes],
    *,
    of_draft: bool = False,
) -> Path:
    """Put what students would get into ``trial/COURSE/LAB``; an earlier trial gets a date.

    SOURCE, which RELEASE was made of, is kept to grade it by.
    """
    folder = home / "trial" / course / lab
    kept = home / TRIALS / course / lab
    shutil.rmtree(kept, ignore_errors=True)
    files.write_new(kept, source)
    kept.with_name(f"{lab}.json").write_text(json.dumps({"draft": of_draft}))
    versions.start_over(folder, versions.Release(0, release))
    return folder


def trial_of(home: Path, course: str, lab: str, ignore: tuple[str, ...]) -> Trial:
    """Her trial of a lab as it is on disk. Raises FileNotFoundError, files.TooLarge."""
    folder, kept = home / "trial" / course / lab, home / TRIALS / course / lab
    if not folder.is_dir() or not kept.is_dir():
        raise FileNotFoundError(folder)
    try:
        said = json.loads(kept.with_name(f"{lab}.json").read_text())
    except (OSError, ValueError):
        said = {}
    return Trial(files.gather(folder, ignore), _held(kept), said.get("draft") is True)


def gather_source(folder: Path, ignore: tuple[str, ...]) -> dict[str, bytes]:
    """What she would publish. Raises FileNotFoundError, files.TooLarge."""
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    return files.gather(folder, ignore)


def is_author(home: Path) -> bool:
    """Whether she has ever opened a source: then nbgrader's toolbar for authors is there."""
    return (home / NOTES).is_dir()


def offer_toolbar() -> None:
    """Show nbgrader's Create Assignment from the next page of this server on."""
    config = Path(os.environ.get("BANYAN_LAB_SETTINGS", "")) / "page_config.json"
    if not config.is_file():
        return
    said = json.loads(config.read_text())
    if said.get("disabledExtensions", {}).pop(TOOLBAR, None) is not None:
        part = config.with_suffix(".part")
        part.write_text(json.dumps(said))
        part.replace(config)


def _held(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def _hashes(held: Mapping[str, bytes]) -> dict[str, str]:
    return {path: hashlib.sha256(content).hexdigest() for path, content in sorted(held.items())}
