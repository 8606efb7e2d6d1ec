"""Files and pictures that she puts on her pages."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import func, select

from app.accounts.models import Person
from app.kernel import blobs
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.portfolio import rules
from app.portfolio.models import PortfolioFile
from app.portfolio.operations.pages import TooMany

__all__ = ["EmptyFile", "FileTooLarge", "delete_file", "keep_file"]

LONGEST_SIDE = 1600
"""Pixels; a larger picture is made smaller."""
MOST_PIXELS = 50_000_000
QUALITY = 85
KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
PLAIN_KINDS = {
    "pdf": "application/pdf",
    "csv": "text/csv",
    "txt": "text/plain",
    "md": "text/markdown",
    "zip": "application/zip",
    "ipynb": "application/x-ipynb+json",
}
"""Everything else is handed out as bytes."""


class FileTooLarge(Refused):
    message = _l("This file is larger than 20 MB.")


class EmptyFile(Refused):
    message = _l("This file is empty.")


@operation
def keep_file(person: Person, name: str, content: bytes) -> PortfolioFile:
    """Keep a file of hers. A picture is drawn anew, without where and when it was taken.

    Raises EmptyFile, FileTooLarge, TooMany.
    """
    if not content:
        raise EmptyFile
    if len(content) > rules.MOST_FILE_BYTES:
        raise FileTooLarge
    db.session.scalar(select(Person.id).where(Person.id == person.id).with_for_update())
    count, together = db.session.execute(
        select(func.count(), func.coalesce(func.sum(PortfolioFile.size), 0)).where(
            PortfolioFile.person_id == person.id
        )
    ).one()
    if count >= rules.MOST_FILES or together + len(content) > rules.MOST_BYTES_TOGETHER:
        raise TooMany(
            _l(
                "A portfolio has at most %(most)s files and 200 MB. Delete one first.",
                most=rules.MOST_FILES,
            )
        )
    file = _picture(content) or PortfolioFile(media_type=_kind(name), size=len(content))
    file.blob = file.blob or blobs.put(content)
    file.person_id = person.id
    file.name = _plain_name(name)
    db.session.add(file)
    db.session.flush()
    return file


@operation
def delete_file(file: PortfolioFile) -> None:
    """Pages that named it show it no more."""
    db.session.delete(file)


def _picture(content: bytes) -> PortfolioFile | None:
    """CONTENT drawn anew, upright and without metadata; None when it is not a picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=tuple(KINDS)) as found:
                kind = found.format or ""
                if kind not in KINDS or found.width * found.height > MOST_PIXELS:
                    return None
                upright = ImageOps.exif_transpose(found)
                mode = "RGB" if kind == "JPEG" else "RGBA"
                drawn = upright.convert(mode)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, Warning):
        return None
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new(drawn.mode, drawn.size)
    bare.paste(drawn)
    out = io.BytesIO()
    bare.save(out, kind, quality=QUALITY, optimize=True)
    made = out.getvalue()
    return PortfolioFile(
        blob=blobs.put(made),
        media_type=KINDS[kind],
        size=len(made),
        width=bare.width,
        height=bare.height,
    )


def _kind(name: str) -> str:
    return PLAIN_KINDS.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def _plain_name(name: str) -> str:
    """The last part of NAME without what a header or a file system could misread."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in bare if c.isprintable() and c not in '"<>|:*?').strip()
    if len(kept) > 120:
        stem, dot, end = kept.rpartition(".")
        kept = f"{stem[:100]}{dot}{end[:15]}" if dot else kept[:120]
    return kept or "file"
