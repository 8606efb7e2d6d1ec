"""Words of data sets."""

import hashlib
import re
from collections.abc import Mapping
from enum import StrEnum

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST_NAME = 60
FILE_NAME = re.compile(r"[\w][\w .()+-]{0,118}[\w)]|[\w]")
MOST_FILES = 200
MOST_BYTES = 20 * 2**30
"""Of one file."""
PIECE_BYTES = 8 * 2**20
"""Of what a browser sends at a time."""
LEAST_FREE_BYTES = 2**30
"""What a machine keeps free: an upload that would take it is refused."""
PLACE = "/data"
"""Where labs and graders find the sets, as ``/data/NAME/VERSION/FILE``."""
PREFIX = "data-set:"
"""What stands before ``NAME/VERSION`` where a lab says what it reads."""
TABLES = (".csv", ".tsv")


class Access(StrEnum):
    OPEN = "open"
    """Read in everybody's lab server, and in grading by the labs that name it."""
    HIDDEN = "hidden"
    """Answers and the like: no notebook ever sees it."""


def address(name: str, number: int) -> str:
    return f"{name}/{number}"


def parsed(text: str) -> tuple[str, int] | None:
    """Name and version of ``NAME/VERSION``, with or without PREFIX; None when it is no address."""
    name, _, number = text.removeprefix(PREFIX).strip().partition("/")
    if not NAME.fullmatch(name) or not re.fullmatch(r"[1-9][0-9]{0,5}", number):
        return None
    return name, int(number)


def digest_of(contents: Mapping[str, str]) -> str:
    """The digest of a whole set: over its files' digests by path, as ``sha256sum`` lists them."""
    lines = "".join(f"{contents[path]}  {path}\n" for path in sorted(contents))
    return hashlib.sha256(lines.encode()).hexdigest()


def is_file_name(name: str) -> bool:
    """Whether a file of a set can be called NAME: plain, and the same on every system."""
    return (
        FILE_NAME.fullmatch(name) is not None
        and len(name.encode()) <= 200
        and not name.startswith(".")
        and name.isprintable()
    )
