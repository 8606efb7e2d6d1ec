"""Portfolios: pages, their parts, files, and whom each page is shown to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "portfolio_files",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_portfolio_files_something_is_there")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_portfolio_files_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portfolio_files")),
    )
    op.create_index(
        op.f("ix_portfolio_files_person_id"), "portfolio_files", ["person_id"], unique=False
    )
    op.create_table(
        "portfolio_pages",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("lede", postgresql.JSONB(), nullable=True),
        sa.Column("contact", sa.String(length=30), nullable=False),
        sa.Column("picture", sa.String(length=30), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_portfolio_pages_slug_is_an_address")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_portfolio_pages_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portfolio_pages")),
        sa.UniqueConstraint("person_id", "slug", name=op.f("uq_portfolio_pages_person_id_slug")),
    )
    op.create_table(
        "portfolio_blocks",
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", postgresql.JSONB(), nullable=True),
        sa.Column("body", postgresql.JSONB(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("seen_by", sa.String(length=30), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["portfolio_pages.id"],
            name=op.f("fk_portfolio_blocks_page_id_portfolio_pages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portfolio_blocks")),
    )
    op.create_index(
        op.f("ix_portfolio_blocks_page_id"), "portfolio_blocks", ["page_id"], unique=False
    )
    op.create_table(
        "portfolio_profiles",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.Column("headline", postgresql.JSONB(), nullable=True),
        sa.Column("place", postgresql.JSONB(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("links", postgresql.JSONB(), nullable=False),
        sa.Column("picture_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_portfolio_profiles_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"],
            ["portfolio_files.id"],
            name=op.f("fk_portfolio_profiles_picture_id_portfolio_files"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portfolio_profiles")),
        sa.UniqueConstraint("person_id", name=op.f("uq_portfolio_profiles_person_id")),
    )
    op.create_index(
        op.f("ix_portfolio_profiles_picture_id"), "portfolio_profiles", ["picture_id"], unique=False
    )
    op.create_table(
        "portfolio_shares",
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(length=30), nullable=False),
        sa.Column("token", sa.String(length=60), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("is_indexed", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(audience = 'company') = (organisation_id IS NOT NULL)",
            name=op.f("ck_portfolio_shares_company_is_named"),
        ),
        sa.CheckConstraint(
            "(audience = 'link') = (token IS NOT NULL)",
            name=op.f("ck_portfolio_shares_link_has_a_token"),
        ),
        sa.CheckConstraint(
            "audience = 'public' OR NOT is_indexed",
            name=op.f("ck_portfolio_shares_only_public_is_found"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_portfolio_shares_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["portfolio_pages.id"],
            name=op.f("fk_portfolio_shares_page_id_portfolio_pages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portfolio_shares")),
        sa.UniqueConstraint("token", name=op.f("uq_portfolio_shares_token")),
    )
    op.create_index(
        op.f("ix_portfolio_shares_organisation_id"),
        "portfolio_shares",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_portfolio_shares_page_id"), "portfolio_shares", ["page_id"], unique=False
    )
    op.create_index(
        "one_live_company_share",
        "portfolio_shares",
        ["page_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("audience = 'company' AND ended_at IS NULL"),
    )
    op.create_index(
        "one_live_public_share",
        "portfolio_shares",
        ["page_id"],
        unique=True,
        postgresql_where=sa.text("audience = 'public' AND ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "one_live_public_share",
        table_name="portfolio_shares",
        postgresql_where=sa.text("audience = 'public' AND ended_at IS NULL"),
    )
    op.drop_index(
        "one_live_company_share",
        table_name="portfolio_shares",
        postgresql_where=sa.text("audience = 'company' AND ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_portfolio_shares_page_id"), table_name="portfolio_shares")
    op.drop_index(op.f("ix_portfolio_shares_organisation_id"), table_name="portfolio_shares")
    op.drop_table("portfolio_shares")
    op.drop_index(op.f("ix_portfolio_profiles_picture_id"), table_name="portfolio_profiles")
    op.drop_table("portfolio_profiles")
    op.drop_index(op.f("ix_portfolio_blocks_page_id"), table_name="portfolio_blocks")
    op.drop_table("portfolio_blocks")
    op.drop_table("portfolio_pages")
    op.drop_index(op.f("ix_portfolio_files_person_id"), table_name="portfolio_files")
    op.drop_table("portfolio_files")
