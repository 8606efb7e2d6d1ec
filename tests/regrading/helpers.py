"""Who stands elsewhere, and what there is to ask about."""

from sqlalchemy import select

from app.grading.models import Submission
from app.kernel import clock
from app.kernel.database import db
from app.kernel.transaction import operation
from app.learning import operations as learning
from app.learning.models import SectionStaff
from app.learning.rules import StaffRole
from tests.cast import Cast
from tests.grading.helpers import grade_with, hand_in, result

ELSEWHERE = "squares-elsewhere"


@operation
def assistant_elsewhere(cast: Cast) -> str:
    """ping assists in another section of the same course at the same school; answers its code."""
    section, ping = cast.section(), cast.person("ping")
    offering = section.offering
    other = learning.open_section(
        learning.SectionPlan(
            course_version=offering.course_version,
            school=section.school,
            academic_year=offering.academic_year,
            semester=offering.semester,
            starts_on=offering.starts_on,
            ends_on=offering.ends_on,
            code=ELSEWHERE,
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
    return other.code


def graded(
    cast: Cast, handle: str = "mei", score: float = 0.0, why: float | None = None
) -> Submission:
    """Within a context: HANDLE's submission, graded."""
    made = hand_in(cast, handle)
    grade_with(made, result(score, why))
    return made
