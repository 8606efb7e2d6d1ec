"""Who may need attention and what was done about it; comparisons of works."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "risk_settings",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("falling", sa.Boolean(), nullable=False),
        sa.Column("stuck", sa.Integer(), nullable=False),
        sa.Column("absent_days", sa.Integer(), nullable=False),
        sa.Column("below_pass", sa.Boolean(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "absent_days BETWEEN 0 AND 365", name=op.f("ck_risk_settings_absent_is_in_days")
        ),
        sa.CheckConstraint(
            "missing BETWEEN 0 AND 100", name=op.f("ck_risk_settings_missing_is_a_count")
        ),
        sa.CheckConstraint(
            "stuck = 0 OR stuck BETWEEN 2 AND 100",
            name=op.f("ck_risk_settings_stuck_is_more_than_once"),
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_risk_settings_section_id_sections")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["people.id"], name=op.f("fk_risk_settings_set_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_settings")),
        sa.UniqueConstraint("section_id", name=op.f("uq_risk_settings_section_id")),
    )
    op.create_table(
        "risk_findings",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_matters", postgresql.JSONB(), nullable=False),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_risk_findings_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_risk_findings_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_findings")),
        sa.UniqueConstraint(
            "section_id", "person_id", name=op.f("uq_risk_findings_section_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_risk_findings_person_id"), "risk_findings", ["person_id"], unique=False
    )
    op.create_table(
        "risk_steps",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "note",
                "message",
                "extension",
                "settled",
                "snoozed",
                "reopened",
                name="stepkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extension_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'snoozed') = (until IS NOT NULL)",
            name=op.f("ck_risk_steps_snoozed_until_when"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('note', 'message') OR length(text) > 0",
            name=op.f("ck_risk_steps_words_are_there"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_risk_steps_by_id_people")),
        sa.ForeignKeyConstraint(
            ["extension_id"], ["extensions.id"], name=op.f("fk_risk_steps_extension_id_extensions")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_risk_steps_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_risk_steps_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_steps")),
        sa.UniqueConstraint("key", name=op.f("uq_risk_steps_key")),
    )
    op.create_index(
        "ix_risk_steps_of_a_student", "risk_steps", ["section_id", "person_id", "at"], unique=False
    )
    op.create_index(op.f("ix_risk_steps_person_id"), "risk_steps", ["person_id"], unique=False)
    op.create_table(
        "similarity_runs",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("lab_slug", sa.String(length=80), nullable=False),
        sa.Column("section_ids", postgresql.JSONB(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("work_count", sa.Integer(), nullable=False),
        sa.Column("compared_count", sa.Integer(), nullable=False),
        sa.Column("has_failed", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["people.id"], name=op.f("fk_similarity_runs_asked_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_similarity_runs_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_similarity_runs")),
    )
    op.create_index(
        "ix_similarity_runs_of_a_lab",
        "similarity_runs",
        ["section_id", "lab_slug", "asked_at"],
        unique=False,
    )
    op.create_index(
        "one_live_similarity_run",
        "similarity_runs",
        ["section_id", "lab_slug"],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "similar_pairs",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("share_of_first", sa.Float(), nullable=False),
        sa.Column("share_of_second", sa.Float(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("share BETWEEN 0 AND 1", name=op.f("ck_similar_pairs_share_is_a_share")),
        sa.ForeignKeyConstraint(
            ["first_id"], ["submissions.id"], name=op.f("fk_similar_pairs_first_id_submissions")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["similarity_runs.id"],
            name=op.f("fk_similar_pairs_run_id_similarity_runs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["submissions.id"], name=op.f("fk_similar_pairs_second_id_submissions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_similar_pairs")),
        sa.UniqueConstraint(
            "run_id",
            "first_id",
            "second_id",
            name=op.f("uq_similar_pairs_run_id_first_id_second_id"),
        ),
    )
    op.create_index(op.f("ix_similar_pairs_first_id"), "similar_pairs", ["first_id"], unique=False)
    op.create_index(op.f("ix_similar_pairs_run_id"), "similar_pairs", ["run_id"], unique=False)
    op.create_index(
        op.f("ix_similar_pairs_second_id"), "similar_pairs", ["second_id"], unique=False
    )
    op.create_table(
        "similarity_notes",
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_similarity_notes_words_are_there")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_similarity_notes_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["submissions.id"], name=op.f("fk_similarity_notes_first_id_submissions")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["submissions.id"],
            name=op.f("fk_similarity_notes_second_id_submissions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_similarity_notes")),
        sa.UniqueConstraint("key", name=op.f("uq_similarity_notes_key")),
    )
    op.create_index(
        "ix_similarity_notes_of_a_pair", "similarity_notes", ["first_id", "second_id"], unique=False
    )
    op.create_index(
        op.f("ix_similarity_notes_second_id"), "similarity_notes", ["second_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("similarity_notes")
    op.drop_table("similar_pairs")
    op.drop_table("similarity_runs")
    op.drop_table("risk_steps")
    op.drop_table("risk_findings")
    op.drop_table("risk_settings")
