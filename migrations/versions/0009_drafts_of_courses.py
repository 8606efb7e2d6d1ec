"""Courses have editors, drafts, comments on them, and versions that remember their source."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course_editors",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["people.id"], name=op.f("fk_course_editors_added_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_editors_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_course_editors_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_editors")),
    )
    op.create_index(
        op.f("ix_course_editors_person_id"), "course_editors", ["person_id"], unique=False
    )
    op.create_index(
        "one_live_place_among_the_editors",
        "course_editors",
        ["course_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "course_drafts",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("base_version_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("pictures", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["base_version_id"],
            ["course_versions.id"],
            name=op.f("fk_course_drafts_base_version_id_course_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_drafts_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["people.id"], name=op.f("fk_course_drafts_updated_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_drafts")),
        sa.UniqueConstraint("course_id", name=op.f("uq_course_drafts_course_id")),
    )
    op.create_table(
        "course_sources",
        sa.Column("course_version_id", sa.Uuid(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_version_id"],
            ["course_versions.id"],
            name=op.f("fk_course_sources_course_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_sources")),
        sa.UniqueConstraint("course_version_id", name=op.f("uq_course_sources_course_version_id")),
    )
    op.create_table(
        "draft_nodes",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("stamps", JSONB(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('course', 'module')) = (parent_id IS NULL)",
            name=op.f("ck_draft_nodes_in_a_module"),
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["course_drafts.id"],
            name=op.f("fk_draft_nodes_draft_id_course_drafts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["draft_nodes.id"],
            name=op.f("fk_draft_nodes_parent_id_draft_nodes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_nodes")),
    )
    op.create_index(op.f("ix_draft_nodes_draft_id"), "draft_nodes", ["draft_id"], unique=False)
    op.create_index(op.f("ix_draft_nodes_parent_id"), "draft_nodes", ["parent_id"], unique=False)
    op.create_index(
        "one_course_node",
        "draft_nodes",
        ["draft_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'course'"),
    )
    op.create_table(
        "review_comments",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=True),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(resolved_at IS NULL) = (resolved_by_id IS NULL)",
            name=op.f("ck_review_comments_resolved_by_one"),
        ),
        sa.CheckConstraint(
            "length(words) BETWEEN 1 AND 4000", name=op.f("ck_review_comments_words_are_few")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people.id"], name=op.f("fk_review_comments_author_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_review_comments_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["node_id"],
            ["draft_nodes.id"],
            name=op.f("fk_review_comments_node_id_draft_nodes"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["people.id"], name=op.f("fk_review_comments_resolved_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comments")),
    )
    op.create_index(
        op.f("ix_review_comments_course_id"), "review_comments", ["course_id"], unique=False
    )
    op.create_index(
        op.f("ix_review_comments_node_id"), "review_comments", ["node_id"], unique=False
    )
    op.add_column("clusters", sa.Column("body_markdown", JSONB(), nullable=True))
    op.add_column(
        "course_items",
        sa.Column("form", sa.String(length=30), server_default="text", nullable=False),
    )
    op.add_column("course_items", sa.Column("file_name", sa.String(length=200), nullable=True))
    op.add_column("course_items", sa.Column("file_blob", sa.String(length=64), nullable=True))
    op.add_column("course_items", sa.Column("url", sa.String(length=2000), nullable=True))
    op.create_index(op.f("ix_course_items_file_blob"), "course_items", ["file_blob"], unique=False)
    op.add_column("course_versions", sa.Column("published_by_id", sa.Uuid(), nullable=True))
    op.add_column(
        "course_versions",
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
    )
    op.add_column("course_versions", sa.Column("credits", sa.Double(), nullable=True))
    op.drop_constraint(
        op.f("uq_course_versions_course_id_digest"), "course_versions", type_="unique"
    )
    op.create_index(
        op.f("ix_course_versions_course_id_digest"),
        "course_versions",
        ["course_id", "digest"],
        unique=False,
    )
    op.create_foreign_key(
        op.f("fk_course_versions_published_by_id_people"),
        "course_versions",
        "people",
        ["published_by_id"],
        ["id"],
    )
    op.add_column("courses", sa.Column("school_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_courses_school_id"), "courses", ["school_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_courses_school_id_organisations"),
        "courses",
        "organisations",
        ["school_id"],
        ["id"],
    )
    op.execute(
        "CREATE TRIGGER course_sources_stay BEFORE UPDATE ON course_sources"
        " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_courses_school_id_organisations"), "courses", type_="foreignkey")
    op.drop_index(op.f("ix_courses_school_id"), table_name="courses")
    op.drop_column("courses", "school_id")
    op.drop_constraint(
        op.f("fk_course_versions_published_by_id_people"), "course_versions", type_="foreignkey"
    )
    op.drop_index(op.f("ix_course_versions_course_id_digest"), table_name="course_versions")
    op.create_unique_constraint(
        op.f("uq_course_versions_course_id_digest"), "course_versions", ["course_id", "digest"]
    )
    op.drop_column("course_versions", "credits")
    op.drop_column("course_versions", "note")
    op.drop_column("course_versions", "published_by_id")
    op.drop_index(op.f("ix_course_items_file_blob"), table_name="course_items")
    op.drop_column("course_items", "url")
    op.drop_column("course_items", "file_blob")
    op.drop_column("course_items", "file_name")
    op.drop_column("course_items", "form")
    op.drop_column("clusters", "body_markdown")
    op.drop_index(op.f("ix_review_comments_node_id"), table_name="review_comments")
    op.drop_index(op.f("ix_review_comments_course_id"), table_name="review_comments")
    op.drop_table("review_comments")
    op.drop_index(
        "one_course_node", table_name="draft_nodes", postgresql_where=sa.text("kind = 'course'")
    )
    op.drop_index(op.f("ix_draft_nodes_parent_id"), table_name="draft_nodes")
    op.drop_index(op.f("ix_draft_nodes_draft_id"), table_name="draft_nodes")
    op.drop_table("draft_nodes")
    op.drop_table("course_sources")
    op.drop_table("course_drafts")
    op.drop_index(
        "one_live_place_among_the_editors",
        table_name="course_editors",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_course_editors_person_id"), table_name="course_editors")
    op.drop_table("course_editors")
