"""What of a test a student may see: not its hidden part, and nothing that comes from there."""

from __future__ import annotations

import builtins
import re
from collections.abc import Container, Sequence
from typing import Final

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme

from app.engine import messages

__all__ = [
    "explain",
    "failing_line",
    "first_hidden",
    "has_hidden",
    "hint",
    "may_show_trace",
    "own_frames",
    "strip_ansi",
    "visible_lines",
    "visible_source",
]

ANSI: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
FRAME: Final = re.compile(
    r"^(?:Cell |Input )?(?:In ?\[(\d+)\])(?:, in [^\n]*?)?,? line (\d+)", re.M
)
MAX_MESSAGE: Final = 500
LIBRARY_ERROR: Final = re.compile(r"[A-Z][A-Za-z]{1,40}(?:Error|Warning|Exception)")
HINT: Final = re.compile(r"\s*#+\s*HINT:(.*)")
REGIONS: Final = (
    (
        ClearHiddenTests.begin_test_delimeter.default_value,
        ClearHiddenTests.end_test_delimeter.default_value,
    ),
    (
        ClearMarkScheme.begin_mark_scheme_delimeter.default_value,
        ClearMarkScheme.end_mark_scheme_delimeter.default_value,
    ),
)


def strip_ansi(text: str) -> str:
    """Return ``text`` without colours and other control sequences."""
    return CONTROL.sub("", ANSI.sub("", text).replace("\r\n", "\n"))


def visible_lines(source: str) -> list[tuple[int, str]]:
    """Return the lines (number from 1, text) outside hidden tests and mark schemes.

    A region that is not closed hides the rest, so that a mistake never shows a test.
    """
    shown: list[tuple[int, str]] = []
    closing: str | None = None
    for number, line in enumerate(source.split("\n"), 1):
        if closing is not None:
            if closing in line:
                closing = None
            continue
        closing = next((end for begin, end in REGIONS if begin in line), None)
        if closing is None and not any(end in line for _, end in REGIONS):
            shown.append((number, line))
    return shown


def visible_source(source: str) -> str:
    """Return the source as the release shows it."""
    return "\n".join(line for _, line in visible_lines(source))


def has_hidden(source: str) -> bool:
    return len(visible_lines(source)) != len(source.split("\n"))


def failing_line(source: str, cell: NotebookNode) -> tuple[int, str] | None:
    """Return the visible line of the test (number, text) at which it failed.

    None when a hidden line failed, or when the traceback does not say. The traceback comes from
    the student's process: only a line number is taken from it, the text from ``source``.
    """
    number = _line_number(cell)
    for shown, text in visible_lines(source):
        if shown == number and text.strip():
            return shown, text.strip()
    return None


def hint(source: str) -> str | None:
    """Return what the instructor wrote after ``# HINT:`` in a test, hidden lines included."""
    found = [match[1].strip() for match in map(HINT.match, source.split("\n")) if match]
    return clean("\n".join(found)) or None


def explain(
    source: str, cell: NotebookNode, *, after_hidden: bool = False
) -> tuple[str, dict[str, str | int | float]]:
    """Return the message (msgid, params) for a test cell that failed.

    Once a hidden test has run, the student's code knows its arguments and could write them into
    an error's name or text; from then on only Python's own names are passed on.
    """
    error = next((out for out in cell.outputs if out.output_type == "error"), None)
    if error is None:
        return messages.TEST_WROTE_ERRORS, {}
    hidden = has_hidden(source)
    if hidden and failing_line(source, cell) is None:
        return messages.HIDDEN_TEST_FAILED, {}
    learnt = after_hidden or (hidden and _after_hidden(source, cell))
    name = error_name(error, builtin_only=learnt)
    text = clean(str(error.get("evalue", "")))
    if not text or learnt:
        return messages.TEST_FAILED_NAME, {"error": name}
    return messages.TEST_FAILED, {"error": name, "text": text}


def own_frames(cell: NotebookNode) -> str | None:
    """Return the part of a failed test's way that lies in other cells: the student's own code.

    None when the error began in the test itself.
    """
    for output in cell.get("outputs", []):
        if output.output_type != "error":
            continue
        frames = [strip_ansi(str(part)).strip() for part in output.get("traceback", [])]
        others = [part for part in frames if _cell_of(part) not in (None, cell.execution_count)]
        if others:
            return "\n\n".join([*others, frames[-1]])
    return None


def _cell_of(frame: str) -> int | None:
    found = FRAME.match(frame)
    return int(found[1]) if found else None


def may_show_trace(source: str, cell: NotebookNode) -> bool:
    """Say whether the student's own part of an error's way tells nothing of a hidden test."""
    if not has_hidden(source):
        return True
    return failing_line(source, cell) is not None and not _after_hidden(source, cell)


def error_name(error: NotebookNode, *, builtin_only: bool = False) -> str:
    """Return the exception's name when Python (or else a library) would use it as one."""
    name = str(error.get("ename", ""))
    if name == "CellTimeoutError":
        return "TimeoutError"
    known = getattr(builtins, name, None) if name.isidentifier() else None
    if isinstance(known, type) and issubclass(known, BaseException):
        return name
    return (
        name if re.fullmatch(r"[A-Z][A-Za-z]{1,40}(?:Error|Warning|Exception)", name) else "Error"
    )


def clean(text: str, limit: int = MAX_MESSAGE) -> str:
    """Return plain text without colours, places on the server, or more than ``limit`` signs."""
    plain = strip_ansi(text)
    for pattern, instead in PLACES:
        plain = pattern.sub(instead, plain)
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


PLACES: Final[Sequence[tuple[re.Pattern[str], str]]] = (
    (re.compile(r"/home/student/work/?"), ""),
    (re.compile(r"/home/student"), "~"),
    (re.compile(r"(?:/[^\s\"':,()<>\[\]]+)*/(?:site|dist)-packages/"), ".../"),
    (re.compile(r"(?:/[^\s\"':,()<>\[\]]+)*/lib/python3\.\d+/"), ".../"),
    (
        re.compile(r"/(?:root|home|work|srv|opt|var|run|usr|etc|tmp)(?:/[^\s\"':,()<>\[\]]+)+"),
        "...",
    ),
)


def _line_number(cell: NotebookNode) -> int | None:
    """Return the line of the test cell itself that the traceback's first frame names."""
    for output in cell.outputs:
        if output.output_type == "error":
            text = strip_ansi("\n".join(str(part) for part in output.get("traceback", [])))
            for count, line in FRAME.findall(text):
                if cell.get("execution_count") in (None, int(count)):
                    return int(line)
            found = re.search(r"^-+> (\d+) ", text, re.M)
            return int(found[1]) if found else None
    return None


def _after_hidden(source: str, cell: NotebookNode) -> bool:
    """Say whether a hidden line stands above the line that failed."""
    number = _line_number(cell) or 0
    shown = {line for line, _ in visible_lines(source)}
    return any(line not in shown for line in range(1, number))


def first_hidden(nb: NotebookNode, ran: Container[int] | None = None) -> int:
    """Return the index of the first hidden test that ran, or the number of cells.

    ``ran`` are the cells that ran; without it, a code cell ran when it has a count.
    """
    for index, cell in enumerate(nb.cells):
        if cell.cell_type == "code" and utils.is_grade(cell) and has_hidden(cell.source):
            started = index in ran if ran is not None else cell.get("execution_count") is not None
            if started or cell.outputs:
                return index
    return len(nb.cells)
