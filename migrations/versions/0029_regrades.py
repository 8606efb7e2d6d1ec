"""Labs graded again by a corrected version: what would change, and what did."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=30)


def upgrade() -> None:
    op.add_column("attempts", sa.Column("lab_version_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_attempts_lab_version_id_lab_versions"),
        "attempts",
        "lab_versions",
        ["lab_version_id"],
        ["id"],
    )
    op.create_table(
        "regrades",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lab_slug", sa.String(length=80), nullable=False),
        sa.Column("lab_version_id", sa.Uuid(), nullable=False),
        sa.Column("which", _words("which", "counting", "newest", "all"), nullable=False),
        sa.Column("failed_cell", sa.String(length=330), nullable=True),
        sa.Column("cells", postgresql.JSONB(), nullable=True),
        sa.Column("never_lower", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column(
            "state",
            _words("runstate", "trying", "tried", "applying", "applied", "cancelled"),
            nullable=False,
        ),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by_id", sa.Uuid(), nullable=True),
        sa.Column("apply_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.Uuid(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_regrades_numbers_begin_at_one")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_regrades_made_for_a_reason")),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_regrades_section_id_sections")
        ),
        sa.ForeignKeyConstraint(
            ["lab_version_id"],
            ["lab_versions.id"],
            name=op.f("fk_regrades_lab_version_id_lab_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_regrades_made_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["applied_by_id"], ["people.id"], name=op.f("fk_regrades_applied_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"], ["people.id"], name=op.f("fk_regrades_cancelled_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrades")),
        sa.UniqueConstraint("section_id", "number", name=op.f("uq_regrades_section_id_number")),
    )
    op.create_index(
        "one_regrade_at_work",
        "regrades",
        ["section_id", "lab_slug"],
        unique=True,
        postgresql_where=sa.text("state IN ('trying', 'applying')"),
    )
    op.create_table(
        "regrade_works",
        sa.Column("regrade_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            _words("workstate", "waiting", "running", "tried", "applied", "stands", "failed"),
            nullable=False,
        ),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim_count", sa.Integer(), nullable=False),
        sa.Column("inputs", sa.String(length=64), nullable=True),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.Column("without_sandbox", sa.Boolean(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.Column("effect", _words("effect", "up", "down", "same"), nullable=True),
        sa.Column("course", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("attempt_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["regrade_id"], ["regrades.id"], name=op.f("fk_regrade_works_regrade_id_regrades")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_regrade_works_submission_id_submissions"),
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_regrade_works_attempt_id_attempts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrade_works")),
        sa.UniqueConstraint(
            "regrade_id", "submission_id", name=op.f("uq_regrade_works_regrade_id_submission_id")
        ),
    )
    op.create_index(
        op.f("ix_regrade_works_regrade_id_state"), "regrade_works", ["regrade_id", "state"]
    )
    op.create_index(op.f("ix_regrade_works_submission_id"), "regrade_works", ["submission_id"])


def downgrade() -> None:
    op.drop_table("regrade_works")
    op.drop_table("regrades")
    op.drop_constraint(
        op.f("fk_attempts_lab_version_id_lab_versions"), "attempts", type_="foreignkey"
    )
    op.drop_column("attempts", "lab_version_id")
