"""Archives of work: names that every system takes, what an uploaded archive may hold. Pure."""

import io
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from app.grading.rules.submissions import path_problem
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = [
    "MOST_ENTRIES", "MOST_FILE_BYTES", "MOST_NAME", "MOST_UNPACKED_BYTES", "MOST_UPLOAD_BYTES",
    "BadArchive", "entries", "is_archive", "names_in", "safe_name", "safe_path", "taken_apart",
]  # fmt: skip

MOST_UPLOAD_BYTES = 28 * 1024 * 1024
MOST_ENTRIES = 5000
MOST_FILE_BYTES = 20 * 1024 * 1024
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
MOST_NAME = 80
MOST_PATH = 200

# What Windows takes for a device, whatever the ending.
DEVICES = {"con", "prn", "aux", "nul"} | {f"{k}{n}" for k in ("com", "lpt") for n in range(10)}
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
# Signs that hide or turn round what stands beside them.
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class BadArchive(ValueError):
    """The archive is not taken; ``words`` say why."""

    def __init__(self, words: LazyText) -> None:
        self.words = words
        super().__init__(str(words))


def safe_name(text: str, most: int = MOST_NAME) -> str:
    """TEXT as the name of one file or folder on Windows, macOS and Linux; Chinese stays."""
    name = unicodedata.normalize("NFC", text)
    name = INVISIBLE.sub("", FORBIDDEN.sub("_", name)).strip(" .")
    name = " ".join(name.split())
    if len(name) > most:
        stem, dot, ending = name.rpartition(".")
        keep = dot + ending if dot and len(ending) <= 10 else ""
        name = (stem if keep else name)[: most - len(keep)].rstrip(" .") + keep
    if name.split(".")[0].lower() in DEVICES:
        name = "_" + name
    return name or "_"


def safe_path(path: str) -> str:
    """PATH, which has slashes, with each of its names safe."""
    return "/".join(safe_name(part) for part in path.split("/") if part)


def taken_apart(path: str, taken: set[str]) -> str:
    """PATH, or with a number where TAKEN has it already; capitals make no difference there."""
    stem, dot, ending = path.rpartition(".")
    if not dot or "/" in ending:
        stem, dot, ending = path, "", ""
    found, number = path, 1
    while found.casefold() in taken:
        number += 1
        found = f"{stem} ({number}){dot}{ending}"
    taken.add(found.casefold())
    return found


def is_archive(content: bytes) -> bool:
    return content[:4] in (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True)
class Name:
    """A file in an archive: where its content is, and its path as it is meant."""

    info: zipfile.ZipInfo
    path: str


def names_in(content: bytes) -> list[Name]:
    """The files of an archive, in its order, after looking at all that it says of itself.

    Raises BadArchive for anything but plain files below one folder within the limits.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        raise BadArchive(_l("This is not a ZIP archive, or it is damaged.")) from None
    if len(infos) > MOST_ENTRIES:
        raise BadArchive(_l("The archive holds more than %(most)s files.", most=MOST_ENTRIES))
    found: dict[str, Name] = {}
    total = 0
    for info in infos:
        path = _meant(info)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise BadArchive(
                _l("“%(path)s” is a link or a device: only files are taken.", path=path)
            )
        if path_problem(path.rstrip("/")) is not None:
            raise BadArchive(_l("A file cannot be named “%(path)s”.", path=path[:80]))
        if info.is_dir() or _is_litter(path):
            continue
        if info.flag_bits & 0x1:
            raise BadArchive(_l("The archive is encrypted: make one without a password."))
        total += info.file_size
        if info.file_size > MOST_FILE_BYTES or total > MOST_UNPACKED_BYTES:
            raise BadArchive(_too_large())
        if path.casefold() in found:
            raise BadArchive(_l("“%(path)s” is in the archive twice.", path=path))
        found[path.casefold()] = Name(info, path)
    return list(found.values())


def _too_large() -> LazyText:
    return _l(
        "The archive unpacks to too much: %(file)s MB for a file and %(all)s MB in all at most.",
        file=MOST_FILE_BYTES // 1024 // 1024,
        all=MOST_UNPACKED_BYTES // 1024 // 1024,
    )


def entries(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Path and content of each file, one in memory at a time. Raises BadArchive.

    What an archive says of its sizes is not believed: what comes out is counted.
    """
    names = names_in(content)
    total = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in names:
            try:
                with archive.open(name.info) as file:
                    data = file.read(MOST_FILE_BYTES + 1)
            except (
                zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError,
                RuntimeError, ValueError,
            ):  # fmt: skip
                raise BadArchive(_l("“%(path)s” is damaged.", path=name.path)) from None
            total += len(data)
            if len(data) > MOST_FILE_BYTES or total > MOST_UNPACKED_BYTES:
                raise BadArchive(_too_large())
            yield name.path, data


def _meant(info: zipfile.ZipInfo) -> str:
    """The path that whoever made the archive saw: old Windows writes Big5 and does not say so."""
    path = info.orig_filename
    if not info.flag_bits & 0x800:
        try:
            raw = path.encode("cp437")
        except UnicodeEncodeError:
            raw = b""
        for encoding in ("utf-8", "cp950"):
            try:
                path = raw.decode(encoding) or path
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", path)


def _is_litter(path: str) -> bool:
    """What systems put into archives by themselves."""
    return path.startswith("__MACOSX/") or path.rsplit("/", 1)[-1].lower() in (
        ".ds_store",
        "thumbs.db",
        "desktop.ini",
    )
