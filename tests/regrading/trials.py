"""A corrected lab, and submissions that are tried by it."""

from typing import Any

from sqlalchemy import text

from app import engine
from app.grading import operations as grading
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.labs import operations as labs
from app.labs.models import LabVersion
from app.regrading import operations, queries
from app.regrading.models import Regrade
from app.regrading.operations import Plan
from app.regrading.rules import WorkState
from tests.cast import Cast, both
from tests.engine import build
from tests.grading.helpers import result

COUNTED = (
    *("submissions", "attempts", "notebook_scores", "cell_scores", "manual_scores"),
    *("grade_entries", "grade_changes", "item_progress", "notifications", "tamper_cases"),
)


KIND = build.notebook(
    build.solution(
        "def squares(n):\n    ### BEGIN SOLUTION\n    return [i * i for i in range(n)]\n"
        "    ### END SOLUTION",
        "squares",
    ),
    build.test("assert squares(0) == []", "test-squares", points=4),
    build.answer("Because squares are areas.", "why", points=2),
)


def corrected(cast: Cast, source: bytes = KIND, digest: str = "c" * 64) -> LabVersion:
    """The next version of the lab, whose test asks for less."""
    version = cast.section().offering.course_version.items[1].lab_version
    assert version is not None
    content = labs.LabContent(
        digest=digest,
        title=LocalizedText(both("Squares", "平方")),
        summary=version.summary,
        description_html=None,
        environment="standard",
        minutes=20,
        notebooks={"squares": source},
    )
    return labs.publish("areas-and-squares", "squares", content)


def try_out(cast: Cast, **choices: Any) -> Regrade:
    lin = cast.person("lin")
    lab = queries.lab_to_regrade(lin, cast.section().code, "squares")
    plan: dict[str, Any] = {"version": lab.versions[0], "reason": "The test forgot zero."}
    return operations.try_out(lin, lab, Plan(**(plan | choices)))


def pretend(work_id: Any, made: engine.NotebookResult) -> bool:
    """As a worker whose engine finds MADE."""
    claimed = operations.claim_work(work_id)
    assert claimed is not None
    return operations.keep_result(claimed, [grading.plain_result(made, b"[]")])


def look(cast: Cast, made: engine.NotebookResult | None = None, **choices: Any) -> Regrade:
    """A trial in which every submission gets MADE (default: all points of the test)."""
    regrade = try_out(cast, **choices)
    for work_id, _state in operations.open_works(regrade.id):
        pretend(work_id, made or result(4.0))
    operations.conclude(regrade.id)
    return regrade


def let_count(cast: Cast, regrade: Regrade) -> None:
    operations.apply(cast.person("lin"), regrade)
    for work_id, state in operations.open_works(regrade.id):
        if state is WorkState.TRIED:
            operations.take_over(work_id)
    operations.conclude(regrade.id)


def everything() -> dict[str, list[Any]]:
    return {
        table: db.session.execute(text(f"SELECT * FROM {table} ORDER BY id")).all()
        for table in (*COUNTED, "student_grades")
    }
