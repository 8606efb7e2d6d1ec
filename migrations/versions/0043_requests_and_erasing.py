"""What people ask for about their data; erasing has a road through protected tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

LET_THE_ERASER = """
            IF current_setting('banyan.erasing', true) = 'on' THEN
                RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
            END IF;"""


def _stays(passing: str) -> str:
    """The rule of 0002 that published rows are never changed."""
    return f"""
        CREATE OR REPLACE FUNCTION banyan_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN{passing}
            RAISE EXCEPTION 'rows of % are never changed: make a new version', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END
        $$
    """


def _answers_stay(passing: str) -> str:
    """The rule of 0012 that answers stay once their attempt is handed in."""
    return f"""
        CREATE OR REPLACE FUNCTION banyan_quiz_answer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            attempt uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.attempt_id ELSE NEW.attempt_id END;
        BEGIN{passing}
            IF EXISTS (
                SELECT 1 FROM quiz_attempts WHERE id = attempt AND submitted_at IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'the attempt is handed in: its answers stay'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END
        $$
    """


def upgrade() -> None:
    op.add_column("people", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(_stays(LET_THE_ERASER))
    op.execute(_answers_stay(LET_THE_ERASER))
    op.create_table(
        "data_requests",
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "export",
                "correct",
                "stop",
                "erase",
                name="requestkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(length=4000), nullable=False),
        sa.Column("contact", sa.String(length=320), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("total_count", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=4000), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("receipt", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("receipt_digest", sa.String(length=64), nullable=True),
        sa.Column("token_digest", sa.String(length=64), nullable=True),
        sa.Column("leaving", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_data_requests_answered_by_one"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["people.id"], name=op.f(f"fk_data_requests_{column}_people")
            )
            for column in ("person_id", "recorded_by_id", "answered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_data_requests_token_digest")),
    )
    op.create_index(op.f("ix_data_requests_person_id"), "data_requests", ["person_id"])
    op.create_index(
        "one_open_request",
        "data_requests",
        ["person_id", "kind"],
        unique=True,
        postgresql_where=sa.text(
            "done_at IS NULL AND cancelled_at IS NULL AND kind IN ('export', 'erase')"
        ),
    )
    op.create_index(
        "open_requests",
        "data_requests",
        ["due_at"],
        postgresql_where=sa.text("done_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("data_requests")
    op.execute(_answers_stay(""))
    op.execute(_stays(""))
    op.drop_column("people", "erased_at")
