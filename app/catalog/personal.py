"""What this room keeps of people, and what becomes of it (see ``kernel.personal``).

Courses are a school's: who wrote or published something stays as a number without a name.
"""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Table, declare, impersonal

declare(
    "catalog",
    Table(name="clusters", by=("updated_by_id",)),
    Table(name="cluster_rules", by=("made_by_id",)),
    Table(name="course_versions", by=("published_by_id",)),
    Table(name="course_drafts", by=("updated_by_id",)),
    Table(name="review_comments", by=("author_id", "resolved_by_id")),
    Table(
        name="course_editors",
        title=_l("Courses that you may edit"),
        whose=("person_id",),
        by=("added_by_id",),
    ),
    Table(
        name="course_imports",
        title=_l("Course files that you brought in"),
        whose=("person_id",),
        files=(("blob", "file_name"),),
    ),
)
impersonal(
    "catalog", "courses", "course_items", "course_sources", "draft_nodes", "modules", "pictures"
)
