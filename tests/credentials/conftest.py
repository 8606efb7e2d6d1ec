"""A course that was completed with a released final grade, and what is signed for it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.catalog.rules import ItemKind
from app.credentials import operations
from app.credentials.models import Award
from app.credentials.tasks import house
from app.kernel.database import db
from app.learning import operations as learning
from tests.evidence.conftest import proving
from tests.finals.conftest import graded
from tests.finals.settling import settle

__all__ = ["awards", "badge_id", "complete_items", "graded", "graduated", "proving", "sign_all"]


def complete_items(cast: Any, handle: str) -> None:
    """Read and do everything of the course, points aside."""
    section = cast.section()
    person = cast.person(handle)
    for item in section.offering.course_version.items:
        learning.record_progress(
            section.id, person.id, ItemKind(item.kind), item.slug, completed=True
        )


def awards(cast: Any, handle: str) -> list[Award]:
    statement = select(Award).where(Award.person_id == cast.person(handle).id)
    return list(db.session.scalars(statement.order_by(Award.awarded_at, Award.id)))


def sign_all(cast: Any, handle: str) -> list[Award]:
    """What the worker does with the tickets of somebody's awards."""
    for award in awards(cast, handle):
        operations.issue(house(), award.id)
    return awards(cast, handle)


@pytest.fixture
def graduated(graded: Any) -> Any:
    """mei has done everything, her final grade is settled, and what is hers is signed."""
    with graded.app.app_context():
        complete_items(graded, "mei")
        settle(graded)
        sign_all(graded, "mei")
        db.session.commit()
    return graded


@pytest.fixture
def badge_id(graduated: Any) -> Callable[..., Any]:
    """The newest credential of mei's of a kind, by its award's kind."""

    def find(kind: str = "course", form: str = "badge") -> Any:
        with graduated.app.app_context():
            for award in awards(graduated, "mei"):
                if award.kind.value == kind:
                    rows = [row for row in award.credentials if row.kind.value == form]
                    return rows[-1].id if rows else None
        return None

    return find
