"""Plans of marking in versions, whose the work of each student is, second graders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

KEPT = ("marking_plans", "marking_proposals", "marking_settlements")
ENDING = {"marking_shares": "ended_at", "marking_opinions": "superseded_at"}


def _id(name: str, target: str | None = None, *, nullable: bool = False) -> sa.Column[object]:
    links = [sa.ForeignKey(target)] if target else []
    return sa.Column(name, sa.Uuid(), *links, nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    points = sa.Numeric(precision=10, scale=3)
    op.create_table(
        "marking_plans",
        _id("section_id", "sections.id"),
        sa.Column("item_key", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("sharing", sa.String(length=30), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("graders", postgresql.JSONB(), nullable=False),
        _id("group_set_id", "group_sets.id", nullable=True),
        sa.Column("groups", postgresql.JSONB(), nullable=False),
        sa.Column("seconds_percent", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("agreeing", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        _id("by_id", "people.id"),
        _at("at"),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marking_plans")),
        sa.UniqueConstraint(
            "section_id",
            "item_key",
            "number",
            name=op.f("uq_marking_plans_section_id_item_key_number"),
        ),
        sa.CheckConstraint(
            "seconds_percent BETWEEN 0 AND 100", name=op.f("ck_marking_plans_seconds_are_a_part")
        ),
        sa.CheckConstraint(
            "threshold BETWEEN 0 AND 100", name=op.f("ck_marking_plans_threshold_is_a_part")
        ),
    )
    op.create_table(
        "marking_shares",
        _id("section_id", "sections.id"),
        sa.Column("item_key", sa.String(length=120), nullable=False),
        _id("owner_id"),
        _id("grader_id", "people.id", nullable=True),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        _id("second_id", "people.id", nullable=True),
        sa.Column("is_by_hand", sa.Boolean(), nullable=False),
        _at("since"),
        _id("by_id", "people.id", nullable=True),
        _at("ended_at", nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marking_shares")),
        sa.CheckConstraint(
            "grader_id <> owner_id", name=op.f("ck_marking_shares_nobody_marks_her_own_work")
        ),
        sa.CheckConstraint(
            "second_id <> owner_id", name=op.f("ck_marking_shares_nobody_seconds_her_own_work")
        ),
        sa.CheckConstraint("second_id <> grader_id", name=op.f("ck_marking_shares_two_are_two")),
    )
    for name in ("owner_id", "grader_id", "second_id"):
        op.create_index(op.f(f"ix_marking_shares_{name}"), "marking_shares", [name])
    op.create_index(
        "one_live_marking_share",
        "marking_shares",
        ["section_id", "item_key", "owner_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "marking_opinions",
        _id("section_id", "sections.id"),
        sa.Column("item_key", sa.String(length=120), nullable=False),
        _id("work_id"),
        sa.Column("part", sa.String(length=330), nullable=False),
        _id("grader_id", "people.id"),
        sa.Column("points", points, nullable=False),
        sa.Column("out_of", points, nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("was_open", sa.Boolean(), nullable=False),
        _at("at"),
        _at("superseded_at", nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marking_opinions")),
        sa.CheckConstraint(
            "points BETWEEN 0 AND out_of",
            name=op.f("ck_marking_opinions_opinion_is_within_its_worth"),
        ),
    )
    op.create_index(op.f("ix_marking_opinions_grader_id"), "marking_opinions", ["grader_id"])
    op.create_index(
        op.f("ix_marking_opinions_section_id_item_key"),
        "marking_opinions",
        ["section_id", "item_key"],
    )
    op.create_index(
        "one_live_opinion_of_a_grader",
        "marking_opinions",
        ["work_id", "part", "grader_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "marking_proposals",
        _id("work_id"),
        sa.Column("part", sa.String(length=330), nullable=False),
        _id("by_id", "people.id"),
        sa.Column("points", points, nullable=False),
        sa.Column("word", sa.String(length=500), nullable=False),
        _at("at"),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marking_proposals")),
        sa.CheckConstraint(
            "length(word) > 0", name=op.f("ck_marking_proposals_proposed_with_a_word")
        ),
    )
    op.create_index(
        op.f("ix_marking_proposals_work_id_part"), "marking_proposals", ["work_id", "part"]
    )
    op.create_table(
        "marking_settlements",
        _id("section_id", "sections.id"),
        sa.Column("item_key", sa.String(length=120), nullable=False),
        _id("work_id"),
        sa.Column("part", sa.String(length=330), nullable=False),
        _id("first_id", "marking_opinions.id"),
        _id("second_id", "marking_opinions.id"),
        sa.Column("is_within", sa.Boolean(), nullable=False),
        sa.Column("points", points, nullable=False),
        sa.Column("way", sa.String(length=30), nullable=False),
        sa.Column("word", sa.String(length=500), nullable=False),
        _id("by_id", "people.id"),
        _at("at"),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marking_settlements")),
    )
    op.create_index(
        "one_settlement_of_two_opinions",
        "marking_settlements",
        ["first_id", "second_id"],
        unique=True,
    )
    op.create_index(
        "one_settlement_of_a_part", "marking_settlements", ["work_id", "part"], unique=True
    )
    op.create_index(
        op.f("ix_marking_settlements_section_id_item_key"),
        "marking_settlements",
        ["section_id", "item_key"],
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
        )
    # They can end, once; nothing else about them changes.
    for table, column in ENDING.items():
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} FOR EACH ROW"
            f" WHEN (OLD.{column} IS NOT NULL OR NEW.{column} IS NULL"
            f" OR to_jsonb(OLD) - '{column}' <> to_jsonb(NEW) - '{column}')"
            " EXECUTE FUNCTION banyan_stays()"
        )


def downgrade() -> None:
    op.drop_table("marking_settlements")
    op.drop_table("marking_proposals")
    op.drop_table("marking_opinions")
    op.drop_table("marking_shares")
    op.drop_table("marking_plans")
