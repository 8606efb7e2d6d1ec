"""Notes of graders at cells; submissions of an item in the order in which they came."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "annotations",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("notebook", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("grade_id", sa.String(length=200), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_annotations_position_counts")),
        sa.CheckConstraint(
            "length(text) BETWEEN 1 AND 5000", name=op.f("ck_annotations_says_something")
        ),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by_id IS NULL)",
            name=op.f("ck_annotations_removed_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_annotations_submission_id_submissions"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_annotations_by_id_people")),
        sa.ForeignKeyConstraint(
            ["removed_by_id"], ["people.id"], name=op.f("fk_annotations_removed_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotations")),
    )
    op.create_index(
        "annotations_of_a_submission",
        "annotations",
        ["submission_id"],
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "submissions_of_an_item",
        "submissions",
        ["section_id", "lab_slug", "submitted_at", "id"],
    )


def downgrade() -> None:
    op.drop_index("submissions_of_an_item", table_name="submissions")
    op.drop_table("annotations")
