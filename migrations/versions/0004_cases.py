"""An attempt whose checks did not hold has a case: an answer, a decision, and then no change."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tamper_cases",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=30), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_tamper_cases_decided_when_there_is_a_decision"),
        ),
        sa.CheckConstraint(
            "decision IS DISTINCT FROM 'confirmed' OR length(reason) > 0",
            name=op.f("ck_tamper_cases_confirmed_with_a_reason"),
        ),
        sa.CheckConstraint(
            "answer IS NULL OR length(answer) <= 2000",
            name=op.f("ck_tamper_cases_answer_is_short"),
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_tamper_cases_attempt_id_attempts")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_tamper_cases_decided_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tamper_cases")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_tamper_cases_attempt_id")),
    )
    op.create_index(
        "open_tamper_cases",
        "tamper_cases",
        ["opened_at"],
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.execute(
        "CREATE TRIGGER tamper_cases_stay BEFORE UPDATE ON tamper_cases FOR EACH ROW"
        " WHEN (OLD.decided_at IS NOT NULL) EXECUTE FUNCTION banyan_stays()"
    )
    # Attempts that were withheld before there were cases wait for a decision as well.
    op.execute(
        "INSERT INTO tamper_cases (id, attempt_id, opened_at, reason)"
        " SELECT gen_random_uuid(), id, coalesce(finished_at, now()), '' FROM attempts"
        " WHERE state = 'tampered'"
    )


def downgrade() -> None:
    op.drop_table("tamper_cases")
