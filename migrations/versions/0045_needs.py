"""What companies struggle with: interviews, pain points, merges, corrections."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interviews",
        sa.Column(
            "source",
            sa.Enum("interview", "own_words", name="source", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("company_name", sa.String(length=120), nullable=False),
        sa.Column("tax_id", sa.String(length=8), nullable=True),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_title", sa.String(length=120), nullable=False),
        sa.Column("contact_email", sa.String(length=320), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("industry", sa.String(length=40), nullable=False),
        sa.Column("county", sa.String(length=40), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column(
            "recording_consent",
            sa.Enum(
                "not_asked",
                "given",
                "refused",
                name="recordingconsent",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recording_blob", sa.String(length=64), nullable=True),
        sa.Column("recording_name", sa.String(length=200), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_for_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(recording_consent = 'not_asked') = (consent_at IS NULL)",
            name=op.f("ck_interviews_consent_has_a_time"),
        ),
        sa.CheckConstraint(
            "organisation_id IS NOT NULL OR company_name <> ''",
            name=op.f("ck_interviews_a_company_is_named"),
        ),
        sa.CheckConstraint(
            "recording_blob IS NULL OR recording_consent = 'given'",
            name=op.f("ck_interviews_no_recording_without_consent"),
        ),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by_id IS NULL)",
            name=op.f("ck_interviews_removed_by_one"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_interviews_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["people.id"], name=op.f("fk_interviews_recorded_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_for_id"],
            ["organisations.id"],
            name=op.f("fk_interviews_recorded_for_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["removed_by_id"], ["people.id"], name=op.f("fk_interviews_removed_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interviews")),
        sa.UniqueConstraint("recorded_by_id", "key", name=op.f("uq_interviews_recorded_by_id_key")),
    )
    op.create_index(op.f("ix_interviews_county"), "interviews", ["county"], unique=False)
    op.create_index(op.f("ix_interviews_held_on"), "interviews", ["held_on"], unique=False)
    op.create_index(op.f("ix_interviews_industry"), "interviews", ["industry"], unique=False)
    op.create_index(
        op.f("ix_interviews_organisation_id"), "interviews", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_interviews_recorded_for_id"), "interviews", ["recorded_for_id"], unique=False
    )
    op.create_index(op.f("ix_interviews_tax_id"), "interviews", ["tax_id"], unique=False)
    op.create_table(
        "interview_figures",
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=3), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_interview_figures_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_figures")),
    )
    op.create_index(
        op.f("ix_interview_figures_interview_id"),
        "interview_figures",
        ["interview_id"],
        unique=False,
    )
    op.create_table(
        "pain_points",
        sa.Column("number", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("description", postgresql.JSONB(), nullable=True),
        sa.Column("process", sa.String(length=120), nullable=False),
        sa.Column(
            "measure",
            sa.Enum(
                "time", "cost", "quality", "waste", name="measure", native_enum=False, length=30
            ),
            nullable=False,
        ),
        sa.Column("now_value", sa.Numeric(precision=18, scale=3), nullable=True),
        sa.Column("target_value", sa.Numeric(precision=18, scale=3), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("industries", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("technologies", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("company_count", sa.Integer(), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=True),
        sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("head_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(merged_into_id IS NULL) = (head_id = id)",
            name=op.f("ck_pain_points_merged_ones_have_another_head"),
        ),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by_id IS NULL)",
            name=op.f("ck_pain_points_removed_by_one"),
        ),
        sa.CheckConstraint(
            "cardinality(industries) >= 1", name=op.f("ck_pain_points_has_an_industry")
        ),
        sa.CheckConstraint("company_count >= 1", name=op.f("ck_pain_points_somebody_has_it")),
        sa.CheckConstraint(
            "merged_into_id <> id", name=op.f("ck_pain_points_not_merged_into_itself")
        ),
        sa.CheckConstraint("people_count >= 0", name=op.f("ck_pain_points_people_are_counted")),
        sa.ForeignKeyConstraint(
            ["head_id"], ["pain_points.id"], name=op.f("fk_pain_points_head_id_pain_points")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_pain_points_interview_id_interviews")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["pain_points.id"],
            name=op.f("fk_pain_points_merged_into_id_pain_points"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["people.id"], name=op.f("fk_pain_points_recorded_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by_id"], ["people.id"], name=op.f("fk_pain_points_removed_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pain_points")),
        sa.UniqueConstraint("number", name=op.f("uq_pain_points_number")),
        sa.UniqueConstraint(
            "recorded_by_id", "key", name=op.f("uq_pain_points_recorded_by_id_key")
        ),
    )
    op.create_index(
        op.f("ix_pain_points_grams"), "pain_points", ["grams"], unique=False, postgresql_using="gin"
    )
    op.create_index(op.f("ix_pain_points_head_id"), "pain_points", ["head_id"], unique=False)
    op.create_index(
        op.f("ix_pain_points_interview_id"), "pain_points", ["interview_id"], unique=False
    )
    op.create_index(
        op.f("ix_pain_points_merged_into_id"), "pain_points", ["merged_into_id"], unique=False
    )
    op.create_table(
        "need_changes",
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("pain_point_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_need_changes_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_need_changes_interview_id_interviews"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_need_changes_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["pain_point_id"],
            ["pain_points.id"],
            name=op.f("fk_need_changes_pain_point_id_pain_points"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_changes")),
    )
    op.create_index(
        op.f("ix_need_changes_interview_id"), "need_changes", ["interview_id"], unique=False
    )
    op.create_index(
        op.f("ix_need_changes_pain_point_id"), "need_changes", ["pain_point_id"], unique=False
    )
    op.create_table(
        "pain_point_merges",
        sa.Column("pain_point_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.Uuid(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL)",
            name=op.f("ck_pain_point_merges_undone_by_one"),
        ),
        sa.CheckConstraint(
            "pain_point_id <> into_id", name=op.f("ck_pain_point_merges_two_pain_points")
        ),
        sa.ForeignKeyConstraint(
            ["into_id"], ["pain_points.id"], name=op.f("fk_pain_point_merges_into_id_pain_points")
        ),
        sa.ForeignKeyConstraint(
            ["merged_by_id"], ["people.id"], name=op.f("fk_pain_point_merges_merged_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["pain_point_id"],
            ["pain_points.id"],
            name=op.f("fk_pain_point_merges_pain_point_id_pain_points"),
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["people.id"], name=op.f("fk_pain_point_merges_undone_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pain_point_merges")),
    )
    op.create_index(
        op.f("ix_pain_point_merges_into_id"), "pain_point_merges", ["into_id"], unique=False
    )
    op.create_index(
        "one_live_merge",
        "pain_point_merges",
        ["pain_point_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.execute(
        "CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON need_changes"
        " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
    )


def downgrade() -> None:
    op.drop_table("need_changes")
    op.drop_table("pain_point_merges")
    op.drop_table("pain_points")
    op.drop_table("interview_figures")
    op.drop_table("interviews")
