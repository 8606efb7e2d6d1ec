"""Quizzes in course versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("course_items", sa.Column("quiz", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("course_items", "quiz")
