"""What a sheet of final grades says, and who took which."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.finals.models import FinalExport
from app.finals.queries.standing import standings_of
from app.finals.rules.sheets import Line
from app.kernel.database import db
from app.learning.models import Section

__all__ = ["exports_of", "lines_of"]


def lines_of(section: Section) -> list[Line]:
    """A line for each final grade of SECTION, by student number; also of who left since."""
    offering = section.offering
    version = offering.course_version
    return [
        Line(
            number=row.final.student_number,
            name=row.final.name,
            year=offering.academic_year,
            semester=offering.semester,
            course_code=version.course.slug,
            course=version.title,
            section=section.code,
            credits=offering.credits,
            grade=row.grade,
            is_corrected=bool(row.approved),
            on=row.on,
            digest=row.digest,
        )
        for row in standings_of(section).values()
    ]


def exports_of(section: Section) -> Sequence[FinalExport]:
    """The newest twenty receipts."""
    return db.session.scalars(
        select(FinalExport)
        .where(FinalExport.section_id == section.id)
        .order_by(FinalExport.at.desc())
        .limit(20)
        .options(joinedload(FinalExport.by))
    ).all()
