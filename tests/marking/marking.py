"""Works that wait for a person, and what graders send."""

import json
import re
import uuid
from dataclasses import asdict

from app.accounts.models import Person
from app.grading import operations as grading
from app.grading.models import Submission
from app.kernel import clock
from app.kernel.database import db
from app.learning.models import Enrolment
from app.learning.rules import EnrolledVia
from app.rubrics import operations as rubrics
from app.rubrics.models import RubricVersion
from tests.cast import Cast
from tests.grading.helpers import hand_in, result
from tests.rubrics.scales import criterion, raw

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"
WHY = "squares/why"


def feedback(answer: str = "Because squares are areas.") -> bytes:
    """What is kept of the small lab's notebook for its student: a text, code, a test, an answer."""
    made = result()
    cells = {cell.grade_id: asdict(cell) for cell in made.cells}

    def block(kind: str, text: str, cell: dict | None = None, **more: object) -> dict:
        return {
            "kind": kind, "text": text, "outputs": [], "cell": cell, "message": None,
            "params": {}, "failing_line": None, "notes": [], **more,
        }  # fmt: skip

    shown = {"kind": "text", "text": HOSTILE, "data": ""}
    return json.dumps(
        [
            block("markdown", "# Squares"),
            block("code", "squares(3)", outputs=[shown]),
            block("code", "assert squares(3)", cells["test-squares"]),
            block("markdown", answer, cells["why"]),
        ]
    ).encode()


def wait_for_points(cast: Cast, handle: str, files: dict | None = None, **changes) -> Submission:
    """Within a context: HANDLE's newest work, run, whose cell ``why`` waits for a person."""
    submission = hand_in(cast, handle, files)
    claimed = grading.claim(submission.attempt.id)
    assert claimed is not None
    made = result(**changes)
    grading.finish(submission.attempt.id, claimed[0], (made,), {"squares": feedback()})
    return submission


def students(cast: Cast, count: int) -> list[str]:
    """Within a context: COUNT more students of the section, made in the database."""
    handles = []
    section = cast.section()
    for _ in range(count):
        handle = f"mate-{uuid.uuid4().hex[:8]}"
        person = Person(email=f"{handle}@rongnan.example", handle=handle, name=f"Mate {handle}")
        db.session.add(person)
        db.session.flush()
        db.session.add(
            Enrolment(
                section_id=section.id,
                person_id=person.id,
                via=EnrolledVia.SELF,
                enrolled_at=clock.now(),
            )
        )
        handles.append(handle)
    db.session.flush()
    return handles


def address(cast: Cast, work_id: object = "", *, item: str = "lab/squares") -> str:
    base = f"/teaching/{cast.code}/marking/{item}"
    return f"{base}/{work_id}" if work_id else base


def fields(page: str) -> dict[str, str]:
    """What the form of a work would send, as it stands in the page."""
    form = page[page.index("data-given") :]
    found = dict(re.findall(r'type="hidden" name="(p\d+\.\w+)" value="([^"]*)"', form))
    found |= dict(re.findall(r'name="(p\d+\.points)" inputmode[^>]* value="([^"]*)"', form))
    return found


def rubric(person: Person, *levels: int) -> RubricVersion:
    """A published rubric of PERSON with one criterion of LEVELS points, the best first."""
    given = raw("levels", criterion("clear", *levels))
    made = rubrics.create_rubric(person, given)
    return rubrics.publish(person, made, given, revision=1)


def graded_body(page: str, **changes: str) -> dict[str, str]:
    """The form of PAGE with CHANGES to its first part, as a browser sends it."""
    return fields(page) | {f"p0.{name}": value for name, value in changes.items()}
