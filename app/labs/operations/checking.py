"""What an author wants to know of a lab before students get it, tried out and not guessed.

The solution is graded as a student's work would be, several times; so is the untouched release.
Nothing is written: the findings are for whoever shows them.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from app import engine
from app.kernel.i18n import gettext
from app.labs.operations.publishing import LabContent, limits_of, source_of
from app.labs.rules import limit_problems

RUNS = 5
"""How often the solution is graded to see that it always comes to the same."""
NEAR_THE_LIMIT = 0.5
ROUNDING = 0.05
"""release_score has one decimal."""
SHORTEST_SECRET = 12
"""A hidden line of fewer characters (`x = 1`) may stand anywhere."""
MARK = re.compile(
    r"^\s*#*\s*=*\s*(BEGIN|END)\s+(SOLUTIONS?|HIDDEN\s+TESTS?|MARK\s+SCHEMES?)\b", re.I
)
EXACT = frozenset(
    f"{mark} {word} {name}{end}"
    for mark, names, end in (
        ("###", ("SOLUTION", "HIDDEN TESTS"), ""),
        ("===", ("MARK SCHEME",), " ==="),
    )
    for name in names
    for word in ("BEGIN", "END")
)

OVER_THE_LIMITS = frozenset(
    ("cell-interrupted", "cell-timeout", "total-timeout", "memory", "output")
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Finding:
    """Something about a cell or a whole lab. ``message`` is a msgid, formatted with ``params``.

    ``rule`` is one of ``source``, ``points``, ``hidden``, ``solution``, ``release``, ``limits``
    and ``repeat``. What ``is_wrong`` stands in the way of publishing; the rest is to be looked at.
    """

    rule: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    notebook: str | None = None
    cell: str | None = None
    """The cell's grade id, or ``#3`` for the third cell where it has none."""
    is_wrong: bool = True

    def sentence(self) -> str:
        """In the reader's language; a message of the engine may be one of the values."""
        values = dict(self.params)
        if "why" in values:
            values["why"] = gettext(str(values["why"]), **values.get("why_params", {}))
        return gettext(self.message, **values) if values else gettext(self.message)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def steps() -> int:
    """How many steps ``check`` counts."""
    return RUNS + 2


def check(content: LabContent, on_progress: Progress = lambda done, total: None) -> list[Finding]:
    """What is wrong with a lab, or worth a look. ON_PROGRESS hears how many steps are done.

    Blocking: seconds to minutes. Raises engine.EngineUnavailable when nothing can be run here.
    """
    found = list(_limits(content))
    sources = [engine.NotebookSource(name, data) for name, data in content.notebooks.items()]
    if not sources:
        found.append(Finding("source", NO_NOTEBOOK))
    release = engine.make_release(sources)
    found += [_of_the_engine(problem) for problem in release.problems]
    found += _marks(content.notebooks)
    on_progress(1, steps())
    if any(one.is_wrong for one in found):
        return found
    found += _points(release)
    found += _leaks(content, release)
    lab, limits = source_of(content, release), limits_of(content)
    solution = {f"{source.name}.ipynb": source.source for source in release.sources}
    runs = []
    for number in range(RUNS):
        runs.append(engine.grade(lab, solution, limits=limits))
        on_progress(number + 2, steps())
    found += _solved(runs[0])
    found += _same(runs)
    found += _near(runs, limits)
    untouched = engine.grade(lab, dict(release.notebooks), limits=limits)
    found += _untouched(untouched, content.release_score)
    on_progress(steps(), steps())
    return found


def _limits(content: LabContent) -> Iterator[Finding]:
    for text in limit_problems(content.limits, asdict(engine.Limits())):
        yield Finding("limits", LIMIT, {"text": text})
    command = engine.missing(cast(engine.Environment, content.environment))
    if command is not None:
        params = {"environment": content.environment, "command": command}
        yield Finding("limits", engine.LACKING, params)


def _of_the_engine(problem: engine.Problem) -> Finding:
    cell = None if problem.cell_index is None else f"#{problem.cell_index + 1}"
    return Finding("source", problem.message, dict(problem.params), problem.notebook, cell)


def _marks(notebooks: Mapping[str, bytes]) -> Iterator[Finding]:
    """Marks that nbgrader does not take for one: what they should hide would be shown."""
    for name, data in notebooks.items():
        for number, cell in enumerate(_cells(data)):
            for line in _text(cell).splitlines():
                if MARK.match(line) and not any(mark in line for mark in EXACT):
                    params = {"line": line.strip()[:80]}
                    yield Finding("hidden", ODD_MARK, params, name, _name(cell, number))


def _points(release: engine.Release) -> Iterator[Finding]:
    if not release.cells:
        yield Finding("points", NO_POINTS_AT_ALL)
    for cell in release.cells:
        if cell.points <= 0:
            yield Finding("points", NO_POINTS, {}, cell.notebook, cell.grade_id)


def _leaks(content: LabContent, release: engine.Release) -> Iterator[Finding]:
    """Hidden lines and solutions that students get all the same, somewhere else."""
    given = {
        path: "\n".join(_text(cell) for cell in _cells(data))
        for path, data in release.notebooks.items()
    } | {path: data.decode(errors="replace") for path, data in content.files.items()}
    for name, data in content.notebooks.items():
        for number, cell in enumerate(_cells(data)):
            for line, kind in _secrets(_text(cell)):
                place = next((path for path, text in given.items() if line in text), None)
                if place is None:
                    continue
                message = TEST_SHOWN if kind == "HIDDEN TESTS" else SOLUTION_SHOWN
                params = {"line": line[:80], "file": place}
                # A list of numbers that stands in both gives nothing away; what is asserted does.
                is_wrong = kind == "HIDDEN TESTS" and "assert" in line
                yield Finding("hidden", message, params, name, _name(cell, number), is_wrong)
                break


def _secrets(text: str) -> Iterator[tuple[str, str]]:
    """The lines of hidden regions that are long enough to be told apart, with the region."""
    inside = ""
    for line in text.splitlines():
        if "### BEGIN HIDDEN TESTS" in line or "### BEGIN SOLUTION" in line:
            inside = "HIDDEN TESTS" if "HIDDEN" in line else "SOLUTION"
        elif "### END " in line:
            inside = ""
        elif inside and len(line.strip()) >= SHORTEST_SECRET and not line.strip().startswith("#"):
            yield line.strip(), inside


def _solved(results: Iterable[engine.NotebookResult]) -> Iterator[Finding]:
    for result in results:
        if result.reason is not None:
            params = {"why": result.reason, "why_params": dict(result.reason_params)}
            rule = "limits" if result.reason_code in OVER_THE_LIMITS else "solution"
            yield Finding(rule, SOLUTION_STOPPED, params, result.name)
        if result.state != "graded":
            continue
        for cell in result.cells:
            if cell.kind != "test" or cell.score == cell.max_score:
                continue
            params = {
                "score": f"{cell.score or 0:g}",
                "points": f"{cell.max_score:g}",
                "why": cell.staff_message or cell.message or "",
                "why_params": {} if cell.staff_message else dict(cell.params),
            }
            message = SOLUTION_FAILS if params["why"] else SOLUTION_FALLS_SHORT
            yield Finding("solution", message, params, result.name, cell.grade_id)


def _same(runs: list[tuple[engine.NotebookResult, ...]]) -> Iterator[Finding]:
    for books in zip(*runs, strict=True):
        for cells in zip(*(book.cells for book in books), strict=False):
            scores = [cell.score for cell in cells]
            if len(set(scores)) > 1:
                shown = ", ".join(f"{score or 0:g}" for score in scores)
                params = {"scores": shown, "runs": len(scores)}
                yield Finding("repeat", NOT_THE_SAME, params, books[0].name, cells[0].grade_id)


def _near(
    runs: list[tuple[engine.NotebookResult, ...]], limits: engine.Limits
) -> Iterator[Finding]:
    for books in zip(*runs, strict=True):
        longest = max(book.seconds for book in books)
        if longest > NEAR_THE_LIMIT * limits.total_seconds:
            params = {"seconds": round(longest, 1), "limit": f"{limits.total_seconds:g}"}
            yield Finding("limits", SLOW, params, books[0].name, is_wrong=False)
        largest = max((book.peak_memory_mb or 0 for book in books), default=0)
        if largest > 0.8 * limits.memory_mb:
            params = {"megabytes": round(largest), "limit": limits.memory_mb}
            yield Finding("limits", LARGE, params, books[0].name, is_wrong=False)


def _untouched(
    results: Sequence[engine.NotebookResult], expected: float | None
) -> Iterator[Finding]:
    """What the release earns. EXPECTED by its author, another sum stands in the way; where nothing
    was said it should be nothing, and what is not is only told."""
    earned = sum(cell.score or 0 for result in results for cell in result.cells)
    if expected is not None and abs(earned - expected) >= ROUNDING:
        yield Finding(
            "release", NOT_EXPECTED, {"score": f"{earned:g}", "expected": f"{expected:g}"}
        )
    for result in results:
        if result.reason_code in OVER_THE_LIMITS:
            yield Finding("release", RELEASE_STOPPED, {}, result.name)
        for cell in result.cells:
            if cell.kind != "test" or not cell.score or expected is not None:
                continue
            params = {"score": f"{cell.score:g}", "points": f"{cell.max_score:g}"}
            gives_all = cell.score == cell.max_score
            message = FREE_POINTS if gives_all else SOME_FREE_POINTS
            yield Finding("release", message, params, result.name, cell.grade_id, False)


def _cells(data: bytes) -> list[dict[str, Any]]:
    try:
        found = json.loads(data)["cells"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return [cell for cell in found if isinstance(cell, dict)] if isinstance(found, list) else []


def _text(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _name(cell: Mapping[str, Any], number: int) -> str:
    marks = (cell.get("metadata") or {}).get("nbgrader") or {}
    return str(marks.get("grade_id") or f"#{number + 1}")


def _(message: str) -> str:
    """Mark a msgid for the catalogue."""
    return message


NO_NOTEBOOK = _("There is no notebook in this lab.")
LIMIT = _("The limits of this lab cannot be kept: %(text)s.")
ODD_MARK = _(
    "“%(line)s” is not a mark that nbgrader knows, so what follows it would be shown to students."
    " Write it exactly as ### BEGIN HIDDEN TESTS or ### BEGIN SOLUTION."
)
NO_POINTS_AT_ALL = _("No cell of this lab has points, so nothing can be earned.")
NO_POINTS = _("This cell is graded and has no points. Give it some, or let it be no test.")
TEST_SHOWN = _("The hidden line “%(line)s” is also in %(file)s, which students get.")
SOLUTION_SHOWN = _("The line “%(line)s” of the solution is also in %(file)s, which students get.")
SOLUTION_STOPPED = _("The solution does not run to its end: %(why)s")
SOLUTION_FAILS = _("The solution gets %(score)s of %(points)s points here: %(why)s")
SOLUTION_FALLS_SHORT = _("The solution gets %(score)s of %(points)s points here.")
NOT_THE_SAME = _(
    "%(runs)s runs of the same solution got different points: %(scores)s. Set the seed of what is"
    " random, and let nothing depend on time."
)
SLOW = _("The solution takes %(seconds)s of the %(limit)s seconds that the lab allows.")
LARGE = _("The solution needs %(megabytes)s of the %(limit)s MB that the lab allows.")
RELEASE_STOPPED = _("The notebook that students get does not run to its end within the limits.")
FREE_POINTS = _(
    "Who writes nothing gets all %(points)s points of this test. If that is meant, say the sum of"
    " such points as release_score."
)
SOME_FREE_POINTS = _(
    "Who writes nothing gets %(score)s of %(points)s points of this test. If that is meant, say the"
    " sum of such points as release_score."
)
NOT_EXPECTED = _(
    "The untouched notebook gets %(score)s points, and release_score says %(expected)s. Put right"
    " the tests or the number."
)
