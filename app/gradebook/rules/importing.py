"""A file of points, matched with students and columns. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.gradebook.rules.entries import Typed, TypedWrong, read
from app.kernel.i18n import gettext as _

__all__ = ["MOST_BYTES", "Cell", "Import", "Known", "Problem", "read_table"]

MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 20_000
NUMBERS = {"student number", "number", "student id", "id", "學號"}
MAILS = {"mail", "email", "e-mail", "mail address", "電子郵件", "信箱", "電子信箱"}


@dataclass(frozen=True)
class Known:
    """What a file can name: students by number and mail, columns by key and title."""

    by_number: Mapping[str, Sequence[str]]
    """Ids of students by their number in lower case; more than one is ambiguous."""
    by_mail: Mapping[str, Sequence[str]]
    by_title: Mapping[str, Sequence[str]]
    """Keys of columns by key and by title in lower case."""


@dataclass(frozen=True)
class Problem:
    """Why a line, a column or a cell is left out. Line 1 is the heading."""

    line: int
    message: str


@dataclass(frozen=True)
class Cell:
    """One cell that the file sets."""

    line: int
    person: str
    key: str
    typed: Typed


@dataclass
class Import:
    """What a file says, and what of it cannot be used."""

    cells: list[Cell] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lines: int = 0


def read_table(content: bytes, known: Known) -> Import:
    """Read CONTENT: comma, semicolon or tab between cells, UTF-8 or Big5.

    Empty cells change nothing. Whoever or whatever could be meant twice is left out, and said.
    """
    found = Import()
    rows = _rows(content)
    try:
        heading = next(rows, None)
        if heading is None:
            found.problems.append(Problem(1, _("The file is empty.")))
            return found
        who, columns = _columns(heading, known, found)
        if not who:
            found.problems.append(
                Problem(1, _("There is no column “Student number” or “Mail”: nobody can be found."))
            )
            return found
        seen: dict[str, int] = {}
        for line, row in enumerate(rows, 2):
            if line > MOST_LINES:
                found.problems.append(Problem(line, _("The file has too many lines.")))
                break
            if any(cell.strip() for cell in row):
                _line(line, row, who, columns, known, found, seen)
    except csv.Error:
        found.problems.append(Problem(1, _("This is no table that can be read.")))
    return found


def _rows(content: bytes) -> Iterator[list[str]]:
    for encoding in ("utf-8-sig", "cp950"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = content.decode("utf-8", "replace")
    text = text.replace("\0", "")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _plain(text: str) -> str:
    """TEXT without what an export put before it to make it harmless."""
    text = text.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r") else text


def _columns(
    heading: Sequence[str], known: Known, found: Import
) -> tuple[dict[str, int], dict[int, str]]:
    """Where the student stands (``number``, ``mail``), and the key of each column by its place."""
    who: dict[str, int] = {}
    columns: dict[int, str] = {}
    for place, cell in enumerate(heading):
        name = _plain(cell)
        low = name.lower()
        if low in NUMBERS:
            who.setdefault("number", place)
        elif low in MAILS:
            who.setdefault("mail", place)
        else:
            key = low[low.rfind("[") + 1 : -1] if low.endswith("]") else low
            keys = known.by_title.get(key, ())
            if len(keys) > 1:
                message = _("“%(name)s” could be several columns: put the key in [ ].", name=name)
                found.problems.append(Problem(1, message))
            elif keys and keys[0] in columns.values():
                message = _("“%(name)s” is there twice: the first counts.", name=name)
                found.problems.append(Problem(1, message))
            elif keys:
                columns[place] = keys[0]
    return who, columns


def _line(
    line: int,
    row: Sequence[str],
    who: Mapping[str, int],
    columns: Mapping[int, str],
    known: Known,
    found: Import,
    seen: dict[str, int],
) -> None:
    found.lines += 1
    named = {
        name: _plain(row[place]).lower() if place < len(row) else "" for name, place in who.items()
    }
    people = {
        person
        for name, table in (("number", known.by_number), ("mail", known.by_mail))
        if named.get(name)
        for person in table.get(named[name], ())
    }
    shown = " ".join(text for text in named.values() if text)[:100]
    if not people:
        message = _("“%(who)s” takes no part in this section.", who=shown or "–")
        found.problems.append(Problem(line, message))
        return
    if len(people) > 1:
        message = _("“%(who)s” could be several students: the line is left out.", who=shown)
        found.problems.append(Problem(line, message))
        return
    person = people.pop()
    if person in seen:
        message = _("“%(who)s” was in line %(line)s already.", who=shown, line=seen[person])
        found.problems.append(Problem(line, message))
        return
    seen[person] = line
    for place, key in columns.items():
        text = row[place].strip() if place < len(row) else ""
        if not text:
            continue
        try:
            typed = read(text)
        except TypedWrong:
            message = _("“%(text)s” is no number of points.", text=text[:60])
            found.problems.append(Problem(line, message))
            continue
        if typed.value is not None or typed.is_excused:
            found.cells.append(Cell(line, person, key, typed))
