"""Submissions, the attempts to grade them, and scores."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.grading.models.feedback import FeedbackFile
from app.grading.models.handing_in import Declaration, HandInRule, SubmissionPerson
from app.grading.rules import MOST_ANSWER_CHARACTERS, AttemptState, CaseDecision, Priority, Via
from app.kernel import clock
from app.kernel.database import Model
from app.labs.models import LabVersion
from app.learning.models import Section


class Submission(Model):
    """What somebody handed in, as it was, with the server's time. Never changed."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("section_id", "person_id", "lab_slug", "number"),
        CheckConstraint("number > 0", name="numbers_begin_at_one"),
        # Whoever marks goes through the works of an item in the order in which they came.
        Index("submissions_of_an_item", "section_id", "lab_slug", "submitted_at", "id"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    lab_slug: Mapped[str] = mapped_column(String(80))
    lab_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lab_versions.id"), index=True)
    number: Mapped[int]
    submitted_at: Mapped[datetime] = mapped_column(index=True)
    receipt: Mapped[str] = mapped_column(String(64), unique=True)
    via: Mapped[Via]
    size: Mapped[int]
    team_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("section_groups.id"), index=True)
    """The group that handed it in; who was in it then is in ``people``."""
    team_name: Mapped[str | None] = mapped_column(String(60))
    rule_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("hand_in_rules.id"))
    is_trial: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Handed in by somebody of the staff who tries the lab out: graded, and counted nowhere."""
    """What held when it was handed in."""

    section: Mapped[Section] = relationship()
    person: Mapped[Person] = relationship()
    """Who handed it in."""
    people: Mapped[list[SubmissionPerson]] = relationship(
        order_by=SubmissionPerson.id, viewonly=True
    )
    """Everybody whose work it is, who handed it in among them."""
    rule: Mapped[HandInRule | None] = relationship()
    declarations: Mapped[list[Declaration]] = relationship(
        order_by=Declaration.declared_at.desc(), viewonly=True
    )
    feedback_files: Mapped[list[FeedbackFile]] = relationship(
        order_by=FeedbackFile.name,
        primaryjoin="and_(FeedbackFile.submission_id == Submission.id,"
        " FeedbackFile.superseded_at.is_(None))",
        viewonly=True,
    )
    lab_version: Mapped[LabVersion] = relationship()
    files: Mapped[list["SubmissionFile"]] = relationship(order_by="SubmissionFile.path")
    attempts: Mapped[list["Attempt"]] = relationship(
        back_populates="submission", order_by="Attempt.number"
    )
    manual_scores: Mapped[list["ManualScore"]] = relationship()

    @property
    def attempt(self) -> "Attempt":
        """The newest attempt, which is the one that counts."""
        return self.attempts[-1]

    @property
    def declaration(self) -> Declaration | None:
        """What was said of the use of AI, if anything was."""
        return self.declarations[0] if self.declarations else None

    @property
    def lacks_declaration(self) -> bool:
        """Whether the rule that held asks for a declaration that is not there yet."""
        return self.rule is not None and self.rule.asks_declaration and not self.declarations


class SubmissionFile(Model):
    __tablename__ = "submission_files"
    __table_args__ = (UniqueConstraint("submission_id", "path"),)

    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"))
    path: Mapped[str] = mapped_column(String(200))
    blob: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]


class Attempt(Model):
    """One try to grade a submission. A regrade is a new attempt and supersedes the last."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        Index(
            "one_live_attempt",
            "submission_id",
            unique=True,
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
        Index(None, "state", "queued_at"),
        # What picking the next attempt reads: what waits, and whose turn was when.
        Index(
            "waiting_attempts",
            "priority",
            "section_id",
            "turn",
            "queued_at",
            postgresql_where=text("state = 'queued'"),
        ),
        Index("running_attempts", "section_id", postgresql_where=text("state = 'running'")),
        Index(None, "section_id", "claimed_at"),
        Index("attempts_by_ticket", "ticket", postgresql_where=text("ticket IS NOT NULL")),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"))
    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    """The submission's, kept here as well: whose turn it is depends on it."""
    number: Mapped[int] = mapped_column(default=1)
    lab_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("lab_versions.id"))
    """The corrected lab that it was graded by; None: the one that was worked on."""
    state: Mapped[AttemptState] = mapped_column(default=AttemptState.QUEUED)
    queued_at: Mapped[datetime] = mapped_column(default=clock.now)
    priority: Mapped[int] = mapped_column(
        SmallInteger, default=Priority.INTERACTIVE.value, server_default=text("10")
    )
    """A rules.Priority; a higher one goes first."""
    turn: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How many of the same person's attempts in this section waited or ran when it was queued."""
    not_before: Mapped[datetime | None]
    """Set when a worker could not grade it: others, and it itself, get a moment."""
    ticket: Mapped[int | None] = mapped_column(BigInteger)
    """The queue's job that grades it now; a job that comes back from the dead finds it by this."""
    worker: Mapped[int | None] = mapped_column(BigInteger)
    """The queue's number of the worker that claimed it last."""
    claimed_at: Mapped[datetime | None]
    claim: Mapped[uuid.UUID | None]
    """The token of the worker that grades it now: results under another token are not taken."""
    claim_count: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    score: Mapped[float | None]
    """Sum of what is scored so far, by itself or by a person; None while nothing is."""
    max_score: Mapped[float | None]
    """What the whole lab is worth, manual questions included."""
    pending_count: Mapped[int] = mapped_column(default=0)
    """How many cells still wait for a person's score."""
    seconds: Mapped[float | None]
    reason_code: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str | None]
    reason_params: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    without_sandbox: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """It was run unconfined, on a machine that makes no sandbox and whose operator accepted it."""

    submission: Mapped[Submission] = relationship(back_populates="attempts")
    notebooks: Mapped[list["NotebookScore"]] = relationship(order_by="NotebookScore.name")
    case: Mapped["TamperCase | None"] = relationship(back_populates="attempt")


class NotebookScore(Model):
    """One notebook of an attempt."""

    __tablename__ = "notebook_scores"
    __table_args__ = (UniqueConstraint("attempt_id", "name"),)

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempts.id"))
    name: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10))
    reason_code: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str | None]
    reason_params: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    seconds: Mapped[float]
    peak_memory_mb: Mapped[float | None]
    executed_blob: Mapped[str | None] = mapped_column(String(64))
    """The autograded notebook, hidden tests included: for graders only."""
    feedback_blob: Mapped[str | None] = mapped_column(String(64))
    """What the student may see of it, as JSON blocks."""

    cells: Mapped[list["CellScore"]] = relationship(order_by="CellScore.position")


class CellScore(Model):
    """What one graded cell got by itself."""

    __tablename__ = "cell_scores"
    __table_args__ = (UniqueConstraint("notebook_score_id", "grade_id"),)

    notebook_score_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notebook_scores.id"))
    grade_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    position: Mapped[int]
    score: Mapped[float | None]
    max_score: Mapped[float]
    outcome: Mapped[str] = mapped_column(String(10))
    assurance: Mapped[str] = mapped_column(String(10))
    message: Mapped[str | None]
    """What the student may read, a message in English to be translated with ``params``."""
    params: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    hint: Mapped[str | None]
    staff_message: Mapped[str | None]


class ManualScore(Model):
    """What a person gave for a cell of a submission, and what she wrote. The newest counts."""

    __tablename__ = "manual_scores"
    __table_args__ = (Index(None, "submission_id", "notebook", "grade_id"),)

    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"))
    notebook: Mapped[str] = mapped_column(String(120))
    grade_id: Mapped[str] = mapped_column(String(200))
    score: Mapped[float]
    comment: Mapped[str] = mapped_column(default="")
    graded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    graded_at: Mapped[datetime] = mapped_column(default=clock.now)
    superseded_at: Mapped[datetime | None]

    graded_by: Mapped[Person] = relationship()


class TamperCase(Model):
    """An attempt whose checks around the tests did not hold: a person decides about it.

    Once it is decided the database refuses every change.
    """

    __tablename__ = "tamper_cases"
    __table_args__ = (
        CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name="decided_when_there_is_a_decision"
        ),
        CheckConstraint(
            "decision IS DISTINCT FROM 'confirmed' OR length(reason) > 0",
            name="confirmed_with_a_reason",
        ),
        CheckConstraint(
            f"answer IS NULL OR length(answer) <= {MOST_ANSWER_CHARACTERS}",
            name="answer_is_short",
        ),
        Index("open_tamper_cases", "opened_at", postgresql_where=text("decided_at IS NULL")),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempts.id"), unique=True)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    answer: Mapped[str | None]
    """What the student says to it, hers to change until the decision."""
    answered_at: Mapped[datetime | None]
    decision: Mapped[CaseDecision | None]
    reason: Mapped[str] = mapped_column(default="")
    """What the grader writes to the student; needed to confirm."""
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]

    attempt: Mapped[Attempt] = relationship(back_populates="case")
    decided_by: Mapped[Person | None] = relationship()


class WorkerReport(Model):
    """What a worker says of itself; whether it lives is the queue's to say (its heartbeat)."""

    __tablename__ = "worker_reports"

    queue_worker: Mapped[int] = mapped_column(BigInteger, unique=True)
    """Its number in the queue's own table."""
    host: Mapped[str] = mapped_column(String(200))
    pid: Mapped[int]
    jobs: Mapped[int]
    """How many it does at a time."""
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    obstacle: Mapped[str | None]
    """Why it cannot grade, in words; None when it can."""
    without_sandbox: Mapped[bool] = mapped_column(default=False)
    environments: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """Environment → ``warm``, ``starting`` or what went wrong."""
