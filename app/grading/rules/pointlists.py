"""Points and comments from a table: what its lines say. Pure."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.grading.rules.archives import BadArchive
from app.kernel.i18n import lazy_gettext as _l

__all__ = ["MOST_COMMENT", "MOST_LINES", "PointLine", "parse_points"]

MOST_LINES = 20_000
MOST_COMMENT = 5000
COLUMNS = {
    "id": {"submission_id", "submission id", "繳交編號"},
    "folder": {"folder", "資料夾"},
    "code": {"code", "代碼"},
    "student": {"student_number", "student number", "學號", "handle", "帳號"},
    "number": {"number", "次數"},
    "notebook": {"notebook", "筆記本"},
    "cell": {"cell", "grade_id", "儲存格"},
    "points": {"points", "score", "分數"},
    "comment": {"comment", "評語"},
    "seen": {"seen"},
}


@dataclass(frozen=True)
class PointLine:
    """A line that gives points for a cell. ``points`` is None when nothing is there, NaN when it
    is no number; ``comment`` is None without such a column."""

    line: int
    names: tuple[str, ...]
    """What names the submission, the surest first."""
    number: str
    notebook: str
    cell: str
    points: float | None
    comment: str | None
    seen: str


def parse_points(content: bytes) -> list[PointLine]:
    """The lines of a table (CSV, in UTF-8 or Big5). Raises BadArchive."""
    text = None
    for encoding in ("utf-8-sig", "cp950"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None or "\0" in text:
        raise BadArchive(_l("This is not a text file. Save the list as CSV (UTF-8)."))
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise BadArchive(_l("This is not CSV: check the quotes.")) from None
    head = [cell.strip().casefold() for cell in rows[0]] if rows else []
    places = {
        name: next((n for n, title in enumerate(head) if title in titles), None)
        for name, titles in COLUMNS.items()
    }
    named = [places[name] for name in ("id", "folder", "code", "student")]
    if (
        places["cell"] is None
        or places["points"] is None
        or not any(place is not None for place in named)
    ):
        raise BadArchive(
            _l(
                "The first line must name the columns folder (or submission_id, code or "
                "student_number), cell and points."
            )
        )
    if len(rows) > MOST_LINES:
        raise BadArchive(_l("There are too many lines: %(most)s at most.", most=MOST_LINES))
    return [
        _line(number, row, places)
        for number, row in enumerate(rows[1:], 2)
        if any(cell.strip() for cell in row)
    ]


def _line(number: int, row: Sequence[str], places: dict[str, int | None]) -> PointLine:
    def at(name: str) -> str:
        place = places[name]
        text = row[place].strip() if place is not None and place < len(row) else ""
        # An export puts this before what a spreadsheet would take for a formula.
        return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text

    typed = at("points")
    return PointLine(
        number,
        tuple(at(name) for name in ("id", "folder", "code", "student")),
        at("number"),
        at("notebook"),
        at("cell"),
        _points(typed),
        at("comment") if places["comment"] is not None else None,
        at("seen"),
    )


def _points(typed: str) -> float | None:
    if not typed:
        return None
    if len(typed) > 20 or "_" in typed:
        return math.nan
    try:
        value = float(typed)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan
