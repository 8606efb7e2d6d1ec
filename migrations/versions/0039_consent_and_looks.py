"""The ledger of consent, which is only added to, and who looked at whom."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent_entries",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column(
            "act",
            sa.Enum("informed", "consented", "withdrew", name="act", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("notice_version", sa.Integer(), nullable=False),
        sa.Column("notice_digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "notice_version > 0", name=op.f("ck_consent_entries_a_notice_was_shown")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_consent_entries_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_consent_entries_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_entries")),
    )
    op.create_index(
        op.f("ix_consent_entries_person_id_purpose_organisation_id_at"),
        "consent_entries",
        ["person_id", "purpose", "organisation_id", "at"],
    )
    op.execute(
        "CREATE TRIGGER consent_entries_stay BEFORE UPDATE OR DELETE ON consent_entries"
        " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
    )
    op.create_table(
        "lookings",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("viewer_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_lookings_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_lookings_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["viewer_id"], ["people.id"], name=op.f("fk_lookings_viewer_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lookings")),
    )
    op.create_index(op.f("ix_lookings_viewer_id"), "lookings", ["viewer_id"])
    op.create_index(op.f("ix_lookings_person_id_last_at"), "lookings", ["person_id", "last_at"])
    op.create_index(
        "one_looking_an_hour",
        "lookings",
        ["person_id", "viewer_id", "what", "subject", "hour"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.drop_table("lookings")
    op.drop_table("consent_entries")
