"""Attempts wait in lines, one per section, and jobs are tickets that grade whichever is next."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempts", sa.Column("section_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE attempts SET section_id = submissions.section_id FROM submissions"
        " WHERE submissions.id = attempts.submission_id"
    )
    op.alter_column("attempts", "section_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_attempts_section_id_sections"), "attempts", "sections", ["section_id"], ["id"]
    )
    op.add_column(
        "attempts", sa.Column("priority", sa.SmallInteger(), server_default="10", nullable=False)
    )
    op.add_column("attempts", sa.Column("turn", sa.Integer(), server_default="0", nullable=False))
    op.add_column("attempts", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.add_column("attempts", sa.Column("ticket", sa.BigInteger(), nullable=True))
    op.create_index(
        "waiting_attempts",
        "attempts",
        ["priority", "section_id", "turn", "queued_at"],
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "running_attempts",
        "attempts",
        ["section_id"],
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index(
        op.f("ix_attempts_section_id_claimed_at"), "attempts", ["section_id", "claimed_at"]
    )
    op.create_index(
        "attempts_by_ticket",
        "attempts",
        ["ticket"],
        postgresql_where=sa.text("ticket IS NOT NULL"),
    )
    # Jobs that are under way name their attempt, and find it again by its ticket.
    op.execute(
        "UPDATE attempts SET ticket = job.id FROM procrastinate_jobs job"
        " WHERE job.task_name = 'grading.tasks.grade' AND job.status IN ('todo', 'doing')"
        " AND job.args->>'attempt_id' = attempts.id::text AND attempts.state = 'running'"
    )


def downgrade() -> None:
    # The older version looks for one job per attempt, and makes those that it misses.
    op.execute(
        "DELETE FROM procrastinate_jobs WHERE task_name = 'grading.tasks.grade'"
        " AND status = 'todo' AND NOT args ? 'attempt_id'"
    )
    for name in ("attempts_by_ticket", "running_attempts", "waiting_attempts"):
        op.drop_index(name, table_name="attempts")
    op.drop_index(op.f("ix_attempts_section_id_claimed_at"), table_name="attempts")
    op.drop_constraint(op.f("fk_attempts_section_id_sections"), "attempts", type_="foreignkey")
    for name in ("ticket", "not_before", "turn", "priority", "section_id"):
        op.drop_column("attempts", name)
