"""A small course of its own whose lab has a wrong test, for the house that the environment names:
``python -m tests.journeys.regrading_course COURSE [FOLDER]`` publishes it with the wrong test, or
(again) with the right one; prints the section's code, and writes the wrong notebook to FOLDER."""

import sys
from pathlib import Path

from sqlalchemy import select

from app import demo
from app.accounts.queries import person_by_handle
from app.catalog import operations as catalog
from app.catalog.queries import latest_version
from app.factory import create_app
from app.kernel import clock
from app.kernel.database import db
from app.kernel.transaction import operation
from app.learning import operations as learning
from app.learning import queries
from app.learning.models import Section, SectionStaff
from app.learning.rules import StaffRole
from tests.cast import cluster, course, lab, lesson
from tests.engine import build


def notebook(expected: str) -> bytes:
    return build.notebook(
        build.solution(
            "def squares(n):\n    ### BEGIN SOLUTION\n    return [i * i for i in range(n)]\n"
            "    ### END SOLUTION",
            "squares",
        ),
        build.test(f"assert squares(3) == {expected}", "test-squares", points=4),
    )


WRONG, RIGHT = notebook("[1, 4, 9]"), notebook("[0, 1, 4]")


@operation
def make(slug: str, source: bytes) -> str:
    is_new = latest_version(slug) is None
    items = lesson(), lab(notebooks={"squares": source})
    catalog.load_clusters((cluster(course(*items, slug=slug)),))
    if is_new:
        demo.load_sections()
    version = latest_version(slug)
    assert version is not None
    section = next(
        row.section
        for row in queries.sections_of_course(None, version.course_id)
        if row.section.school.slug == "rongnan" and not row.section.code.endswith("-beside")
    )
    if is_new:
        for handle in ("mei", "hao"):
            person = person_by_handle(handle)
            assert person is not None
            learning.enrol(person, section)
        _ping_stands_beside(section)
    return section.code


def _ping_stands_beside(section: Section) -> None:
    """The assistant ping assists in another section of the same offering, and only there."""
    offering, ping = section.offering, person_by_handle("ping")
    assert ping is not None
    other = learning.open_section(
        learning.SectionPlan(
            course_version=offering.course_version,
            school=section.school,
            academic_year=offering.academic_year,
            semester=offering.semester,
            starts_on=offering.starts_on,
            ends_on=offering.ends_on,
            code=f"{section.code[:70]}-beside",
            capacity=30,
        )
    )
    learning.appoint(ping, other, StaffRole.TEACHING_ASSISTANT)
    place = db.session.scalars(
        select(SectionStaff).where(
            SectionStaff.section_id == section.id, SectionStaff.person_id == ping.id
        )
    ).one()
    place.ended_at = clock.now()


if __name__ == "__main__":
    with create_app().app_context():
        print(make(sys.argv[1], WRONG if len(sys.argv) > 2 else RIGHT))
        if len(sys.argv) > 2:
            (Path(sys.argv[2]) / "squares.ipynb").write_bytes(WRONG)
