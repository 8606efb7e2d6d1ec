"""Announcements with who has read them, and secret addresses of calendars."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entries", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_calendar_feeds_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_calendar_feeds_token_digest")),
    )
    op.create_index(
        "one_live_feed",
        "calendar_feeds",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "announcements",
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("offering_id", sa.Uuid(), nullable=True),
        sa.Column("with_followers", sa.Boolean(), nullable=False),
        sa.Column("school_ids", postgresql.JSONB(), nullable=True),
        sa.Column("roles", postgresql.JSONB(), nullable=True),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("body_html", postgresql.JSONB(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pinned_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(section_id IS NULL AND offering_id IS NULL) OR (school_ids IS NULL AND roles IS NULL)",
            name=op.f("ck_announcements_schools_and_roles_are_of_the_site"),
        ),
        sa.CheckConstraint(
            "offering_id IS NOT NULL OR NOT with_followers",
            name=op.f("ck_announcements_leads_have_followers"),
        ),
        sa.CheckConstraint(
            "section_id IS NULL OR offering_id IS NULL",
            name=op.f("ck_announcements_for_a_section_or_an_offering"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people.id"], name=op.f("fk_announcements_author_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offerings.id"], name=op.f("fk_announcements_offering_id_offerings")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_announcements_section_id_sections")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["people.id"], name=op.f("fk_announcements_withdrawn_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
        sa.UniqueConstraint("author_id", "key", name=op.f("uq_announcements_author_id_key")),
    )
    op.create_index(
        "announcements_of_the_site",
        "announcements",
        ["publish_at"],
        unique=False,
        postgresql_where=sa.text("section_id IS NULL AND offering_id IS NULL"),
    )
    op.create_index(
        "announcements_to_tell",
        "announcements",
        ["publish_at"],
        unique=False,
        postgresql_where=sa.text("begun_at IS NULL"),
    )
    op.create_index(
        op.f("ix_announcements_offering_id"), "announcements", ["offering_id"], unique=False
    )
    op.create_index(
        op.f("ix_announcements_section_id"), "announcements", ["section_id"], unique=False
    )
    op.create_table(
        "announcement_readings",
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcements.id"],
            name=op.f("fk_announcement_readings_announcement_id_announcements"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_announcement_readings_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_readings")),
        sa.UniqueConstraint(
            "announcement_id",
            "person_id",
            name=op.f("uq_announcement_readings_announcement_id_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_announcement_readings_person_id"),
        "announcement_readings",
        ["person_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("announcement_readings")
    op.drop_table("announcements")
    op.drop_table("calendar_feeds")
