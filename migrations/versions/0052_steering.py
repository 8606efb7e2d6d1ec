"""The officers' desk: who looks after what, messages to many."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_messages",
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("subject_of", sa.String(length=80), nullable=False),
        sa.Column("audience_name", sa.String(length=200), nullable=False),
        sa.Column("subject_zh", sa.String(length=150), nullable=False),
        sa.Column("subject_en", sa.String(length=150), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("recipient_count", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("recipient_count > 0", name=op.f("ck_bulk_messages_somebody_got_it")),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["people.id"], name=op.f("fk_bulk_messages_sender_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_messages")),
        sa.UniqueConstraint("sender_id", "key", name=op.f("uq_bulk_messages_sender_id_key")),
    )
    op.create_index(op.f("ix_bulk_messages_sent_at"), "bulk_messages", ["sent_at"], unique=False)
    op.create_table(
        "desk_items",
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_by_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(owner_id IS NULL) = (owned_at IS NULL)", name=op.f("ck_desk_items_owned_since")
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["people.id"], name=op.f("fk_desk_items_given_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name=op.f("fk_desk_items_owner_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_items")),
        sa.UniqueConstraint("queue", "key", name=op.f("uq_desk_items_queue_key")),
    )
    op.create_index(op.f("ix_desk_items_owner_id"), "desk_items", ["owner_id"], unique=False)
    op.create_table(
        "bulk_recipients",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["bulk_messages.id"],
            name=op.f("fk_bulk_recipients_message_id_bulk_messages"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_bulk_recipients_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_recipients")),
        sa.UniqueConstraint(
            "message_id", "person_id", name=op.f("uq_bulk_recipients_message_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_bulk_recipients_person_id"), "bulk_recipients", ["person_id"], unique=False
    )

    op.execute(
        "CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON bulk_messages"
        " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
    )


def downgrade() -> None:
    op.drop_table("bulk_recipients")
    op.drop_table("bulk_messages")
    op.drop_table("desk_items")
