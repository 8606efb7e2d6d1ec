"""Data of the benchmarks: a class, its work, and a catalogue of some size."""

from collections.abc import Iterator

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from app import demo, engine
from app.accounts import queries as accounts
from app.accounts.models import Organisation, Person
from app.accounts.operations import memberships, registration
from app.accounts.rules import Proof, Role
from app.catalog import operations as catalog
from app.catalog import queries as courses
from app.catalog.folder_specs import ClusterSpec, CourseSpec, LabSpec, LessonSpec, ModuleSpec
from app.catalog.models import CourseItem
from app.catalog.rules import INDUSTRIES, ItemKind
from app.grading import operations as grading
from app.grading.models import Submission
from app.grading.rules import Via
from app.kernel import clock
from app.kernel.database import db
from app.kernel.transaction import operation
from app.labs import queries as labs
from app.labs.models import LabVersion
from app.learning import operations as learning
from app.learning import queries as sections
from app.learning.models import Section

SCHOOL = "rongnan"
COURSE = "quality-and-maintenance"
LIGHT_COURSE = "benchmark-course-0-0"
LIGHT_LAB = "squares"
TEACHER = "lin"
EXTRA_COURSES = 2

LIGHT = (
    "def squares(n):\n    return [i * i for i in range(n)]",
    "assert squares(3) == [0, 1, 4]",
    "assert squares(0) == []",
)
SCIENTIFIC = (
    "import numpy as np\nimport pandas as pd\n"
    "from sklearn.linear_model import LinearRegression\n"
    "frame = pd.DataFrame({'x': np.arange(50.0)})\nframe['y'] = 3 * frame.x + 1\n"
    "model = LinearRegression().fit(frame[['x']], frame.y)",
    "assert frame.shape == (50, 2)",
    "assert abs(model.coef_[0] - 3) < 1e-6",
)


def notebook(solution: str, *tests: str) -> bytes:
    """A source notebook with one solution and its tests, a point each."""
    base = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    cells = [
        new_code_cell(
            f"### BEGIN SOLUTION\n{solution}\n### END SOLUTION",
            metadata={"nbgrader": {**base, "grade_id": "work", "solution": True}},
        )
    ]
    for number, test in enumerate(tests):
        meta = {**base, "grade_id": f"test-{number}", "grade": True, "locked": True, "points": 1}
        cells.append(new_code_cell(test, metadata={"nbgrader": meta}))
    spec = {"name": "python3", "language": "python", "display_name": "Python 3"}
    return nbformat.writes(new_notebook(cells=cells, metadata={"kernelspec": spec})).encode()


def fill_catalogue(count: int) -> None:
    """Publish COUNT clusters of small courses, and open their sections at the demo's schools."""
    catalog.load_clusters(tuple(_cluster(number) for number in range(count)))
    demo.load_sections()


@operation
def make_students(count: int) -> list[str]:
    """COUNT students of the school, their mail confirmed; returns their handles."""
    school = accounts.organisation_by_slug(SCHOOL)
    assert school is not None
    return [_student(number, school) for number in range(1, count + 1)]


def section(course: str) -> Section:
    """The school's section of COURSE."""
    version = courses.latest_version(course)
    assert version is not None, course
    return next(
        row.section
        for row in sections.sections_of_course(None, version.course_id)
        if row.section.school.slug == SCHOOL
    )


def enrol(handles: list[str], course: str) -> str:
    """Let people take COURSE; returns the section's code."""
    place = section(course)
    for handle in handles:
        learning.enrol(person(handle), place)
    return place.code


def person(handle: str) -> Person:
    found = accounts.person_by_handle(handle)
    assert found is not None, handle
    return found


def lab_slugs(course: str) -> list[str]:
    """The labs of a course."""
    version = courses.latest_version(course)
    assert version is not None, course
    return [item.slug for item in version.items if item.kind is ItemKind.LAB]


def lab(course: str, slug: str) -> CourseItem:
    version = courses.latest_version(course)
    assert version is not None, course
    found = version.item(ItemKind.LAB, slug)
    assert found is not None, slug
    return found


def lab_version(course: str, slug: str) -> LabVersion:
    version_id = lab(course, slug).lab_version_id
    assert version_id is not None
    return labs.version(version_id)


def solution(course: str, slug: str) -> dict[str, bytes]:
    """What a student hands in who has solved the whole lab."""
    source = labs.engine_source(lab_version(course, slug))
    return {f"{n.name.removesuffix('.ipynb')}.ipynb": n.source for n in source.notebooks}


def hand_in(handle: str, course: str, slug: str, files: dict[str, bytes]) -> Submission:
    """Submit as the lab does; what is returned is committed."""
    item = lab(course, slug)
    return grading.submit(person(handle), section(course), item, files, via=Via.LAB)


def grade_without_running(handles: list[str], course: str) -> None:
    """Let everybody have handed in every lab, with scores that differ, as the worker keeps them."""
    for slug in lab_slugs(course):
        files = solution(course, slug)
        for number, handle in enumerate(handles):
            attempt = hand_in(handle, course, slug, files).attempts[0].id
            claimed = grading.claim(attempt)
            assert claimed is not None
            results = tuple(_results(lab_version(course, slug), number))
            grading.finish(attempt, claimed[0], results, {r.name: b"[]" for r in results})
            db.session.remove()


def _results(version: LabVersion, number: int) -> Iterator[engine.NotebookResult]:
    for name in version.notebooks:
        cells = tuple(
            engine.CellResult(
                grade_id=cell.grade_id,
                score=cell.points if (number + cell.position) % 4 else 0.0,
                max_score=cell.points,
                outcome="passed" if (number + cell.position) % 4 else "failed",
                assurance="shared",
                kind=cell.kind,  # type: ignore[arg-type]
            )
            for cell in version.cells
            if cell.notebook == name
        )
        yield engine.NotebookResult(name, "graded", None, 1.0, cells, b"{}")


def _student(number: int, school: Organisation) -> str:
    handle = f"bench-{number:03d}"
    made = registration.create_person(
        name=f"測試學生 {number:03d}", email=f"{handle}@rongnan.example", handle=handle
    )
    assert made is not None
    made.email_verified_at = clock.now()
    memberships.add_membership(
        made, school.id, Role.STUDENT, Proof.OPERATOR, student_number=f"B114{number:05d}"
    )
    return handle


def _both(text: str) -> dict[str, str]:
    return {"zh-Hant-TW": f"{text}（測試）", "en": text}


def _cluster(number: int) -> ClusterSpec:
    return ClusterSpec(
        slug=f"benchmark-cluster-{number}",
        title=_both(f"Cluster {number}"),
        summary=_both("A cluster of the benchmarks."),
        industry=list(INDUSTRIES)[number % len(INDUSTRIES)],
        body=_both("Made by a benchmark."),
        picture=None,
        courses=tuple(_course(f"benchmark-course-{number}-{n}") for n in range(EXTRA_COURSES)),
    )


def _course(slug: str) -> CourseSpec:
    lessons = tuple(
        LessonSpec(f"lesson-{n}", _both(f"Lesson {n}"), 20, _both("Some words. " * 80))
        for n in range(8)
    )
    lab = LabSpec(
        slug=LIGHT_LAB,
        title=_both("Squares"),
        summary=_both("Compute squares."),
        environment="standard",
        minutes=20,
        notebooks={LIGHT_LAB: notebook(*LIGHT)},
    )
    return CourseSpec(
        slug=slug,
        title=_both(f"Course {slug}"),
        summary=_both("A course of the benchmarks."),
        description=_both("Made by a benchmark."),
        level="introductory",
        hours=12,
        languages=("zh-Hant-TW", "en"),
        outcomes=(_both("Compute squares"),),
        modules=(
            ModuleSpec("first", _both("First"), (*lessons[:4], lab)),
            ModuleSpec("second", _both("Second"), lessons[4:]),
        ),
    )
