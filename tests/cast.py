"""The standing cast and a small course to act in: everyone of the demo, one lesson, one lab."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, text

from app import demo
from app.accounts import operations as accounts
from app.accounts import queries as people
from app.accounts.models import Person
from app.catalog import operations as catalog
from app.catalog.folder_specs import ClusterSpec, CourseSpec, LabSpec, LessonSpec, ModuleSpec
from app.kernel import blobs
from app.kernel.database import db
from app.learning import operations as learning
from app.learning import queries as sections
from app.learning.models import Section
from app.notifications.models import Notification
from app.workspaces import hub
from tests.engine import build

SOURCE = build.notebook(
    build.solution(
        "def squares(n):\n    ### BEGIN SOLUTION\n    return [i * i for i in range(n)]\n"
        "    ### END SOLUTION",
        "squares",
    ),
    build.test(
        "assert squares(3) == [0, 1, 4]\n### BEGIN HIDDEN TESTS\n"
        "assert squares(5) == [0, 1, 4, 9, 16]\n### END HIDDEN TESTS",
        "test-squares",
        points=4,
    ),
    build.answer("Because squares are areas.", "why", points=2),
)


def both(english: str, chinese: str = "") -> dict[str, str]:
    return {"zh-Hant-TW": chinese or f"{english}（中文）", "en": english}


def lesson(slug: str = "areas", text: str = "Squares are *areas*: $a^2$.") -> LessonSpec:
    return LessonSpec(slug, both("Areas"), 10, both(text))


def lab(slug: str = "squares", **changes: Any) -> LabSpec:
    fields: dict[str, Any] = {
        "slug": slug,
        "title": both("Squares", "平方"),
        "summary": both("Compute squares."),
        "environment": "standard",
        "minutes": 20,
        "notebooks": {"squares": SOURCE},
        "files": {"data/numbers.csv": b"1\n2\n"},
        "hints": {"test-squares": both("Begin at zero.", "從零開始。")},
    }
    return LabSpec(**(fields | changes))


def course(*items: Any, slug: str = "areas-and-squares", **changes: Any) -> CourseSpec:
    fields: dict[str, Any] = {
        "slug": slug,
        "title": both("Areas and squares", "面積與平方"),
        "summary": both("A small course."),
        "description": both("For tests."),
        "level": "introductory",
        "hours": 2,
        "languages": ("zh-Hant-TW", "en"),
        "outcomes": (both("Square numbers"),),
        "modules": (ModuleSpec("first", both("First"), items or (lesson(), lab())),),
    }
    return CourseSpec(**(fields | changes))


def cluster(*courses: CourseSpec) -> ClusterSpec:
    return ClusterSpec(
        "geometry",
        both("Geometry", "幾何"),
        both("Shapes."),
        "smart-manufacturing",
        both("About shapes."),
        None,
        courses or (course(),),
    )


KEPT: list[bytes] = []
"""What is stored beside the database of the cast."""


@dataclass
class Cast:
    """Who is on stage. Persons and sections are loaded afresh in the context that asks."""

    app: Flask
    hub: hub.FakeHub

    def person(self, handle: str) -> Person:
        found = people.person_by_handle(handle)
        assert found is not None
        return found

    def section(self, school: str = "rongnan") -> Section:
        return next(
            row.section
            for row in sections.sections_of_course(None, self._course_id())
            if row.section.school.slug == school
        )

    def _course_id(self) -> Any:
        from app.catalog.queries import latest_version

        version = latest_version("areas-and-squares")
        assert version is not None
        return version.course_id

    @property
    def code(self) -> str:
        with self.app.app_context():
            return self.section().code

    @property
    def other_code(self) -> str:
        with self.app.app_context():
            return self.section("jiayang").code

    def enrol(self, *handles: str) -> None:
        with self.app.app_context():
            for handle in handles:
                learning.enrol(self.person(handle), self.section())

    def browser(self, handle: str) -> FlaskClient:
        """A browser in which this person is signed in, reading English."""
        with self.app.app_context():
            token = accounts.open_sign_in(self.app.extensions["config"], self.person(handle))
        client = self.app.test_client()
        client.set_cookie("locale", "en")
        with client.session_transaction() as session:
            session["_user_id"] = token
        return client

    def lab_token(self, handle: str) -> dict[str, str]:
        """Headers of a program in this person's lab."""
        token = self.hub.grant(handle)
        return {"Authorization": f"token {token}", "Accept-Language": "en"}


def make_the_cast() -> None:
    """Put everyone of the demo, and the small course with its sections, into the database."""
    hub.configure(hub.FakeHub())
    catalog.load_clusters((cluster(),))
    demo.load_sections()
    # What the demo itself was told is read by now.
    db.session.execute(delete(Notification))
    db.session.execute(
        text("DELETE FROM procrastinate_jobs WHERE task_name ~ '^(notifications|kernel[.]mail)'")
    )
    db.session.commit()


@pytest.fixture
def cast(app: Flask) -> Any:
    """Everyone of the demo, and the small course with a section at each school; the database that
    ``app`` then uses has them."""
    before = hub.client()
    fake = hub.FakeHub()
    hub.configure(fake)
    with app.app_context():
        if people.person_by_handle("mei") is None:  # asked for while the test runs
            make_the_cast()
            hub.configure(fake)
    for content in KEPT:  # a test may have swept them, or have stored elsewhere
        blobs.put(content)
    yield Cast(app, fake)
    hub.configure(before)


@pytest.fixture
def enrolled(cast: Cast) -> Cast:
    """The cast, with mei and hao in the section that lin teaches."""
    cast.enrol("mei", "hao")
    return cast


__all__ = [
    "SOURCE",
    "Cast",
    "both",
    "cast",
    "cluster",
    "course",
    "enrolled",
    "lab",
    "make_the_cast",
]
