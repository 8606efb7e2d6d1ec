"""The courses of this repository, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.catalog.folder import CourseSpec, LabSpec, Reading, read_courses

COURSES = Path(__file__).parents[2] / "courses"


@pytest.fixture(scope="session")
def reading() -> Reading:
    return read_courses(COURSES)


@pytest.fixture(scope="session")
def courses(reading: Reading) -> tuple[CourseSpec, ...]:
    return tuple(course for cluster in reading.clusters for course in cluster.courses)


@pytest.fixture(scope="session")
def labs(courses: tuple[CourseSpec, ...]) -> dict[str, LabSpec]:
    return {lab.slug: lab for course in courses for lab in course.labs}
