"""What students say of themselves to companies, saved searches, and who asked whom."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "talent_blocks",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_talent_blocks_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_talent_blocks_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_blocks")),
        sa.UniqueConstraint(
            "person_id", "organisation_id", name=op.f("uq_talent_blocks_person_id_organisation_id")
        ),
    )
    op.create_index(
        op.f("ix_talent_blocks_organisation_id"), "talent_blocks", ["organisation_id"], unique=False
    )
    op.create_table(
        "talent_contacts",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "accepted_at IS NULL OR declined_at IS NULL", name=op.f("ck_talent_contacts_one_answer")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_talent_contacts_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_talent_contacts_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_talent_contacts_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_contacts")),
    )
    op.create_index(op.f("ix_talent_contacts_by_id"), "talent_contacts", ["by_id"], unique=False)
    op.create_index(
        op.f("ix_talent_contacts_organisation_id_made_at"),
        "talent_contacts",
        ["organisation_id", "made_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_talent_contacts_person_id"), "talent_contacts", ["person_id"], unique=False
    )
    op.create_index(
        "one_open_question",
        "talent_contacts",
        ["organisation_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("declined_at IS NULL AND ended_at IS NULL"),
    )
    op.create_table(
        "talent_profiles",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("headline", sa.String(length=120), nullable=False),
        sa.Column("statement", sa.String(length=2000), nullable=False),
        sa.Column("counties", postgresql.JSONB(), nullable=False),
        sa.Column("is_remote", sa.Boolean(), nullable=False),
        sa.Column("languages", postgresql.JSONB(), nullable=False),
        sa.Column("industries", postgresql.JSONB(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("available_from", sa.Date(), nullable=True),
        sa.Column("available_until", sa.Date(), nullable=True),
        sa.Column("links", postgresql.JSONB(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "available_until >= available_from",
            name=op.f("ck_talent_profiles_available_for_a_while"),
        ),
        sa.CheckConstraint(
            "hours BETWEEN 0 AND 60", name=op.f("ck_talent_profiles_hours_of_a_week")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_talent_profiles_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_profiles")),
        sa.UniqueConstraint("code", name=op.f("uq_talent_profiles_code")),
        sa.UniqueConstraint("person_id", name=op.f("uq_talent_profiles_person_id")),
    )
    op.create_table(
        "talent_searches",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_talent_searches_made_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_talent_searches_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_searches")),
    )
    op.create_index(
        op.f("ix_talent_searches_made_by_id"), "talent_searches", ["made_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_talent_searches_organisation_id"),
        "talent_searches",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "talent_files",
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["portfolio_files.id"],
            name=op.f("fk_talent_files_file_id_portfolio_files"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"],
            ["talent_profiles.id"],
            name=op.f("fk_talent_files_profile_id_talent_profiles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_files")),
        sa.UniqueConstraint(
            "profile_id", "file_id", name=op.f("uq_talent_files_profile_id_file_id")
        ),
    )
    op.create_index(op.f("ix_talent_files_file_id"), "talent_files", ["file_id"], unique=False)
    op.create_table(
        "talent_seen",
        sa.Column("search_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_talent_seen_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["talent_searches.id"],
            name=op.f("fk_talent_seen_search_id_talent_searches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_seen")),
        sa.UniqueConstraint(
            "search_id", "person_id", name=op.f("uq_talent_seen_search_id_person_id")
        ),
    )
    op.create_index(op.f("ix_talent_seen_person_id"), "talent_seen", ["person_id"], unique=False)


def downgrade() -> None:
    for table in (
        "talent_seen",
        "talent_files",
        "talent_searches",
        "talent_profiles",
        "talent_contacts",
        "talent_blocks",
    ):
        op.drop_table(table)
