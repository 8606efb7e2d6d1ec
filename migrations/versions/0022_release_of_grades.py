"""Grades and feedback of an item may be held in a section, until released or until a time."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grade_releases",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("item_key", sa.String(length=120), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_grade_releases_section_id_sections")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["people.id"], name=op.f("fk_grade_releases_set_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_releases")),
        sa.UniqueConstraint(
            "section_id", "item_key", name=op.f("uq_grade_releases_section_id_item_key")
        ),
    )
    op.create_index(
        "releases_to_tell",
        "grade_releases",
        ["batch_id"],
        postgresql_where=sa.text("told_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "releases_to_tell",
        table_name="grade_releases",
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.drop_table("grade_releases")
