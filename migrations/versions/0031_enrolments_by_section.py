"""Enrolments are found by their section, withdrawn ones included."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_enrolments_section_id"), "enrolments", ["section_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_enrolments_section_id"), table_name="enrolments")
