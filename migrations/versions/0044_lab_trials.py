"""Labs are tried as a student before they are published."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

TABLE = "lab_checks"


def upgrade() -> None:
    op.add_column(
        TABLE, sa.Column("of_draft", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    for name in ("work", "result"):
        op.add_column(TABLE, sa.Column(name, postgresql.JSONB(none_as_null=True), nullable=True))


def downgrade() -> None:
    for name in ("result", "work", "of_draft"):
        op.drop_column(TABLE, name)
