"""Rosters as schools export them: CSV with headers in either language, in UTF-8 or Big5."""

import csv
import io
import re
from dataclasses import dataclass, field
from typing import Any

from app.accounts.rules.people import normalise_email, normalise_name
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = ["MOST_LINES", "ParsedRoster", "RosterLine", "RosterProblem", "parse_roster"]

MOST_LINES = 20_000
COLUMNS = {
    "student_number": {
        "student_number",
        "student number",
        "student id",
        "number",
        "學號",
        "學生學號",
    },
    "name": {"name", "full name", "姓名", "學生姓名", "中文姓名"},
    "email": {"email", "e-mail", "mail", "電子郵件", "電子信箱", "信箱", "電郵", "email信箱"},
    "department": {"department", "系所", "科系", "系級", "系別", "學系"},
}
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{2,29}")
MAIL = re.compile(r"[^@\s,;<>\"'\\]+@[a-z0-9-]+(\.[a-z0-9-]+)+")


@dataclass(frozen=True)
class RosterLine:
    student_number: str
    name: str
    email: str
    department: str | None


@dataclass(frozen=True)
class RosterProblem:
    line: int
    """As a spreadsheet counts: the header is line 1. 0 is about the whole file."""
    message: LazyText


@dataclass
class ParsedRoster:
    lines: list[RosterLine] = field(default_factory=list)
    problems: list[RosterProblem] = field(default_factory=list)


def parse_roster(content: bytes) -> ParsedRoster:
    """Read a roster; lines with a problem are left out and reported, one problem each."""
    result = ParsedRoster()
    text = _decoded(content)
    if text is None or "\0" in text:
        result.problems.append(
            RosterProblem(0, _l("This is not a text file. Save the list as CSV (UTF-8)."))
        )
        return result
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        columns = _columns(next(reader, []))
        missing = [name for name in ("student_number", "name", "email") if name not in columns]
        if missing:
            result.problems.append(
                RosterProblem(
                    1,
                    _l(
                        "The first line must name the columns student_number (學號), name (姓名) "
                        "and email (電子郵件); department (系所) may follow. Missing: %(missing)s.",
                        missing=", ".join(missing),
                    ),
                )
            )
            return result
        _read_lines(reader, columns, result)
    except csv.Error:
        result.problems.append(
            RosterProblem(reader.line_num, _l("From here on this is not CSV: check the quotes."))
        )
    return result


def _decoded(content: bytes) -> str | None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        # Excel in Taiwan writes Big5 (code page 950) unless asked for UTF-8.
        encodings = ["utf-8-sig", "cp950"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _columns(header: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for position, cell in enumerate(header):
        title = cell.strip().lower()
        for name, aliases in COLUMNS.items():
            if title in aliases:
                found.setdefault(name, position)
    return found


def _read_lines(reader: Any, columns: dict[str, int], result: ParsedRoster) -> None:
    numbers: dict[str, int] = {}
    mails: dict[str, int] = {}
    count = 0
    for row in reader:
        line = reader.line_num
        if not any(cell.strip() for cell in row):
            continue
        count += 1
        if count > MOST_LINES:
            result.problems.append(
                RosterProblem(
                    line, _l("A file may have %(most)s lines. Split this one.", most=MOST_LINES)
                )
            )
            return

        def cell(name: str, row: list[str] = row) -> str:
            position = columns.get(name)
            return row[position].strip() if position is not None and position < len(row) else ""

        parsed = RosterLine(
            student_number=cell("student_number").upper(),
            name=normalise_name(cell("name")),
            email=normalise_email(cell("email")),
            department=normalise_name(cell("department"))[:120] or None,
        )
        problem = _problem(parsed, numbers, mails)
        if problem is not None:
            result.problems.append(RosterProblem(line, problem))
            continue
        numbers[parsed.student_number] = line
        mails[parsed.email] = line
        result.lines.append(parsed)


def _problem(line: RosterLine, numbers: dict[str, int], mails: dict[str, int]) -> LazyText | None:
    if not NUMBER.fullmatch(line.student_number):
        return _l("The student number must have 3 to 30 letters and digits.")
    if not line.name or len(line.name) > 120:
        return _l("The name is missing or longer than 120 characters.")
    if len(line.email) > 254 or not MAIL.fullmatch(line.email):
        return _l("This is not a mail address.")
    if line.student_number in numbers:
        return _l(
            "The student number is in line %(line)s already.", line=numbers[line.student_number]
        )
    if line.email in mails:
        return _l("The mail address is in line %(line)s already.", line=mails[line.email])
    return None
