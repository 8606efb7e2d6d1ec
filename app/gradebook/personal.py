"""What this room keeps of people, and what becomes of it (see ``kernel.personal``).

Points on the way to a grade go; the grade itself is the business of ``finals``.
"""

from app.gradebook.queries.exports import running_grades
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Report, Table, declare, report
from app.learning.personal import not_held

declare(
    "gradebook",
    Table(name="grading_schemes", by=("by_id",)),
    Table(name="manual_columns", by=("created_by_id",)),
    Table(
        name="grade_entries",
        title=_l("Your points in the gradebook"),
        whose=("person_id",),
        by=("changed_by_id",),
        secret=("note",),
        shown=not_held("grade_entries.section_id", "grade_entries.item_key"),
    ),
    Table(
        name="grade_changes",
        title=_l("How your points were changed"),
        whose=("person_id",),
        by=("by_id",),
        secret=("before", "after"),
        shown=not_held("grade_changes.section_id", "grade_changes.item_key"),
    ),
    Table(
        name="student_grades",
        title=_l("Your grade so far"),
        whose=("person_id",),
        # What is held counts in it: the report below is the grade as she sees it.
        secret=("cells", "basis", "grants", "exact", "percent", "rounded", "mark", "is_passed"),
    ),
)
report("gradebook", Report("grades_so_far", _l("Your grades so far"), running_grades))
