"""What a cluster says of outcomes, partners and what completes it; its rules are never changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

EMPTY = sa.text("'[]'")


def upgrade() -> None:
    op.add_column(
        "clusters",
        sa.Column("outcomes", postgresql.JSONB(), server_default=EMPTY, nullable=False),
    )
    op.add_column(
        "clusters",
        sa.Column("partners", postgresql.JSONB(), server_default=EMPTY, nullable=False),
    )
    op.add_column("clusters", sa.Column("loaded_digest", sa.String(length=64), nullable=True))
    op.add_column(
        "clusters",
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )
    op.add_column("clusters", sa.Column("updated_by_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_clusters_updated_by_id_people"), "clusters", "people", ["updated_by_id"], ["id"]
    )
    op.create_table(
        "cluster_rules",
        sa.Column("cluster_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("holds_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["clusters.id"], name=op.f("fk_cluster_rules_cluster_id_clusters")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_cluster_rules_made_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster_rules")),
        sa.UniqueConstraint(
            "cluster_id", "number", name=op.f("uq_cluster_rules_cluster_id_number")
        ),
    )
    op.execute(
        "CREATE TRIGGER cluster_rules_stay BEFORE UPDATE ON cluster_rules"
        " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
    )


def downgrade() -> None:
    op.drop_table("cluster_rules")
    op.drop_constraint(op.f("fk_clusters_updated_by_id_people"), "clusters", type_="foreignkey")
    for column in ("updated_by_id", "revision", "loaded_digest", "partners", "outcomes"):
        op.drop_column("clusters", column)
