"""Competency frameworks, the ledger of evidence, and who repeats what under supervision."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

STAYS = ("skill_framework_versions", "evidence", "evidence_withdrawals", "grading_stamps")


def upgrade() -> None:
    op.create_table(
        "skill_frameworks",
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("case_id", sa.String(length=200), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("text", postgresql.JSONB(), nullable=False),
        sa.Column("publisher", sa.String(length=300), nullable=False),
        sa.Column("licence", sa.String(length=300), nullable=False),
        sa.Column("source_url", sa.String(length=1000), nullable=False),
        sa.Column("levels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("industries", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("elsewhere", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_skill_frameworks_slug_is_an_address")
        ),
        sa.CheckConstraint(
            "retired_by_id IS NULL OR retired_at IS NOT NULL",
            name=op.f("ck_skill_frameworks_retired_when_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["retired_by_id"], ["people.id"], name=op.f("fk_skill_frameworks_retired_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_frameworks")),
        sa.UniqueConstraint("case_id", name=op.f("uq_skill_frameworks_case_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_skill_frameworks_slug")),
    )
    op.create_index(
        op.f("ix_skill_frameworks_retired_by_id"),
        "skill_frameworks",
        ["retired_by_id"],
        unique=False,
    )
    op.create_table(
        "skill_framework_versions",
        sa.Column("framework_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("package", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "number > 0", name=op.f("ck_skill_framework_versions_numbers_begin_at_one")
        ),
        sa.ForeignKeyConstraint(
            ["framework_id"],
            ["skill_frameworks.id"],
            name=op.f("fk_skill_framework_versions_framework_id_skill_frameworks"),
        ),
        sa.ForeignKeyConstraint(
            ["imported_by_id"],
            ["people.id"],
            name=op.f("fk_skill_framework_versions_imported_by_id_people"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_framework_versions")),
        sa.UniqueConstraint(
            "framework_id", "number", name=op.f("uq_skill_framework_versions_framework_id_number")
        ),
    )
    op.create_index(
        op.f("ix_skill_framework_versions_imported_by_id"),
        "skill_framework_versions",
        ["imported_by_id"],
        unique=False,
    )
    op.create_table(
        "skills",
        sa.Column("framework_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("text", postgresql.JSONB(), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_claimed", sa.Boolean(), nullable=False),
        sa.Column("aliases", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("industries", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("links", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_id"],
            ["skill_frameworks.id"],
            name=op.f("fk_skills_framework_id_skill_frameworks"),
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["skills.id"], name=op.f("fk_skills_parent_id_skills")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skills")),
        sa.UniqueConstraint("framework_id", "case_id", name=op.f("uq_skills_framework_id_case_id")),
        sa.UniqueConstraint("framework_id", "code", name=op.f("uq_skills_framework_id_code")),
        sa.UniqueConstraint("key", name=op.f("uq_skills_key")),
    )
    op.create_index(op.f("ix_skills_case_id"), "skills", ["case_id"], unique=False)
    op.create_index(op.f("ix_skills_parent_id"), "skills", ["parent_id"], unique=False)
    op.create_table(
        "skill_mappings",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("item_key", sa.String(length=120), nullable=False),
        sa.Column("skill_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=4, scale=3), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("level > 0", name=op.f("ck_skill_mappings_levels_begin_at_one")),
        sa.CheckConstraint(
            "weight > 0 AND weight <= 1", name=op.f("ck_skill_mappings_weight_is_a_part")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_skill_mappings_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["people.id"], name=op.f("fk_skill_mappings_ended_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_skill_mappings_made_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_skill_mappings_skill_id_skills")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_mappings")),
    )
    op.create_index(
        op.f("ix_skill_mappings_ended_by_id"), "skill_mappings", ["ended_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_skill_mappings_made_by_id"), "skill_mappings", ["made_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_skill_mappings_skill_id"), "skill_mappings", ["skill_id"], unique=False
    )
    op.create_index(
        "one_live_skill_mapping",
        "skill_mappings",
        ["course_id", "item_key", "skill_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "evidence",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=4, scale=3), nullable=False),
        sa.Column("source", sa.String(length=30), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("lab_version_id", sa.Uuid(), nullable=True),
        sa.Column("lab_version_number", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("work_hash", sa.String(length=64), nullable=False),
        sa.Column("score", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("max_score", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("grader", sa.String(length=80), nullable=False),
        sa.Column("environment", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("environment_digest", sa.String(length=64), nullable=False),
        sa.Column("vouching", sa.String(length=30), nullable=False),
        sa.Column("vouched_by_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(vouching = 'autograded') = (vouched_by_id IS NULL)",
            name=op.f("ck_evidence_somebody_vouches"),
        ),
        sa.CheckConstraint("level > 0", name=op.f("ck_evidence_levels_begin_at_one")),
        sa.CheckConstraint(
            "max_score > 0 AND score >= 0", name=op.f("ck_evidence_points_make_sense")
        ),
        sa.CheckConstraint("revision > 0", name=op.f("ck_evidence_revisions_begin_at_one")),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_evidence_valid_for_a_while")),
        sa.CheckConstraint("weight > 0 AND weight <= 1", name=op.f("ck_evidence_weight_is_a_part")),
        sa.ForeignKeyConstraint(
            ["lab_version_id"],
            ["lab_versions.id"],
            name=op.f("fk_evidence_lab_version_id_lab_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_evidence_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_evidence_section_id_sections")
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_evidence_skill_id_skills")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_evidence_submission_id_submissions"),
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["evidence.id"], name=op.f("fk_evidence_supersedes_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["vouched_by_id"], ["people.id"], name=op.f("fk_evidence_vouched_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint(
            "person_id",
            "source_id",
            "skill_id",
            "level",
            "vouching",
            "revision",
            name="uq_evidence_one_of_each",
        ),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_evidence_supersedes_id")),
    )
    op.create_index(
        op.f("ix_evidence_lab_version_id"), "evidence", ["lab_version_id"], unique=False
    )
    op.create_index(
        op.f("ix_evidence_person_id_skill_id"), "evidence", ["person_id", "skill_id"], unique=False
    )
    op.create_index(
        op.f("ix_evidence_section_id_skill_id"),
        "evidence",
        ["section_id", "skill_id"],
        unique=False,
    )
    op.create_index(op.f("ix_evidence_skill_id"), "evidence", ["skill_id"], unique=False)
    op.create_index(op.f("ix_evidence_source_id"), "evidence", ["source_id"], unique=False)
    op.create_index(op.f("ix_evidence_submission_id"), "evidence", ["submission_id"], unique=False)
    op.create_index(op.f("ix_evidence_vouched_by_id"), "evidence", ["vouched_by_id"], unique=False)
    op.create_table(
        "supervised_repeats",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("lab_slug", sa.String(length=80), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_by_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("attested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attested_by_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(submission_id IS NULL) = (attested_at IS NULL) AND (attested_at IS NULL) = (attested_by_id IS NULL)",
            name=op.f("ck_supervised_repeats_attested_by_somebody"),
        ),
        sa.CheckConstraint(
            "attested_at IS NULL OR cancelled_at IS NULL",
            name=op.f("ck_supervised_repeats_one_end_only"),
        ),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("ck_supervised_repeats_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(
            ["attested_by_id"],
            ["people.id"],
            name=op.f("fk_supervised_repeats_attested_by_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"],
            ["people.id"],
            name=op.f("fk_supervised_repeats_cancelled_by_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"],
            ["people.id"],
            name=op.f("fk_supervised_repeats_ordered_by_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_supervised_repeats_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_supervised_repeats_section_id_sections")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_supervised_repeats_submission_id_submissions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervised_repeats")),
    )
    op.create_index(
        op.f("ix_supervised_repeats_attested_by_id"),
        "supervised_repeats",
        ["attested_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_supervised_repeats_cancelled_by_id"),
        "supervised_repeats",
        ["cancelled_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_supervised_repeats_ordered_by_id"),
        "supervised_repeats",
        ["ordered_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_supervised_repeats_person_id"), "supervised_repeats", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_supervised_repeats_section_id_starts_at"),
        "supervised_repeats",
        ["section_id", "starts_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_supervised_repeats_submission_id"),
        "supervised_repeats",
        ["submission_id"],
        unique=False,
    )
    op.create_table(
        "evidence_withdrawals",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_evidence_withdrawals_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_evidence_withdrawals_evidence_id_evidence"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_withdrawals")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_evidence_withdrawals_evidence_id")),
    )
    op.create_index(
        op.f("ix_evidence_withdrawals_by_id"), "evidence_withdrawals", ["by_id"], unique=False
    )
    op.create_table(
        "grading_stamps",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("grader", sa.String(length=80), nullable=False),
        sa.Column("environment", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("environment_digest", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_grading_stamps_attempt_id_attempts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grading_stamps")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_grading_stamps_attempt_id")),
    )
    for table in STAYS:
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
        )
    # What ended stays ended: a repeat is attested or cancelled once.
    op.execute(
        "CREATE TRIGGER supervised_repeats_stay BEFORE UPDATE ON supervised_repeats FOR EACH ROW"
        " WHEN (OLD.attested_at IS NOT NULL OR OLD.cancelled_at IS NOT NULL)"
        " EXECUTE FUNCTION banyan_stays()"
    )
    op.execute(
        "CREATE TRIGGER skill_mappings_stay BEFORE UPDATE ON skill_mappings FOR EACH ROW"
        " WHEN (OLD.ended_at IS NOT NULL OR ROW(OLD.course_id, OLD.item_key, OLD.skill_id,"
        " OLD.level, OLD.weight) IS DISTINCT FROM ROW(NEW.course_id, NEW.item_key, NEW.skill_id,"
        " NEW.level, NEW.weight)) EXECUTE FUNCTION banyan_stays()"
    )


def downgrade() -> None:
    op.drop_table("grading_stamps")
    op.drop_index(op.f("ix_evidence_withdrawals_by_id"), table_name="evidence_withdrawals")
    op.drop_table("evidence_withdrawals")
    op.drop_index(op.f("ix_supervised_repeats_submission_id"), table_name="supervised_repeats")
    op.drop_index(
        op.f("ix_supervised_repeats_section_id_starts_at"), table_name="supervised_repeats"
    )
    op.drop_index(op.f("ix_supervised_repeats_person_id"), table_name="supervised_repeats")
    op.drop_index(op.f("ix_supervised_repeats_ordered_by_id"), table_name="supervised_repeats")
    op.drop_index(op.f("ix_supervised_repeats_cancelled_by_id"), table_name="supervised_repeats")
    op.drop_index(op.f("ix_supervised_repeats_attested_by_id"), table_name="supervised_repeats")
    op.drop_table("supervised_repeats")
    op.drop_index(op.f("ix_evidence_vouched_by_id"), table_name="evidence")
    op.drop_index(op.f("ix_evidence_submission_id"), table_name="evidence")
    op.drop_index(op.f("ix_evidence_source_id"), table_name="evidence")
    op.drop_index(op.f("ix_evidence_skill_id"), table_name="evidence")
    op.drop_index(op.f("ix_evidence_section_id_skill_id"), table_name="evidence")
    op.drop_index(op.f("ix_evidence_person_id_skill_id"), table_name="evidence")
    op.drop_index(op.f("ix_evidence_lab_version_id"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_index(
        "one_live_skill_mapping",
        table_name="skill_mappings",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_skill_mappings_skill_id"), table_name="skill_mappings")
    op.drop_index(op.f("ix_skill_mappings_made_by_id"), table_name="skill_mappings")
    op.drop_index(op.f("ix_skill_mappings_ended_by_id"), table_name="skill_mappings")
    op.drop_table("skill_mappings")
    op.drop_index(op.f("ix_skills_parent_id"), table_name="skills")
    op.drop_index(op.f("ix_skills_case_id"), table_name="skills")
    op.drop_table("skills")
    op.drop_index(
        op.f("ix_skill_framework_versions_imported_by_id"), table_name="skill_framework_versions"
    )
    op.drop_table("skill_framework_versions")
    op.drop_index(op.f("ix_skill_frameworks_retired_by_id"), table_name="skill_frameworks")
    op.drop_table("skill_frameworks")
