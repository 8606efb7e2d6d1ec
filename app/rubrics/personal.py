"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Table, declare

declare(
    "rubrics",
    Table(name="rubrics", by=("owner_id",)),
    Table(name="rubric_versions", by=("by_id",)),
    Table(name="rubric_attachments", by=("by_id", "detached_by_id")),
    # Which judgements are about whose work, the rooms above say.
    Table(
        name="rubric_judgements",
        title=_l("How your work was judged by rubrics"),
        by=("judge_id",),
        shown="NOT rubric_judgements.is_draft",
    ),
    Table(
        name="saved_comments",
        title=_l("Comments that you kept to use again"),
        whose=("owner_id",),
        correct="rubrics.comments",
    ),
)
