"""Pages of a cartridge as lessons: their links and pictures followed within the package."""

import base64
import binascii
import re
from pathlib import PurePosixPath
from urllib.parse import unquote_to_bytes

from app.catalog.folder_specs import LessonSpec
from app.catalog.imports.html import Text, to_markdown
from app.catalog.imports.manifest import Manifest
from app.catalog.imports.package import (
    Package,
    looks_like_picture,
    object_meant,
    on_the_web,
    picture_ending,
)
from app.catalog.imports.report import Note, note
from app.catalog.imports.shelf import Shelf
from app.catalog.rules.drafting import pictures_in
from app.catalog.rules.fields import LONG
from app.catalog.rules.pictures import picture_problem

_DATA = re.compile(r"data:image/(png|jpe?g|webp)(;base64)?,(.*)", re.I | re.S)
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]")
MOST_INLINE = 2_000_000


class Pages:
    """Writes pages. ``targets`` and ``at`` say what each resource and path has become."""

    def __init__(self, package: Package, shelf: Shelf, language: str, manifest: Manifest) -> None:
        self.package, self.shelf, self.language = package, shelf, language
        self.manifest = manifest
        self.targets: dict[str, str] = {}
        self.at: dict[str, str] = {}
        self.used: dict[str, str] = {}
        """Names in ``pictures/`` by the path in the package."""
        self.extra: dict[str, tuple[str, bytes]] = {}
        """Addresses and contents of files that only pages lead to, by path."""
        self._contents: dict[str, bytes] = {}
        self.refused: set[str] = set()

    def lesson(
        self, slug: str, title: str, html: str, path: str
    ) -> tuple[LessonSpec | None, list[Note]]:
        """A page of the file PATH as a lesson; None with the reason. Raises html.TooDeep."""
        text = to_markdown(html, _From(self, str(PurePosixPath(path).parent)), title)
        if not text.markdown.strip():
            return None, [note("empty"), *text.notes]
        if len(text.markdown) > LONG - 10:
            return None, [note("too-long")]
        pictures = {
            name: self._contents[name]
            for name in sorted(pictures_in(text.markdown))
            if name in self._contents
        }
        body = f"\n{text.markdown}\n"
        lesson = LessonSpec(
            slug, {self.language: title}, minutes_of(body), {self.language: body}, pictures
        )
        return lesson, list(text.notes)

    def fragment(self, html: str, path: str) -> Text:
        """A text that holds no pictures and no links within the course, as of a question."""
        return to_markdown(html, _Apart(self, str(PurePosixPath(path).parent)))

    def meant(self, address: str, folder: str) -> str | None:
        """What ADDRESS leads to: a part of the course as ``file:slug``, or None."""
        named = object_meant(address)
        if named is not None:
            kind, name = named
            return self.targets.get(name) or (
                self.at.get(f"wiki_content/{name}.html") if kind in ("pages", "wiki") else None
            )
        path = self.package.resolve(address, folder)
        return self._target(path) if path is not None else None

    def _target(self, path: str) -> str | None:
        if path in self.at:
            return self.at[path]
        if path in self.refused or not looks_like_picture(path):
            return None
        data = self.package.files[path]
        slug = self.shelf.slug("reading", "file", PurePosixPath(path).stem)
        self.at[path], self.extra[path] = f"file:{slug}", (slug, data)
        return self.at[path]

    def picture(self, address: str, folder: str) -> str | Note:
        inline = _DATA.match(address)
        if inline is not None:
            return self._inline(inline)
        if on_the_web(address) is not None:
            return note("picture-elsewhere", target=address)
        path = self.package.resolve(address, folder)
        if path is None:
            return note("picture-gone", target=address)
        if path in self.used:
            return self.used[path]
        found = self._kept(path, self.package.files[path])
        if isinstance(found, str):
            self.used[path] = found
        elif found.code == "picture-active":
            self.refused.add(path)
        return found

    def _inline(self, found: re.Match[str]) -> str | Note:
        try:
            data = (
                base64.b64decode("".join(found[3].split()))
                if found[2]
                else unquote_to_bytes(found[3])
            )
        except (binascii.Error, ValueError):
            data = b""
        if not data or len(data) > MOST_INLINE:
            return note("picture-gone", target="data:")
        return self._kept("picture", data)

    def _kept(self, path: str, data: bytes) -> str | Note:
        ending = picture_ending(data)
        if ending is None:
            return note("picture-kind", target=path)
        if picture_problem(f"x.{ending}", data):
            return note("picture-active", target=path)
        name = self.shelf.picture(path, ending, data)
        self._contents[name] = data
        return name


class _From:
    """Links of a page that lies in a folder."""

    def __init__(self, pages: Pages, folder: str) -> None:
        self.pages, self.folder = pages, folder

    def follow(self, address: str) -> str | None:
        return on_the_web(address) or self.pages.meant(address, self.folder)

    def picture(self, address: str) -> str | Note:
        return self.pages.picture(address, self.folder)


class _Apart(_From):
    """Links of a text that can lead only out of the course."""

    def follow(self, address: str) -> str | None:
        return on_the_web(address)

    def picture(self, address: str) -> str | Note:
        return note("question-picture", target=address)


def minutes_of(text: str) -> int:
    """How long reading takes: 200 words or 350 Chinese characters a minute, five at least."""
    wide = len(_WIDE.findall(text))
    words = len(_WIDE.sub(" ", text).split())
    return max(5, min(600, round(wide / 350 + words / 200)))
