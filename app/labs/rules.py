"""Words of labs."""

from enum import StrEnum


class FileRole(StrEnum):
    SOURCE = "source"
    """The instructor's notebook, with solutions and hidden tests."""
    RELEASE = "release"
    """What students get of it."""
    DATA = "data"
    """Other files, the same for both."""
