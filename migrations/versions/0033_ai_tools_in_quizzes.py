"""What AI tools may do in quizzes, and what is declared with attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

FIXED = (
    "section_id", "person_id", "slug", "course_item_id", "number", "seed", "questions",
    "continues_id", "started_at", "max_score",
)  # fmt: skip


def _attempts_stay(fixed: tuple[str, ...]) -> str:
    """The rule of 0012 that an attempt stays what it was, over the columns FIXED."""
    old, new = (", ".join(f"{row}.{name}" for name in fixed) for row in ("OLD", "NEW"))
    return f"""
        CREATE OR REPLACE FUNCTION banyan_quiz_attempt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF ({old}) IS DISTINCT FROM ({new})
               OR (OLD.submitted_at IS NOT NULL
                   AND (OLD.submitted_at, OLD.ending, OLD.ended_by_id, OLD.deadline_at)
                   IS DISTINCT FROM
                   (NEW.submitted_at, NEW.ending, NEW.ended_by_id, NEW.deadline_at))
            THEN
                RAISE EXCEPTION 'an attempt at a quiz stays what it was: only its score changes'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END
        $$
    """


def upgrade() -> None:
    op.create_table(
        "quiz_rules",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ai_use", sa.String(length=30), nullable=True),
        sa.Column("ai_words", sa.dialects.postgresql.JSONB(), nullable=True),
        sa.Column("asks_declaration", sa.Boolean(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "ai_use IS DISTINCT FROM 'own' OR ai_words IS NOT NULL",
            name=op.f("ck_quiz_rules_own_rule_has_words"),
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_quiz_rules_section_id_sections")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_quiz_rules_made_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_rules")),
        sa.UniqueConstraint(
            "section_id", "slug", "number", name=op.f("uq_quiz_rules_section_id_slug_number")
        ),
    )
    op.create_index(
        "one_live_quiz_rule",
        "quiz_rules",
        ["section_id", "slug"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.add_column("quiz_attempts", sa.Column("rule_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_quiz_attempts_rule_id_quiz_rules"),
        "quiz_attempts",
        "quiz_rules",
        ["rule_id"],
        ["id"],
    )
    op.execute(_attempts_stay((*FIXED, "rule_id")))
    op.create_table(
        "quiz_declarations",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("tools", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "NOT used OR length(tools) > 0",
            name=op.f("ck_quiz_declarations_who_used_some_names_them"),
        ),
        sa.CheckConstraint(
            "length(tools) <= 1000 AND length(purpose) <= 1000",
            name=op.f("ck_quiz_declarations_declaration_is_short"),
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["quiz_attempts.id"],
            name=op.f("fk_quiz_declarations_attempt_id_quiz_attempts"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_quiz_declarations_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_declarations")),
    )
    op.create_index(op.f("ix_quiz_declarations_attempt_id"), "quiz_declarations", ["attempt_id"])
    op.execute(
        "CREATE TRIGGER quiz_declarations_stay BEFORE UPDATE ON quiz_declarations"
        " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
    )


def downgrade() -> None:
    op.drop_table("quiz_declarations")
    op.execute(_attempts_stay(FIXED))
    op.drop_constraint(op.f("fk_quiz_attempts_rule_id_quiz_rules"), "quiz_attempts")
    op.drop_column("quiz_attempts", "rule_id")
    op.drop_table("quiz_rules")
