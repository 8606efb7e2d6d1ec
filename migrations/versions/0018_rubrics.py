"""Rubrics in versions, where they are used, how work was judged by them, and kept comments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rubrics",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column(
            "visibility",
            sa.Enum(
                "mine", "organisation", "everybody", name="visibility", native_enum=False, length=30
            ),
            nullable=False,
        ),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("copied_from_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft", postgresql.JSONB(), nullable=True),
        sa.Column("draft_before", postgresql.JSONB(), nullable=True),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("draft_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "visibility <> 'organisation' OR organisation_id IS NOT NULL",
            name=op.f("ck_rubrics_shared_with_some_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["copied_from_id"], ["rubrics.id"], name=op.f("fk_rubrics_copied_from_id_rubrics")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_rubrics_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name=op.f("fk_rubrics_owner_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubrics")),
    )
    op.create_index(
        op.f("ix_rubrics_organisation_id"), "rubrics", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_rubrics_owner_id"), "rubrics", ["owner_id"], unique=False)
    op.create_table(
        "saved_comments",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("text", postgresql.JSONB(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("used_count", sa.Integer(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_saved_comments_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name=op.f("fk_saved_comments_owner_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_comments")),
    )
    op.create_index(
        op.f("ix_saved_comments_organisation_id"),
        "saved_comments",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_saved_comments_owner_id"), "saved_comments", ["owner_id"], unique=False
    )
    op.create_table(
        "rubric_versions",
        sa.Column("rubric_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("maximum", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("criteria_count", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_rubric_versions_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["rubric_id"], ["rubrics.id"], name=op.f("fk_rubric_versions_rubric_id_rubrics")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_versions")),
        sa.UniqueConstraint(
            "rubric_id", "number", name=op.f("uq_rubric_versions_rubric_id_number")
        ),
    )
    op.create_table(
        "rubric_attachments",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detached_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_rubric_attachments_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["detached_by_id"],
            ["people.id"],
            name=op.f("fk_rubric_attachments_detached_by_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["rubric_versions.id"],
            name=op.f("fk_rubric_attachments_version_id_rubric_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_attachments")),
    )
    op.create_index(
        op.f("ix_rubric_attachments_version_id"), "rubric_attachments", ["version_id"], unique=False
    )
    op.create_index(
        "one_rubric_at_a_key",
        "rubric_attachments",
        ["key"],
        unique=True,
        postgresql_where=sa.text("detached_at IS NULL"),
    )
    op.create_table(
        "rubric_judgements",
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("marks", postgresql.JSONB(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("total", sa.Numeric(precision=9, scale=2), nullable=True),
        sa.Column("maximum", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("has_failed", sa.Boolean(), nullable=False),
        sa.Column("is_draft", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "NOT is_draft OR superseded_at IS NULL",
            name=op.f("ck_rubric_judgements_a_draft_is_not_superseded"),
        ),
        sa.ForeignKeyConstraint(
            ["judge_id"], ["people.id"], name=op.f("fk_rubric_judgements_judge_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["rubric_versions.id"],
            name=op.f("fk_rubric_judgements_version_id_rubric_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_judgements")),
    )
    op.create_index(
        op.f("ix_rubric_judgements_judge_id"), "rubric_judgements", ["judge_id"], unique=False
    )
    op.create_index(
        op.f("ix_rubric_judgements_subject"), "rubric_judgements", ["subject"], unique=False
    )
    op.create_index(
        op.f("ix_rubric_judgements_version_id"), "rubric_judgements", ["version_id"], unique=False
    )
    op.create_index(
        "one_draft_of_a_judge",
        "rubric_judgements",
        ["subject", "judge_id"],
        unique=True,
        postgresql_where=sa.text("is_draft"),
    )
    op.create_index(
        "one_judgement_counts",
        "rubric_judgements",
        ["subject"],
        unique=True,
        postgresql_where=sa.text("NOT is_draft AND superseded_at IS NULL"),
    )
    op.execute(
        "CREATE TRIGGER rubric_versions_stay BEFORE UPDATE ON rubric_versions"
        " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
    )
    # A final judgement can be superseded, once; nothing else about it changes.
    op.execute("""
        CREATE TRIGGER rubric_judgements_stay BEFORE UPDATE ON rubric_judgements
            FOR EACH ROW
            WHEN (NOT OLD.is_draft AND (
                OLD.superseded_at IS NOT NULL
                OR to_jsonb(OLD) - 'superseded_at' <> to_jsonb(NEW) - 'superseded_at'
            ))
            EXECUTE FUNCTION banyan_stays()
    """)


def downgrade() -> None:
    op.drop_table("rubric_judgements")
    op.drop_table("rubric_attachments")
    op.drop_table("rubric_versions")
    op.drop_table("saved_comments")
    op.drop_table("rubrics")
