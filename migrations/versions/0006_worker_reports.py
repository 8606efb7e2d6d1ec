"""Workers say where they run and what they cannot do; operators see the queue."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worker_reports",
        sa.Column("queue_worker", sa.BigInteger(), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("jobs", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("obstacle", sa.String(), nullable=True),
        sa.Column("without_sandbox", sa.Boolean(), nullable=False),
        sa.Column("environments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_reports")),
        sa.UniqueConstraint("queue_worker", name=op.f("uq_worker_reports_queue_worker")),
    )
    op.add_column("attempts", sa.Column("worker", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_attempts_finished_at"), "attempts", ["finished_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_attempts_finished_at"), table_name="attempts")
    op.drop_column("attempts", "worker")
    op.drop_table("worker_reports")
