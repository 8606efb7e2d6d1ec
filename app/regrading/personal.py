"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Table, declare

declare(
    "regrading",
    Table(name="regrades", by=("made_by_id", "applied_by_id", "cancelled_by_id")),
    Table(name="regrade_request_settings", by=("closed_by_id", "changed_by_id")),
    Table(
        name="regrade_requests",
        title=_l("Requests to look at your work again"),
        whose=("person_id",),
        via=(("submission_id", "submissions"), ("quiz_attempt_id", "quiz_attempts")),
        by=("decided_by_id",),
    ),
    Table(
        name="regrade_works",
        title=_l("Your work that was graded again"),
        via=(("submission_id", "submissions"), ("attempt_id", "attempts")),
        secret=("result", "before", "after", "course", "reason", "inputs", "claim"),
    ),
)
