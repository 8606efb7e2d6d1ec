"""Sources of labs that authors sent to be checked and published."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lab_checks",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("lab_slug", sa.String(80), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publishes", sa.Boolean(), nullable=False),
        sa.Column("base_number", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("files", postgresql.JSONB(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_steps", sa.Integer(), nullable=False),
        sa.Column("total_steps", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("findings", postgresql.JSONB(), nullable=False),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("course_version_id", sa.Uuid(), nullable=True),
        sa.Column("lab_number", sa.Integer(), nullable=True),
        sa.Column("draft_differs", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "done_steps BETWEEN 0 AND total_steps", name=op.f("ck_lab_checks_steps_are_counted")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["people.id"], name=op.f("fk_lab_checks_asked_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_lab_checks_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["course_version_id"],
            ["course_versions.id"],
            name=op.f("fk_lab_checks_course_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_checks")),
    )
    op.create_index(op.f("ix_lab_checks_asked_by_id"), "lab_checks", ["asked_by_id"])
    op.create_index(
        "one_live_lab_check",
        "lab_checks",
        ["course_id", "lab_slug", "asked_by_id"],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("lab_checks")
