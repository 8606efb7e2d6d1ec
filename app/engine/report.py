"""A graded notebook as its student may see it.

Everything in the executed notebook beside the source's own text was written by the student's
process: it is shown as plain text, as cleaned tables, or as pictures that really are pictures.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from typing import Final

import nh3
from nbformat import NotebookNode
from nbgrader import utils

from app.engine import hidden, messages, notebooks
from app.engine.bookkeeping import SourceBook
from app.engine.results import CellResult, FeedbackBlock, FeedbackOutput, NotebookResult

__all__ = ["clean_table", "feedback", "real_png"]

MAX_TEXT: Final = 20_000
MAX_TRACEBACK: Final = 6_000
MAX_PNG_BYTES: Final = 1_500_000
MAX_PNG_PIXELS: Final = 16_000_000
MAX_PNGS: Final = 10
TABLE_TAGS: Final = {
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("p", "div", "b", "strong", "i", "em", "code", "sub", "sup", "br"),
}
TABLE_ATTRIBUTES: Final = {
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "col": {"span"},
}


def feedback(result: NotebookResult, source: bytes) -> list[FeedbackBlock]:
    """Return the blocks of the notebook; empty when it could not be read at all."""
    try:
        nb = notebooks.read_executed(result.executed)
    except notebooks.Unreadable:
        return []
    book = SourceBook.of(source)
    results = {cell.grade_id: cell for cell in result.cells}
    hidden_at = hidden.first_hidden(nb)
    return [_block(cell, index, book, results, hidden_at) for index, cell in enumerate(nb.cells)]


def _block(
    cell: NotebookNode,
    index: int,
    book: SourceBook,
    results: dict[str, CellResult],
    hidden_at: int,
) -> FeedbackBlock:
    meta = cell.metadata.get("nbgrader", {})
    known = book.cells.get(meta.get("grade_id", ""))
    graded = results.get(known.name) if known is not None and known.kind else None
    # What is locked is shown from the source, so that nothing else can pass for it.
    text = known.source if known is not None and known.locked else cell.source
    text = hidden.visible_source(text)
    if cell.cell_type != "code":
        kind = "markdown" if cell.cell_type == "markdown" else "raw"
        return FeedbackBlock(
            kind=kind,  # type: ignore[arg-type]
            text=text,
            cell=graded,
            message=graded.message if graded else None,
            params=graded.params if graded else {},
        )
    is_test = known is not None and known.kind == "test"
    secret = is_test and known is not None and hidden.has_hidden(known.source)
    outputs: tuple[FeedbackOutput, ...] = ()
    notes: list[str] = []
    if index > hidden_at or secret:
        if cell.outputs and not is_test:
            notes.append(messages.OUTPUT_WITHHELD)
            outputs = _error_names(cell)
    else:
        outputs, notes = _outputs(cell, errors=not is_test)
    if graded is not None and graded.trace:
        outputs = (*outputs, FeedbackOutput("error", graded.trace))
    line = None
    if is_test and known is not None and utils.has_failed(cell):
        found = hidden.failing_line(known.source, cell)
        line = found[1] if found else None
    return FeedbackBlock(
        kind="code",
        text=text,
        outputs=outputs,
        cell=graded,
        message=graded.message if graded else None,
        params=graded.params if graded else {},
        failing_line=line,
        notes=tuple(notes),
    )


def _error_names(cell: NotebookNode) -> tuple[FeedbackOutput, ...]:
    return tuple(
        FeedbackOutput("error", hidden.error_name(output, builtin_only=True))
        for output in cell.outputs
        if output.output_type == "error"
    )


def _outputs(cell: NotebookNode, *, errors: bool) -> tuple[tuple[FeedbackOutput, ...], list[str]]:
    """Return the outputs that can be shown, and notes on what was left out.

    The traceback of a test quotes the test, hidden lines included, so ``errors`` is off there.
    """
    shown: list[FeedbackOutput] = []
    notes: dict[str, None] = {}
    room = MAX_TEXT
    pictures = 0
    for output in cell.outputs:
        made: FeedbackOutput | None = None
        if output.output_type == "stream":
            made = FeedbackOutput("text", hidden.clean(_text(output.get("text")), room))
        elif output.output_type == "error":
            if not errors:
                continue
            made = FeedbackOutput("error", _traceback(output))
        else:
            data = output.get("data")
            data = data if isinstance(data, dict) else {}
            made = _rich(data, room, pictures)
            if made is None:
                notes[messages.OUTPUT_NOT_SHOWN] = None
                continue
            pictures += made.kind == "png"
        room -= len(made.text)
        if room <= 0 or made.text.endswith("…"):
            notes[messages.OUTPUT_TRUNCATED] = None
        shown.append(made)
        if room <= 0:
            break
    return tuple(shown), list(notes)


def _rich(data: dict[str, object], room: int, pictures: int) -> FeedbackOutput | None:
    if "image/png" in data and pictures < MAX_PNGS:
        png = real_png(_text(data["image/png"]))
        if png is not None:
            return FeedbackOutput("png", data=png)
    if "text/html" in data:
        table = clean_table(_text(data["text/html"]))
        if table is not None and len(table) <= room:
            return FeedbackOutput("html", table)
    if "text/plain" in data:
        return FeedbackOutput("text", hidden.clean(_text(data["text/plain"]), room))
    return None


def _text(value: object) -> str:
    if isinstance(value, list):
        return "".join(str(part) for part in value)
    return value if isinstance(value, str) else ""


def _traceback(output: NotebookNode) -> str:
    """Return the traceback with only the first line of each frame inside a library."""
    parts = output.get("traceback")
    frames = []
    for part in parts if isinstance(parts, list) else []:
        plain = hidden.strip_ansi(str(part)).strip("\n")
        if plain.startswith("File ") and ("/lib/python3" in plain or "-packages/" in plain):
            plain = plain.partition("\n")[0]
        if plain.strip("- "):
            frames.append(plain)
    if not frames:
        frames = [f"{output.get('ename', 'Error')}: {output.get('evalue', '')}"]
    text = hidden.clean("\n".join(frames), 10 * MAX_TRACEBACK)
    if len(text) > MAX_TRACEBACK:  # the end says what went wrong
        text = "…\n" + text[-MAX_TRACEBACK:].partition("\n")[2]
    return text


def clean_table(html: str) -> str | None:
    """Return the table in ``html`` without scripts, styles and links; None without a table."""
    cleaned = nh3.clean(
        html[: 4 * MAX_TEXT],
        tags=TABLE_TAGS,
        attributes={tag: set(names) for tag, names in TABLE_ATTRIBUTES.items()},
        clean_content_tags={"script", "style"},
        link_rel=None,
    ).strip()
    return cleaned if "<table" in cleaned else None


def real_png(encoded: str) -> bytes | None:
    """Return the bytes of a PNG whose chunks are whole and whose size is reasonable, else None.

    What follows the picture's end is cut off (PNG specification, section 5).
    """
    try:
        raw = base64.b64decode(encoded, validate=False)
    except (binascii.Error, ValueError):
        return None
    if len(raw) > MAX_PNG_BYTES or not raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return None
    place, first = 8, True
    while place + 12 <= len(raw):
        length, name = struct.unpack(">I4s", raw[place : place + 8])
        end = place + 12 + length
        if end > len(raw):
            return None
        body = raw[place + 8 : place + 8 + length]
        if struct.unpack(">I", raw[end - 4 : end])[0] != zlib.crc32(name + body):
            return None
        if first:
            if name != b"IHDR" or length != 13:
                return None
            width, height = struct.unpack(">II", body[:8])
            if not 0 < width * height <= MAX_PNG_PIXELS:
                return None
        first = False
        place = end
        if name == b"IEND":
            return raw[:place]
    return None
