"""What a grader sees of what was handed in: cells with notes, files, nothing that could act."""

import re
from dataclasses import dataclass

from app import engine
from app.grading import queries as grading
from app.grading.models import Annotation, CellScore
from app.kernel import blobs
from app.marking.queries import File, Work
from app.marking.rules import lab_part

MOST_TEXT_BYTES = 64 * 1024
MOST_SHOWN = 10
TEXTS = frozenset({"txt", "md", "csv", "tsv", "json", "py", "yaml", "yml", "log", "sql", "toml"})


@dataclass(frozen=True)
class ShownCell:
    """A cell of a graded notebook as its student sees it, and what graders add."""

    notebook: str
    position: int
    """From 0."""
    block: engine.FeedbackBlock
    score: CellScore | None
    notes: list[Annotation]
    part: str
    """The part that it is; empty for a cell without points."""


@dataclass(frozen=True)
class Book:
    """A graded notebook; what is not near the part that was asked for stands in FIRST and LAST."""

    name: str
    first: tuple[ShownCell, ...]
    near: tuple[ShownCell, ...]
    last: tuple[ShownCell, ...]

    @property
    def cells(self) -> tuple[ShownCell, ...]:
        return (*self.first, *self.near, *self.last)


def books_of(work: Work, part: str) -> list[Book]:
    """The notebooks of a submission; with PART only the one that has it, opened there."""
    if work.submission is None:
        return []
    notes = grading.annotations_of(work.submission)
    found = []
    for notebook in work.submission.attempt.notebooks:
        scores = {cell.grade_id: cell for cell in notebook.cells}
        cells = []
        for position, block in enumerate(grading.feedback_blocks(notebook)):
            score = scores.get(block.cell.grade_id) if block.cell else None
            cells.append(
                ShownCell(
                    notebook.name,
                    position,
                    block,
                    score,
                    [
                        note
                        for note in notes.at(notebook.name, position, block)
                        if work.notes_by in (None, note.by_id)
                    ],
                    lab_part(notebook.name, score.grade_id) if score else "",
                )
            )
        book = _around(notebook.name, tuple(cells), part)
        if book is not None:
            found.append(book)
    return found


def _around(name: str, cells: tuple[ShownCell, ...], part: str) -> Book | None:
    """The notebook with the cell of PART, and the text above it that asks, in the middle."""
    if not part:
        return Book(name, (), cells, ())
    place = next((n for n, cell in enumerate(cells) if cell.part == part), None)
    if place is None:
        return None
    start = place - 1 if place and cells[place - 1].block.kind == "markdown" else place
    return Book(name, cells[:start], cells[start : place + 1], cells[place + 1 :])


@dataclass(frozen=True)
class ShownFile:
    """A file, its number for the download, and its text where that can be shown."""

    number: int
    name: str
    size: int
    part: str
    text: str | None


def shown_files(work: Work, is_blind: bool, part: str) -> list[ShownFile]:
    """What was handed in besides notebooks (for a quiz: for PART, when one is asked for)."""
    found: list[ShownFile] = []
    for number, file in enumerate(work.files, 1):
        if file.is_notebook or (part and file.part and file.part != part):
            continue
        text = _text(file) if len(found) < MOST_SHOWN else None
        name = file_name(file, number, is_blind)
        found.append(ShownFile(number, name, file.size, file.part, text))
    return found


def file_name(file: File, number: int, is_blind: bool) -> str:
    """FILE's name; where nobody is to be known a number with its ending."""
    if not is_blind:
        return file.name
    ending = re.search(r"\.[A-Za-z0-9]{1,8}$", file.name)
    return f"file-{number}{ending.group().lower() if ending else ''}"


def _text(file: File) -> str | None:
    ending = file.name.rpartition(".")[2].lower()
    if ending not in TEXTS or file.size > MOST_TEXT_BYTES:
        return None
    try:
        return blobs.get(file.blob).decode("utf-8")
    except UnicodeDecodeError:
        return None
