"""A folder being read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.catalog.folder_specs import LANGUAGES
from app.catalog.folder_yaml import SLUG, Problems, Section, read_yaml

MAX_FILE_BYTES = 20_000_000


@dataclass(frozen=True)
class Place:
    """A folder being read, and where its errors go."""

    folder: Path
    problems: Problems
    wanted: tuple[str, ...] = LANGUAGES
    """The languages in which the course is taught: every text is written in them."""

    def within(self, *names: str) -> Place:
        return Place(self.folder.joinpath(*names), self.problems, self.wanted)

    def load(self, name: str) -> Section | None:
        """The top mapping of a YAML file in this folder."""
        file = self.folder / name
        data = self.read(name)
        if data is None:
            return None
        try:
            return read_yaml(data.decode("utf-8"), file, self.problems, self.wanted)
        except UnicodeDecodeError:
            self.problems.add(file, 1, "not UTF-8 text")
            return None

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, refusing links out of the folder and what is too large."""
        file = self.folder / name
        if file.is_symlink():
            self.problems.add(file, 1, "symbolic links are not followed; put the file itself here")
        elif not file.is_file():
            self.problems.add(file, 1, "file is missing")
        elif file.stat().st_size > MAX_FILE_BYTES:
            self.problems.add(file, 1, f"larger than {MAX_FILE_BYTES // 1_000_000} MB")
        else:
            return file.read_bytes()
        return None

    def folders(self) -> Iterator[str]:
        """Names of the folders in here, sorted; names that are no slugs are errors."""
        for path in sorted(self.folder.iterdir()) if self.folder.is_dir() else ():
            if not path.is_dir() or path.name.startswith((".", "__")):
                continue
            if SLUG.fullmatch(path.name):
                yield path.name
            else:
                self.problems.add(path, 1, "folder name must be small letters, digits, hyphens")
