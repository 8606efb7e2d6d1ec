"""Saying what AI tools were used for in a submission."""

from app.accounts.models import Person
from app.grading.models import Declaration, Submission
from app.kernel import audit
from app.kernel.database import db
from app.kernel.transaction import operation
from app.learning.operations.ai_use import declared_columns
from app.learning.rules.ai_use import Declared


@operation
def declare(person: Person, submission: Submission, declared: Declared) -> Declaration:
    """Keep what PERSON says of SUBMISSION, for everybody whose work it is; the newest counts.

    Raises BadDeclaration, NotAsked. That it is her work is for the caller to know.
    """
    said = declared_columns(submission.rule, declared)
    made = Declaration(submission_id=submission.id, person_id=person.id, **said)
    db.session.add(made)
    db.session.flush()
    db.session.expire(submission, ["declarations"])
    audit.record(person.id, "submission.declared", "submission", submission.id, used=made.used)
    return made
