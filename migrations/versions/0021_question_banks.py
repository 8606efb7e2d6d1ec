"""Pools of questions in the drafts of courses."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BEFORE = "(kind IN ('course', 'module')) = (parent_id IS NULL)"
AFTER = "(kind IN ('course', 'module', 'pool')) = (parent_id IS NULL)"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_draft_nodes_in_a_module"), "draft_nodes", type_="check")
    op.create_check_constraint(op.f("ck_draft_nodes_in_a_module"), "draft_nodes", AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM draft_nodes WHERE kind = 'pool'")
    op.drop_constraint(op.f("ck_draft_nodes_in_a_module"), "draft_nodes", type_="check")
    op.create_check_constraint(op.f("ck_draft_nodes_in_a_module"), "draft_nodes", BEFORE)
