"""An attempt whose checks did not hold, and who decides."""

import re

from sqlalchemy import text

from app import engine
from app.grading.models import TamperCase
from app.kernel.database import db
from tests.grading.helpers import result

EXECUTED = b"""{"cells": [
 {"cell_type": "markdown", "source": "Words", "metadata": {}},
 {"cell_type": "code", "source": ["import builtins\\n", "builtins.len = None"], "metadata": {},
  "outputs": [{"output_type": "stream", "name": "stdout", "text": "<b>hello</b>"}]},
 {"cell_type": "code", "source": "assert hidden == 7",
  "metadata": {"nbgrader": {"grade": true, "solution": false, "grade_id": "test-squares"}},
  "outputs": [{"output_type": "error", "traceback": ["\\u001b[31mAssertionError\\u001b[0m"]}]}
]}"""


def tampered(**changes):
    """What the engine says when its checks did not hold."""
    cells = (
        engine.CellResult(
            "test-squares",
            None,
            4.0,
            "tampered",
            "shared",
            "test",
            message="The score is withheld until a person has looked at it.",
        ),
        engine.CellResult("why", None, 2.0, "manual", "shared", "solution"),
    )
    fields = {
        "state": "tampered",
        "reason": "withheld",
        "reason_code": "tampered",
        "cells": cells,
        "executed": EXECUTED,
    }
    return result(**(fields | changes))


def mails(to: str) -> list[str]:
    """Subjects, texts and addresses of the mails of cases that go to somebody at once."""
    rows = db.session.execute(
        text(
            "SELECT subject->>locale, body->>locale, path FROM notifications"
            " JOIN people ON people.id = person_id JOIN procrastinate_jobs ON"
            " task_name = 'notifications.tasks.mail_one'"
            " AND args->>'notification_id' = notifications.id::text"
            " WHERE people.email = :to AND kind = 'grading.cases' ORDER BY notifications.created_at"
        ),
        {"to": to},
    )
    return ["\n".join(row) for row in rows]


def the_case(stage) -> TamperCase:
    case = db.session.get(TamperCase, stage.case_id, populate_existing=True)
    assert case is not None
    return case


def decide(stage, handle, decision, reason=""):
    return stage.browser(handle).post(
        f"{stage.case}/decision",
        data={"decision": decision, "reason": reason},
        follow_redirects=True,
    )


def text_of(page: str) -> str:
    """A page's words, without its elements."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())
