"""All work of a lab as a ZIP archive, made while it is sent: one file in memory at a time."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from app.grading.queries.bulk import Box, Handed, cells_now, files_of, pages
from app.grading.rules.archives import safe_name, safe_path, taken_apart
from app.grading.rules.matching import Which
from app.kernel import blobs, clock

__all__ = ["MANIFEST", "POINTS", "Sink", "archive_of", "root_name", "zip_entry"]

MANIFEST, POINTS = "manifest.csv", "points.csv"
MANIFEST_HEAD = (
    "folder", "submission_id", "code", "number", "student_number", "name", "handle", "team",
    "submitted_at", "receipt", "state", "score", "max_score", "path", "file", "sha256", "size",
)  # fmt: skip
POINTS_HEAD = (
    "folder", "submission_id", "code", "number", "notebook", "cell", "max_points", "points",
    "comment", "seen",
)  # fmt: skip
RISKY = ("=", "+", "-", "@", "\t", "\r")


class Sink(io.RawIOBase):
    """Takes what the archive writes until it is taken away. Cannot be sought, as a socket."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def archive_of(root: str, boxes: Sequence[Box], which: Which, *, blind: bool) -> Iterator[bytes]:
    """The archive with the folder ROOT, piece by piece.

    Each person or team has a folder (BLIND: a code instead of names) with WHICH submissions as
    they were handed in. ``manifest.csv`` says what is where, ``points.csv`` has a line for every
    cell and can be sent back with points and comments.
    """
    chosen = [(box, handed) for box in boxes for handed in box.chosen(which)]
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, lines in (
            (MANIFEST, _manifest(chosen, which, blind=blind)),
            (POINTS, _points(chosen, blind=blind)),
        ):
            with archive.open(zip_entry(f"{root}/{name}"), "w", force_zip64=True) as file:
                for text in lines:
                    file.write(text.encode())
                    yield sink.take()
        for folder, handed, files in _with_files(chosen, which, blind=blind):
            for path, _original, blob, _size in files:
                with archive.open(zip_entry(f"{root}/{folder}/{path}", handed), "w") as file:
                    _copy(blob, file)
                yield sink.take()
    yield sink.take()


def _copy(blob: str, file: IO[bytes]) -> None:
    file.write(blobs.get(blob))


def zip_entry(path: str, handed: Handed | None = None) -> zipfile.ZipInfo:
    at = (handed.submitted_at if handed else clock.now()).astimezone(clock.TAIPEI)
    info = zipfile.ZipInfo(path, at.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o100644 << 16
    return info


def _folder(box: Box, handed: Handed, which: Which, *, blind: bool) -> str:
    name = box.line.code if blind else box.line.folder
    return f"{name}/submission-{handed.number}" if which is Which.ALL else name


def _with_files(
    chosen: Sequence[tuple[Box, Handed]], which: Which, *, blind: bool
) -> Iterator[tuple[str, Handed, list[tuple[str, str, str, int]]]]:
    """(folder, submission, files) with each file's safe path, own path, blob and size."""
    by_id = {handed.id: (box, handed) for box, handed in chosen}
    for page in pages(list(by_id)):
        files = files_of(page)
        for submission_id in page:
            box, handed = by_id[submission_id]
            taken: set[str] = set()
            yield (
                _folder(box, handed, which, blind=blind),
                handed,
                [
                    (taken_apart(safe_path(path), taken), path, blob, size)
                    for path, blob, size in files.get(submission_id, [])
                ],
            )


def _manifest(chosen: Sequence[tuple[Box, Handed]], which: Which, *, blind: bool) -> Iterator[str]:
    boxes = {handed.id: box for box, handed in chosen}

    def rows() -> Iterator[Sequence[Any]]:
        for folder, handed, files in _with_files(chosen, which, blind=blind):
            box = boxes[handed.id]
            who = [] if blind else box.people
            for path, original, blob, size in files:
                yield (
                    folder.split("/")[0],
                    "" if blind else handed.id,
                    box.line.code,
                    handed.number,
                    " ".join(number for number, _name, _handle in who),
                    "、".join(name for _number, name, _handle in who),
                    " ".join(handle for _number, _name, handle in who),
                    "" if blind else box.team,
                    handed.submitted_at.astimezone(clock.TAIPEI).isoformat(timespec="seconds"),
                    handed.receipt,
                    handed.state,
                    "" if handed.score is None else f"{handed.score:g}",
                    "" if handed.max_score is None else f"{handed.max_score:g}",
                    f"{folder}/{path}",
                    original,
                    blob,
                    size,
                )

    return _csv(MANIFEST_HEAD, rows())


def _points(chosen: Sequence[tuple[Box, Handed]], *, blind: bool) -> Iterator[str]:
    by_id = {handed.id: (box, handed) for box, handed in chosen}

    def rows() -> Iterator[Sequence[Any]]:
        for page in pages(list(by_id)):
            cells = cells_now(page)
            for submission_id in page:
                box, handed = by_id[submission_id]
                for cell in cells.get(submission_id, []):
                    points = cell.given if cell.given is not None else cell.score
                    yield (
                        box.line.code if blind else box.line.folder,
                        "" if blind else handed.id,
                        box.line.code,
                        handed.number,
                        cell.notebook,
                        cell.grade_id,
                        f"{cell.max_score:g}",
                        "" if points is None else f"{points:g}",
                        cell.comment,
                        cell.seen,
                    )

    return _csv(POINTS_HEAD, rows())


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Lines of a table that a spreadsheet reads in Chinese and takes no formula from."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(head)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
        if buffer.tell() > 32 * 1024:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _harmless(value: Any) -> str:
    text = str(value)
    return "'" + text if text.startswith(RISKY) and text != "-" else text


def root_name(section_code: str, lab_slug: str) -> str:
    """The archive's one folder."""
    return safe_name(f"{section_code}_{lab_slug}")
