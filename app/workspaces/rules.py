"""Words and limits of what authors send."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePosixPath

MOST_FILES = 200
MOST_BYTES = 20 * 1024 * 1024


class CheckState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    SOUND = "sound"
    WRONG = "wrong"
    REFUSED = "refused"
    PUBLISHED = "published"
    TRIED = "tried"


def is_source_path(path: str) -> bool:
    """Whether PATH can be a file of a lab: relative, nothing hidden, notebooks in no folder."""
    parts = path.split("/")
    return (
        0 < len(path) <= 200
        and all(part and part == part.strip() and not part.startswith(".") for part in parts)
        and not any(ord(char) < 32 or char in '\\:*?"<>|' for char in path)
    )


def parted(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The source notebooks of FILES by name, without ``.ipynb``, and the other files by path."""
    notebooks, others = {}, {}
    for path, data in files.items():
        place = PurePosixPath(path)
        if place.suffix == ".ipynb" and len(place.parts) == 1:
            notebooks[place.stem] = data
        else:
            others[path] = data
    return notebooks, others
