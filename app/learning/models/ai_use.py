"""Columns of rules about AI tools and of what is declared, for labs and quizzes alike."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.localized import Localized, LocalizedText
from app.learning.rules.ai_use import MOST_DECLARED, AiUse

__all__ = ["AiRuleColumns", "DeclarationColumns"]


class AiRuleColumns:
    """What AI tools may do, in a row that is never changed but ends when another one holds."""

    ai_use: Mapped[AiUse | None]
    """None: nothing is said about it."""
    ai_words: Mapped[LocalizedText | None] = mapped_column(Localized)
    asks_declaration: Mapped[bool] = mapped_column(default=False)
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    @staticmethod
    def own_rule_has_words() -> CheckConstraint:
        return CheckConstraint(
            "ai_use IS DISTINCT FROM 'own' OR ai_words IS NOT NULL", name="own_rule_has_words"
        )


class DeclarationColumns:
    """What was said about the use of AI tools in a work. The newest counts, all are kept."""

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    used: Mapped[bool]
    tools: Mapped[str] = mapped_column(default="")
    purpose: Mapped[str] = mapped_column(default="")
    declared_at: Mapped[datetime] = mapped_column(default=clock.now)

    @declared_attr
    def person(cls) -> Mapped[Person]:
        return relationship(Person)

    @staticmethod
    def is_complete() -> tuple[Any, ...]:
        return (
            CheckConstraint("NOT used OR length(tools) > 0", name="who_used_some_names_them"),
            CheckConstraint(
                f"length(tools) <= {MOST_DECLARED} AND length(purpose) <= {MOST_DECLARED}",
                name="declaration_is_short",
            ),
        )
