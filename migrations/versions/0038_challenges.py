"""Challenges: their evaluations, what is handed in, and scores that stay."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "challenges",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("summary", postgresql.JSONB(), nullable=False),
        sa.Column("description", postgresql.JSONB(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("takes_notebooks", sa.Boolean(), nullable=False),
        sa.Column("takes_late", sa.Boolean(), nullable=False),
        sa.Column("attempts_per_day", sa.Integer(), nullable=False),
        sa.Column("group_set_id", sa.Uuid(), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_challenges_slug_is_an_address")
        ),
        sa.CheckConstraint(
            "attempts_per_day BETWEEN 1 AND 100", name=op.f("ck_challenges_attempts_are_few")
        ),
        sa.CheckConstraint("ends_at > opens_at", name=op.f("ck_challenges_ends_after_it_opens")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_challenges_created_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["people.id"], name=op.f("fk_challenges_ended_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["group_set_id"], ["group_sets.id"], name=op.f("fk_challenges_group_set_id_group_sets")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_challenges_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
        sa.UniqueConstraint("section_id", "slug", name=op.f("uq_challenges_section_id_slug")),
    )
    op.create_index(
        op.f("ix_challenges_created_by_id"), "challenges", ["created_by_id"], unique=False
    )
    op.create_index(op.f("ix_challenges_ended_by_id"), "challenges", ["ended_by_id"], unique=False)
    op.create_index(
        op.f("ix_challenges_group_set_id"), "challenges", ["group_set_id"], unique=False
    )
    op.create_index(
        "ix_challenges_to_settle",
        "challenges",
        ["ends_at"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NULL AND published_at IS NOT NULL"),
    )
    op.create_table(
        "challenge_entries",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("team_name", sa.String(length=60), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("csv", "notebook", name="kind", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("is_trial", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "scored",
                "invalid",
                "failed",
                name="entrystate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("predictions_blob", sa.String(length=64), nullable=True),
        sa.Column("problem", sa.String(length=1000), nullable=True),
        sa.Column("params", postgresql.JSONB(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("claim_count", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_challenge_entries_something_is_there")),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_challenge_entries_challenge_id_challenges"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_challenge_entries_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["section_groups.id"],
            name=op.f("fk_challenge_entries_team_id_section_groups"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_entries")),
    )
    op.create_index(
        "ix_challenge_entries_of_somebody",
        "challenge_entries",
        ["challenge_id", "unit_id", "received_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_challenge_entries_person_id"), "challenge_entries", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_challenge_entries_team_id"), "challenge_entries", ["team_id"], unique=False
    )
    op.create_index(
        "ix_challenge_entries_waiting",
        "challenge_entries",
        ["challenge_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_table(
        "challenge_evaluations",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answers_id", sa.Uuid(), nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("program_blob", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("higher", sa.Boolean(), nullable=False),
        sa.Column("id_column", sa.String(length=100), nullable=False),
        sa.Column("target_column", sa.String(length=100), nullable=False),
        sa.Column("public_share", sa.Double(), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(metric = 'own') = (program_blob IS NOT NULL)",
            name=op.f("ck_challenge_evaluations_own_has_a_program"),
        ),
        sa.CheckConstraint(
            "public_share BETWEEN 0.05 AND 0.95",
            name=op.f("ck_challenge_evaluations_both_parts_are_there"),
        ),
        sa.ForeignKeyConstraint(
            ["answers_id"],
            ["data_sets.id"],
            name=op.f("fk_challenge_evaluations_answers_id_data_sets"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_challenge_evaluations_challenge_id_challenges"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_challenge_evaluations_made_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_evaluations")),
        sa.UniqueConstraint(
            "challenge_id", "number", name=op.f("uq_challenge_evaluations_challenge_id_number")
        ),
    )
    op.create_index(
        op.f("ix_challenge_evaluations_answers_id"),
        "challenge_evaluations",
        ["answers_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_challenge_evaluations_made_by_id"),
        "challenge_evaluations",
        ["made_by_id"],
        unique=False,
    )
    op.create_table(
        "challenge_participants",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "shown_as",
            sa.Enum("number", "handle", name="shownas", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_challenge_participants_challenge_id_challenges"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_challenge_participants_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_participants")),
        sa.UniqueConstraint(
            "challenge_id", "number", name=op.f("uq_challenge_participants_challenge_id_number")
        ),
        sa.UniqueConstraint(
            "challenge_id",
            "person_id",
            name=op.f("uq_challenge_participants_challenge_id_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_challenge_participants_person_id"),
        "challenge_participants",
        ["person_id"],
        unique=False,
    )
    op.create_table(
        "challenge_entry_people",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["challenge_entries.id"],
            name=op.f("fk_challenge_entry_people_entry_id_challenge_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_challenge_entry_people_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_entry_people")),
        sa.UniqueConstraint(
            "entry_id", "person_id", name=op.f("uq_challenge_entry_people_entry_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_challenge_entry_people_person_id"),
        "challenge_entry_people",
        ["person_id"],
        unique=False,
    )
    op.create_table(
        "challenge_runs",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("changed_count", sa.Integer(), nullable=False),
        sa.Column("has_failed", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["people.id"], name=op.f("fk_challenge_runs_asked_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_challenge_runs_challenge_id_challenges"),
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"],
            ["challenge_evaluations.id"],
            name=op.f("fk_challenge_runs_evaluation_id_challenge_evaluations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_runs")),
    )
    op.create_index(
        op.f("ix_challenge_runs_asked_by_id"), "challenge_runs", ["asked_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_challenge_runs_challenge_id"), "challenge_runs", ["challenge_id"], unique=False
    )
    op.create_index(
        "one_live_challenge_run",
        "challenge_runs",
        ["challenge_id"],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "challenge_scores",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("public", sa.Double(), nullable=False),
        sa.Column("private", sa.Double(), nullable=False),
        sa.Column("predictions_digest", sa.String(length=64), nullable=False),
        sa.Column("answers_digest", sa.String(length=64), nullable=False),
        sa.Column("data_digests", postgresql.JSONB(), nullable=False),
        sa.Column("environment", postgresql.JSONB(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["challenge_entries.id"],
            name=op.f("fk_challenge_scores_entry_id_challenge_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"],
            ["challenge_evaluations.id"],
            name=op.f("fk_challenge_scores_evaluation_id_challenge_evaluations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_scores")),
    )
    op.create_index(
        op.f("ix_challenge_scores_entry_id"), "challenge_scores", ["entry_id"], unique=False
    )
    op.create_index(
        op.f("ix_challenge_scores_evaluation_id"),
        "challenge_scores",
        ["evaluation_id"],
        unique=False,
    )
    op.create_index(
        "one_live_challenge_score",
        "challenge_scores",
        ["entry_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.execute(
        "CREATE TRIGGER challenge_evaluations_stay BEFORE UPDATE ON challenge_evaluations"
        " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
    )
    # A score stays what it was; all that may come is that a later one supersedes it.
    op.execute(
        "CREATE TRIGGER challenge_scores_stay BEFORE UPDATE ON challenge_scores FOR EACH ROW"
        " WHEN (OLD.superseded_at IS NOT NULL OR ROW(OLD.entry_id, OLD.evaluation_id, OLD.public,"
        " OLD.private, OLD.predictions_digest, OLD.answers_digest, OLD.scored_at)"
        " IS DISTINCT FROM ROW(NEW.entry_id, NEW.evaluation_id, NEW.public, NEW.private,"
        " NEW.predictions_digest, NEW.answers_digest, NEW.scored_at))"
        " EXECUTE FUNCTION banyan_stays()"
    )


def downgrade() -> None:
    op.drop_index(
        "one_live_challenge_score",
        table_name="challenge_scores",
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(op.f("ix_challenge_scores_evaluation_id"), table_name="challenge_scores")
    op.drop_index(op.f("ix_challenge_scores_entry_id"), table_name="challenge_scores")
    op.drop_table("challenge_scores")
    op.drop_index(
        "one_live_challenge_run",
        table_name="challenge_runs",
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.drop_index(op.f("ix_challenge_runs_challenge_id"), table_name="challenge_runs")
    op.drop_index(op.f("ix_challenge_runs_asked_by_id"), table_name="challenge_runs")
    op.drop_table("challenge_runs")
    op.drop_index(op.f("ix_challenge_entry_people_person_id"), table_name="challenge_entry_people")
    op.drop_table("challenge_entry_people")
    op.drop_index(op.f("ix_challenge_participants_person_id"), table_name="challenge_participants")
    op.drop_table("challenge_participants")
    op.drop_index(op.f("ix_challenge_evaluations_made_by_id"), table_name="challenge_evaluations")
    op.drop_index(op.f("ix_challenge_evaluations_answers_id"), table_name="challenge_evaluations")
    op.drop_table("challenge_evaluations")
    op.drop_index(
        "ix_challenge_entries_waiting",
        table_name="challenge_entries",
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.drop_index(op.f("ix_challenge_entries_team_id"), table_name="challenge_entries")
    op.drop_index(op.f("ix_challenge_entries_person_id"), table_name="challenge_entries")
    op.drop_index("ix_challenge_entries_of_somebody", table_name="challenge_entries")
    op.drop_table("challenge_entries")
    op.drop_index(
        "ix_challenges_to_settle",
        table_name="challenges",
        postgresql_where=sa.text("settled_at IS NULL AND published_at IS NOT NULL"),
    )
    op.drop_index(op.f("ix_challenges_group_set_id"), table_name="challenges")
    op.drop_index(op.f("ix_challenges_ended_by_id"), table_name="challenges")
    op.drop_index(op.f("ix_challenges_created_by_id"), table_name="challenges")
    op.drop_table("challenges")
