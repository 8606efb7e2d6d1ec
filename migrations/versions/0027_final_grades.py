"""Final grades: settled for good, corrected by a procedure, exported with receipts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

FOR_GOOD = ("final_settlements", "final_grades", "final_exports")


def upgrade() -> None:
    op.create_table(
        "final_exports",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("layout", sa.String(length=30), nullable=False),
        sa.Column("filename", sa.String(length=160), nullable=False),
        sa.Column("byte_count", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_final_exports_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_final_exports_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_final_exports")),
    )
    op.create_index(
        op.f("ix_final_exports_section_id_at"), "final_exports", ["section_id", "at"], unique=False
    )
    op.create_table(
        "final_settlements",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("scheme_number", sa.Integer(), nullable=False),
        sa.Column("scheme", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("person_count", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_final_settlements_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_final_settlements_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_final_settlements")),
        sa.UniqueConstraint(
            "section_id", "number", name=op.f("uq_final_settlements_section_id_number")
        ),
    )
    op.create_table(
        "final_grades",
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("student_number", sa.String(length=30), nullable=False),
        sa.Column("exact", sa.String(), nullable=True),
        sa.Column("rounded", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("mark", sa.String(length=20), nullable=True),
        sa.Column("is_passed", sa.Boolean(), nullable=True),
        sa.Column("is_incomplete", sa.Boolean(), nullable=False),
        sa.Column("incomplete_until", sa.Date(), nullable=True),
        sa.Column("trace", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "is_incomplete = (incomplete_until IS NOT NULL)",
            name=op.f("ck_final_grades_incomplete_has_an_end"),
        ),
        sa.CheckConstraint(
            "is_incomplete = (rounded IS NULL)", name=op.f("ck_final_grades_complete_has_a_number")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_final_grades_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_final_grades_section_id_sections")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"],
            ["final_settlements.id"],
            name=op.f("fk_final_grades_settlement_id_final_settlements"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_final_grades")),
        sa.UniqueConstraint(
            "section_id", "person_id", name=op.f("uq_final_grades_section_id_person_id")
        ),
    )
    op.create_index(op.f("ix_final_grades_person_id"), "final_grades", ["person_id"], unique=False)
    op.create_index(
        op.f("ix_final_grades_settlement_id"), "final_grades", ["settlement_id"], unique=False
    )
    op.create_table(
        "final_corrections",
        sa.Column("final_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("attachment", sa.String(length=8000), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('approved', 'refused')) = (decided_by_id IS NOT NULL)",
            name=op.f("ck_final_corrections_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR length(words) > 0",
            name=op.f("ck_final_corrections_refused_with_words"),
        ),
        sa.CheckConstraint(
            "way = 'completion' OR decided_by_id <> proposed_by_id",
            name=op.f("ck_final_corrections_decided_by_another"),
        ),
        sa.CheckConstraint(
            "way = 'correction' OR state = 'approved'",
            name=op.f("ck_final_corrections_completions_hold"),
        ),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_final_corrections_has_a_reason")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_final_corrections_decided_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["final_id"],
            ["final_grades.id"],
            name=op.f("fk_final_corrections_final_id_final_grades"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["people.id"],
            name=op.f("fk_final_corrections_proposed_by_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_final_corrections_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_final_corrections")),
        sa.UniqueConstraint(
            "final_id", "number", name=op.f("uq_final_corrections_final_id_number")
        ),
    )
    op.create_index(
        "ix_final_corrections_open",
        "final_corrections",
        ["section_id"],
        unique=False,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index(
        "one_open_correction",
        "final_corrections",
        ["final_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    for table in FOR_GOOD:
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
        )
    # A proposal is decided or withdrawn, once; nothing else about it changes.
    op.execute("""
        CREATE TRIGGER final_corrections_stay BEFORE UPDATE ON final_corrections
            FOR EACH ROW
            WHEN (
                OLD.state <> 'proposed'
                OR to_jsonb(OLD) - '{state,decided_at,decided_by_id,words,digest}'::text[]
                    <> to_jsonb(NEW) - '{state,decided_at,decided_by_id,words,digest}'::text[]
            )
            EXECUTE FUNCTION banyan_stays()
    """)
    op.execute(
        "CREATE TRIGGER final_corrections_remain BEFORE DELETE ON final_corrections"
        " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
    )


def downgrade() -> None:
    op.drop_table("final_corrections")
    op.drop_table("final_grades")
    op.drop_table("final_settlements")
    op.drop_table("final_exports")
