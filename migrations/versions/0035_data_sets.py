"""Data sets in versions that never change, and files that are arriving."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_sets",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("description", postgresql.JSONB(), nullable=True),
        sa.Column("licence", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=1000), nullable=False),
        sa.Column(
            "access",
            sa.Enum("open", "hidden", name="access", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("files", postgresql.JSONB(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "name ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_data_sets_name_is_a_folder_name")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_data_sets_numbers_begin_at_one")),
        sa.ForeignKeyConstraint(
            ["kept_by_id"], ["people.id"], name=op.f("fk_data_sets_kept_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_sets")),
        sa.UniqueConstraint("name", "number", name=op.f("uq_data_sets_name_number")),
    )
    op.create_index(op.f("ix_data_sets_digest"), "data_sets", ["digest"], unique=False)
    op.create_index(op.f("ix_data_sets_kept_by_id"), "data_sets", ["kept_by_id"], unique=False)
    op.create_table(
        "data_uploads",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.String(length=40), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "received BETWEEN 0 AND size", name=op.f("ck_data_uploads_received_is_within")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_data_uploads_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_uploads")),
    )
    op.create_index(
        op.f("ix_data_uploads_changed_at"), "data_uploads", ["changed_at"], unique=False
    )
    op.create_index(
        "one_upload_of_a_file",
        "data_uploads",
        ["person_id", "file_name", "size", "mark"],
        unique=True,
        postgresql_where=sa.text("kept_at IS NULL"),
    )
    op.execute(
        "CREATE TRIGGER data_sets_stay BEFORE UPDATE ON data_sets"
        " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
    )


def downgrade() -> None:
    op.drop_index(
        "one_upload_of_a_file",
        table_name="data_uploads",
        postgresql_where=sa.text("kept_at IS NULL"),
    )
    op.drop_index(op.f("ix_data_uploads_changed_at"), table_name="data_uploads")
    op.drop_table("data_uploads")
    op.drop_index(op.f("ix_data_sets_kept_by_id"), table_name="data_sets")
    op.drop_index(op.f("ix_data_sets_digest"), table_name="data_sets")
    op.drop_table("data_sets")
