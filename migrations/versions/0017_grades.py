"""How sections are graded, what people set by hand, its history, and the grades."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEPT = ("grade_changes", "grading_schemes")


def upgrade() -> None:
    op.create_table(
        "grade_changes",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("item_key", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("way", sa.String(length=30), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("undoes_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_grade_changes_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_grade_changes_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_grade_changes_section_id_sections")
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["grade_changes.id"],
            name=op.f("fk_grade_changes_undoes_id_grade_changes"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_changes")),
    )
    op.create_index("ix_grade_changes_of_a_batch", "grade_changes", ["batch_id"], unique=False)
    op.create_index(
        "ix_grade_changes_of_a_cell",
        "grade_changes",
        ["section_id", "person_id", "item_key", "at"],
        unique=False,
    )
    op.create_index(
        "undone_once",
        "grade_changes",
        ["undoes_id"],
        unique=True,
        postgresql_where=sa.text("undoes_id IS NOT NULL"),
    )
    op.create_table(
        "grade_entries",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("item_key", sa.String(length=120), nullable=False),
        sa.Column("points", sa.Numeric(precision=10, scale=3), nullable=True),
        sa.Column("override", sa.Numeric(precision=10, scale=3), nullable=True),
        sa.Column("override_reason", sa.String(length=500), nullable=False),
        sa.Column("is_excused", sa.Boolean(), nullable=False),
        sa.Column("is_incomplete", sa.Boolean(), nullable=False),
        sa.Column("adjustment", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "item_key = 'course' OR NOT is_incomplete",
            name=op.f("ck_grade_entries_only_a_course_is_incomplete"),
        ),
        sa.CheckConstraint(
            "override IS NULL OR length(override_reason) > 0",
            name=op.f("ck_grade_entries_overrides_have_a_reason"),
        ),
        sa.CheckConstraint("points >= 0", name=op.f("ck_grade_entries_points_are_not_negative")),
        sa.CheckConstraint("revision > 0", name=op.f("ck_grade_entries_revision_counts")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["people.id"], name=op.f("fk_grade_entries_changed_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_grade_entries_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_grade_entries_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_entries")),
        sa.UniqueConstraint(
            "section_id",
            "person_id",
            "item_key",
            name=op.f("uq_grade_entries_section_id_person_id_item_key"),
        ),
    )
    op.create_index("ix_grade_entries_of_a_person", "grade_entries", ["person_id"], unique=False)
    op.create_table(
        "grading_schemes",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_grading_schemes_numbers_begin_at_one")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_grading_schemes_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_grading_schemes_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grading_schemes")),
        sa.UniqueConstraint(
            "section_id", "number", name=op.f("uq_grading_schemes_section_id_number")
        ),
    )
    op.create_table(
        "manual_columns",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("points", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_manual_columns_has_a_title")),
        sa.CheckConstraint(
            "points BETWEEN 0 AND 100000", name=op.f("ck_manual_columns_points_are_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_manual_columns_created_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_manual_columns_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manual_columns")),
    )
    op.create_index(
        op.f("ix_manual_columns_section_id"), "manual_columns", ["section_id"], unique=False
    )
    op.create_table(
        "student_grades",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("exact", sa.String(), nullable=True),
        sa.Column("percent", sa.Numeric(precision=12, scale=6), nullable=True),
        sa.Column("rounded", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("mark", sa.String(length=20), nullable=True),
        sa.Column("is_passed", sa.Boolean(), nullable=True),
        sa.Column("is_incomplete", sa.Boolean(), nullable=False),
        sa.Column("missing_count", sa.Integer(), nullable=False),
        sa.Column("late_count", sa.Integer(), nullable=False),
        sa.Column("waiting_count", sa.Integer(), nullable=False),
        sa.Column("cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("scheme_number", sa.Integer(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stale_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("grants", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_student_grades_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_student_grades_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_grades")),
        sa.UniqueConstraint(
            "section_id", "person_id", name=op.f("uq_student_grades_section_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_student_grades_person_id"), "student_grades", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_student_grades_section_id_percent"),
        "student_grades",
        ["section_id", "percent"],
        unique=False,
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
        )


def downgrade() -> None:
    op.drop_table("student_grades")
    op.drop_table("manual_columns")
    op.drop_table("grading_schemes")
    op.drop_table("grade_entries")
    op.drop_table("grade_changes")
