"""Words of the catalogue."""

from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l


class ItemKind(StrEnum):
    LESSON = "lesson"
    LAB = "lab"
    QUIZ = "quiz"


class ItemForm(StrEnum):
    """What a lesson is made of: they are read, marked as done and counted alike."""

    TEXT = "text"
    FILE = "file"
    LINK = "link"


class NodeKind(StrEnum):
    """A part of a draft."""

    COURSE = "course"
    MODULE = "module"
    LESSON = "lesson"
    LAB = "lab"
    QUIZ = "quiz"
    FILE = "file"
    LINK = "link"
    POOL = "pool"
    """A pool of the question bank: it stands beside the modules."""


PICTURE_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}

LEVELS: dict[str, LazyText] = {
    "introductory": _l("Introductory"),
    "intermediate": _l("Intermediate"),
    "advanced": _l("Advanced"),
}


def picture_type(name: str) -> str:
    """The content type of a picture by its name; raises ValueError for other files."""
    for ending, content_type in PICTURE_TYPES.items():
        if name.lower().endswith(ending):
            return content_type
    raise ValueError(f"{name} is not a picture")
