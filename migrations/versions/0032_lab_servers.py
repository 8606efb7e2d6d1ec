"""Lab servers that ran, maintenance, quotas and lines for what is scarce."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lab_drains",
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("put_away_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("put_away_done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "from_at <= put_away_at AND put_away_at <= until_at",
            name=op.f("ck_lab_drains_steps_are_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_lab_drains_made_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["people.id"], name=op.f("fk_lab_drains_opened_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_drains")),
    )
    op.create_index(
        "one_lab_drain_at_a_time",
        "lab_drains",
        [sa.literal_column("(opened_at IS NULL)")],
        unique=True,
        postgresql_where=sa.text("opened_at IS NULL"),
    )
    op.create_table(
        "lab_quotas",
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("servers_at_once", sa.Integer(), nullable=True),
        sa.Column("memory_mb", sa.Integer(), nullable=True),
        sa.Column("idle_minutes", sa.Integer(), nullable=True),
        sa.Column("weekly_hours", sa.Double(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(course_id IS NULL) <> (section_id IS NULL)",
            name=op.f("ck_lab_quotas_is_of_a_course_or_a_section"),
        ),
        sa.CheckConstraint(
            "idle_minutes BETWEEN 5 AND 10080", name=op.f("ck_lab_quotas_idle_time_is_sensible")
        ),
        sa.CheckConstraint(
            "memory_mb BETWEEN 256 AND 1048576", name=op.f("ck_lab_quotas_memory_is_usable")
        ),
        sa.CheckConstraint("servers_at_once >= 0", name=op.f("ck_lab_quotas_servers_are_counted")),
        sa.CheckConstraint("weekly_hours > 0", name=op.f("ck_lab_quotas_hours_are_positive")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["people.id"], name=op.f("fk_lab_quotas_changed_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_lab_quotas_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_lab_quotas_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_quotas")),
        sa.UniqueConstraint("course_id", name=op.f("uq_lab_quotas_course_id")),
        sa.UniqueConstraint("section_id", name=op.f("uq_lab_quotas_section_id")),
    )
    op.create_table(
        "lab_runs",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("lab_slug", sa.String(length=120), nullable=True),
        sa.Column("profile", sa.String(length=40), server_default="standard", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.String(length=30), nullable=True),
        sa.Column("cause", sa.String(length=30), nullable=True),
        sa.Column("reference", sa.String(length=12), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=30), server_default="starting", nullable=False),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("memory_bytes", sa.BigInteger(), nullable=True),
        sa.Column("cpu_percent", sa.Double(), nullable=True),
        sa.Column("cpu_seconds", sa.Double(), nullable=True),
        sa.Column("process_count", sa.Integer(), nullable=True),
        sa.Column("disk_bytes", sa.BigInteger(), nullable=True),
        sa.Column("disk_measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_by_id", sa.Uuid(), nullable=True),
        sa.Column("stop_note", sa.String(length=500), server_default="", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(ending IS NOT DISTINCT FROM 'failed') = (cause IS NOT NULL)",
            name=op.f("ck_lab_runs_failure_has_cause"),
        ),
        sa.CheckConstraint(
            "(cause IS NULL) = (reference IS NULL)", name=op.f("ck_lab_runs_failure_has_number")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_lab_runs_end_says_how")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_lab_runs_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_lab_runs_section_id_sections")
        ),
        sa.ForeignKeyConstraint(
            ["stop_by_id"], ["people.id"], name=op.f("fk_lab_runs_stop_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_runs")),
        sa.UniqueConstraint("reference", name=op.f("uq_lab_runs_reference")),
    )
    op.create_index(op.f("ix_lab_runs_ended_at"), "lab_runs", ["ended_at"], unique=False)
    op.create_index(op.f("ix_lab_runs_person_id"), "lab_runs", ["person_id"], unique=False)
    op.create_index(
        op.f("ix_lab_runs_section_id_asked_at"),
        "lab_runs",
        ["section_id", "asked_at"],
        unique=False,
    )
    op.create_index(
        "one_live_lab_run",
        "lab_runs",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "lab_turns",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("lab_slug", sa.String(length=120), nullable=False),
        sa.Column("profile", sa.String(length=40), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_lab_turns_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_lab_turns_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_turns")),
    )
    op.create_index(op.f("ix_lab_turns_person_id"), "lab_turns", ["person_id"], unique=False)
    op.create_index(
        op.f("ix_lab_turns_profile_queued_at"), "lab_turns", ["profile", "queued_at"], unique=False
    )
    op.create_index(
        "one_live_lab_turn",
        "lab_turns",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "one_live_lab_turn", table_name="lab_turns", postgresql_where=sa.text("left_at IS NULL")
    )
    op.drop_index(op.f("ix_lab_turns_profile_queued_at"), table_name="lab_turns")
    op.drop_index(op.f("ix_lab_turns_person_id"), table_name="lab_turns")
    op.drop_table("lab_turns")
    op.drop_index(
        "one_live_lab_run", table_name="lab_runs", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_index(op.f("ix_lab_runs_section_id_asked_at"), table_name="lab_runs")
    op.drop_index(op.f("ix_lab_runs_person_id"), table_name="lab_runs")
    op.drop_index(op.f("ix_lab_runs_ended_at"), table_name="lab_runs")
    op.drop_table("lab_runs")
    op.drop_table("lab_quotas")
    op.drop_index(
        "one_lab_drain_at_a_time",
        table_name="lab_drains",
        postgresql_where=sa.text("opened_at IS NULL"),
    )
    op.drop_table("lab_drains")
