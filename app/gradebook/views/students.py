"""One student as staff see her: the whole trace, everything that changed, her grade by hand."""

import uuid
from typing import Any

from flask import render_template

from app.accounts.session import me
from app.gradebook import operations, policies, queries
from app.gradebook.rules.entries import COURSE
from app.gradebook.views.blueprint import bp, teachers
from app.learning import queries as learning


@bp.get("/teaching/<code>/gradebook/students/<uuid:person_id>")
@teachers
def student(code: str, person_id: uuid.UUID) -> Any:
    book = queries.book_taught_by(me(), code)
    operations.bring_up_to_date(book)
    trace = queries.trace_for_staff(book, person_id)
    return render_template(
        "gradebook/student.html",
        code=code,
        trace=trace,
        number=learning.student_number(trace.enrolment, book.section.school_id),
        may_grade=policies.can_grade(me(), book.section, person_id),
        course_entry=trace.entries.get(COURSE),
        events=queries.history_of(book.section, person_id, None)[:20],
    )
