"""How a lab is handed in: by whom, how often, and what is said about the use of AI."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.kernel.database import Model
from app.learning.models import GroupSet, Section
from app.learning.models.ai_use import AiRuleColumns, DeclarationColumns


class HandInRule(AiRuleColumns, Model):
    """What holds for one lab of a section. A change is a new row; submissions name theirs."""

    __tablename__ = "hand_in_rules"
    __table_args__ = (
        Index(
            "one_live_hand_in_rule",
            "section_id",
            "lab_slug",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        UniqueConstraint("section_id", "lab_slug", "number"),
        CheckConstraint("most_submissions BETWEEN 1 AND 1000", name="limit_is_positive"),
        AiRuleColumns.own_rule_has_words(),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    lab_slug: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    group_set_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("group_sets.id"))
    """The groups of this set hand in together; None: everybody for herself."""
    may_be_alone: Mapped[bool] = mapped_column(default=True)
    """Whether somebody without a group may hand in."""
    most_submissions: Mapped[int | None]
    """Per person, or per team; None: as often as they like."""

    section: Mapped[Section] = relationship()
    group_set: Mapped[GroupSet | None] = relationship()


class SubmissionPerson(Model):
    """Somebody whose work a submission is: who handed it in and, of a team, everybody else.

    Who handed it in is entered by the database with the submission itself. Never changed.
    """

    __tablename__ = "submission_people"
    __table_args__ = (
        UniqueConstraint("submission_id", "person_id"),
        UniqueConstraint("section_id", "person_id", "lab_slug", "number"),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    lab_slug: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]

    person: Mapped[Person] = relationship()


class Declaration(DeclarationColumns, Model):
    """What was declared with a submission, for everybody whose work it is."""

    __tablename__ = "ai_declarations"
    __table_args__ = DeclarationColumns.is_complete()

    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"), index=True)
