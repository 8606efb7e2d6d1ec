"""A first look at nbgrader source notebooks: what an author can get wrong, with line numbers.

The engine judges notebooks fully when a lab version is published; this reading needs neither
nbgrader nor a kernel and answers in milliseconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.catalog.folder_yaml import Problems

_MARKS = (
    ("### BEGIN SOLUTION", "### END SOLUTION"),
    ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"),
    ("=== BEGIN MARK SCHEME ===", "=== END MARK SCHEME ==="),
)


def check_notebook(data: bytes, file: Path, problems: Problems) -> dict[str, int]:
    """Report what is wrong with a source notebook; answer its graded ids with their lines."""
    try:
        text = data.decode("utf-8")
        notebook = json.loads(text)
    except UnicodeDecodeError:
        problems.add(file, 1, "not a notebook: not UTF-8 text")
        return {}
    except json.JSONDecodeError as error:
        problems.add(file, error.lineno, f"not a notebook: {error.msg}")
        return {}
    except RecursionError:
        problems.add(file, 1, "not a notebook: nested too deeply")
        return {}
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        problems.add(file, 1, "not a notebook: no list of cells")
        return {}
    if notebook.get("nbformat") != 4:
        problems.add(file, 1, f"notebook format 4 is needed, not {notebook.get('nbformat')}")
        return {}
    graded: dict[str, int] = {}
    seen: dict[str, int] = {}
    for index, (cell, start, end) in enumerate(_cells(text)):
        line = text.count("\n", 0, start) + 1
        for message in _cell_problems(cell):
            problems.add(file, line, f"cell {index + 1}: {message}")
        marks = _nbgrader(cell)
        grade_id = marks.get("grade_id")
        if not isinstance(grade_id, str):
            continue
        at = text.find(json.dumps(grade_id, ensure_ascii=False), start, end)
        line = text.count("\n", 0, at) + 1 if at >= 0 else line
        if grade_id in seen:
            where = f"first on line {seen[grade_id]}"
            problems.add(file, line, f"cell {index + 1}: grade_id '{grade_id}' twice ({where})")
        seen.setdefault(grade_id, line)
        if marks.get("grade"):
            graded[grade_id] = line
    if not graded:
        problems.add(file, 1, "no cell is graded: a lab needs at least one")
    return graded


def _cells(text: str) -> Iterator[tuple[dict[str, Any], int, int]]:
    """Every cell with the place of its text, found by decoding the list piece by piece."""
    opening = re.search(r'"cells"\s*:\s*\[', text)
    decoder, at = json.JSONDecoder(), opening.end() if opening else len(text)
    while True:
        gap = re.compile(r"[\s,]*").match(text, at)
        at = gap.end() if gap else at
        if at >= len(text) or text[at] != "{":
            return
        cell, end = decoder.raw_decode(text, at)
        yield cell, at, end
        at = end


def _nbgrader(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return marks if isinstance(marks, dict) else {}


def _cell_problems(cell: dict[str, Any]) -> Iterator[str]:
    source = cell.get("source", "")
    source = "".join(source) if isinstance(source, list) else str(source)
    for begin, end in _MARKS:
        if source.count(begin) != source.count(end):
            yield f"'{begin}' and '{end}' do not pair"
    marks = _nbgrader(cell)
    if not marks:
        if "### BEGIN SOLUTION" in source or "### BEGIN HIDDEN TESTS" in source:
            yield "holds a solution or hidden tests but no nbgrader metadata"
        return
    if marks.get("schema_version") != 3:
        yield f"nbgrader schema 3 is needed, not {marks.get('schema_version')}"
    if not isinstance(marks.get("grade_id"), str):
        yield "nbgrader metadata without grade_id"
    points = marks.get("points")
    if marks.get("grade") and (not isinstance(points, int | float) or points < 0):
        yield "a graded cell needs points (a number from 0)"
    if "### BEGIN HIDDEN TESTS" in source and not marks.get("grade"):
        yield "hidden tests in a cell that is not graded"
