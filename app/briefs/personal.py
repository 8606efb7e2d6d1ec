"""What this room keeps of people, and what becomes of it (see ``kernel.personal``).

A brief is its company's, and whoever wrote or reviewed it did so in an office; only what somebody
promised is about herself.
"""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Fate, Sql, Table, declare, impersonal

impersonal("briefs", "required_skills")

declare(
    "briefs",
    Table(name="briefs", by=("created_by_id", "supervisor_id")),
    Table(name="brief_versions", by=("by_id",)),
    Table(name="brief_steps", by=("by_id",)),
    Table(name="brief_changes", by=("proposed_by_id", "decided_by_id")),
    Table(
        name="brief_mentors",
        title=_l("Briefs that you are a mentor of"),
        whose=("person_id",),
    ),
    Table(
        name="nda_acceptances",
        title=_l("What you promised to keep confidential"),
        whose=("person_id",),
        fate=Fate.KEEP,
        cut={"signed_name": Sql("''")},
        words=("digest", "words"),
        reason=_l(
            "The promise holds on: the company can show that it was made, without your name."
        ),
    ),
)
