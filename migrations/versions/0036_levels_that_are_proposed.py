"""Proposals of what counts of two judgements carry the levels of the rubric."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("marking_proposals", sa.Column("marks", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("marking_proposals", "marks")
