"""The files of a cartridge, and what an address in one of its pages means."""

import posixpath
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

MANIFEST = "imsmanifest.xml"
_BASE = re.compile(r"\$IMS[-_]CC[-_]FILEBASE\$/?(.*)", re.I | re.S)
_OBJECT = re.compile(r"\$(?:CANVAS_OBJECT|CANVAS_COURSE|WIKI)_REFERENCE\$/([\w-]+)/([^/?#]+)", re.I)
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
)
_STYLES = re.compile(r"\.(css|js|mjs|xsd|dtd|woff2?|ttf|map)$", re.I)
_RASTER = re.compile(r"\.(gif|bmp|tiff?|ico|avif|heic|png|jpe?g|webp|svg)$", re.I)


def manifest_of(files: Mapping[str, bytes]) -> str | None:
    """The path of the cartridge's manifest, the one nearest to the top."""
    found = [path for path in files if PurePosixPath(path).name.lower() == MANIFEST]
    return min(found, key=lambda path: (path.count("/"), path), default=None)


class Package:
    """Files by path from the manifest's folder. Nothing outside it can be asked for."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        path = manifest_of(files) or MANIFEST
        folder = path[: len(path) - len(PurePosixPath(path).name)]
        self.folder = folder
        self.files = {
            name[len(folder) :]: data for name, data in files.items() if name.startswith(folder)
        }
        self.manifest = path[len(folder) :]
        self._folded = {name.casefold(): name for name in self.files}

    def find(self, path: str) -> str | None:
        """The file of PATH as the package spells it; None when it has none or it is outside."""
        normal = posixpath.normpath(path.strip().lstrip("/"))
        if normal.startswith("..") or normal == ".":
            return None
        if normal in self.files:
            return normal
        return self._folded.get(normal.casefold())

    def resolve(self, address: str, folder: str) -> str | None:
        """The file that ADDRESS means in a page that lies in FOLDER."""
        written = unquote(address.partition("#")[0].partition("?")[0]).replace("\\", "/").strip()
        base = _BASE.fullmatch(written)
        rest = base[1] if base else written
        if not rest:
            return None
        # It is written from the package's top, from web_resources, or from the page itself.
        bare = rest.removeprefix("files/")
        tries = [f"web_resources/{rest}", f"web_resources/{bare}", rest, f"{folder}/{rest}"]
        for path in tries if base else reversed(tries):
            found = self.find(path)
            if found is not None:
                return found
        return None


def object_meant(address: str) -> tuple[str, str] | None:
    """The kind and name of what Canvas means by an address such as ``…REFERENCE$/pages/x``."""
    found = _OBJECT.match(unquote(address))
    return (found[1].lower(), found[2]) if found else None


def on_the_web(address: str) -> str | None:
    """ADDRESS when it is one of the web, with its scheme; else None."""
    written = f"https:{address}" if address.startswith("//") else address
    if not re.match(r"https?://", written, re.I):
        return None
    try:
        host = urlsplit(written).hostname
    except ValueError:
        return None
    return re.sub(r"\s", "%20", written) if host and len(written) <= 2000 else None


def picture_ending(data: bytes) -> str | None:
    """``png``, ``jpg``, ``webp`` or ``svg`` by what DATA is; None when a page cannot show it."""
    for start, ending in _PICTURES:
        if data.startswith(start):
            return ending
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    head = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "svg" if b"<svg" in head and head.startswith(b"<") and b"<html" not in head else None


def is_style(path: str) -> bool:
    """Whether a file only dresses pages, or moves them."""
    return _STYLES.search(path) is not None


def looks_like_picture(path: str) -> bool:
    return _RASTER.search(path) is not None


def kind_of_file(path: str) -> str:
    """``page`` or ``file``."""
    return "page" if path.lower().endswith((".html", ".htm", ".xhtml")) else "file"


def decoded(data: bytes) -> str | None:
    """The text of an HTML or plain file; None when it is none."""
    if b"\0" in data[:1000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    said = re.search(rb"charset\s*=\s*[\"']?([\w-]{2,40})", data[:2000])
    marked = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    for encoding in (marked, said[1].decode("ascii") if said else marked, "cp950", "cp1252"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")
