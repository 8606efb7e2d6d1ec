"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.personal import Table, declare, impersonal

declare(
    "skills",
    Table(name="skill_frameworks", by=("retired_by_id",)),
    Table(name="skill_framework_versions", by=("imported_by_id",)),
)
impersonal("skills", "skills")
