"""Attempts at quizzes, their answers and marks, and what was granted to whom."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


ANSWERED = ("quiz_answers", "quiz_files")


def upgrade() -> None:
    op.create_table(
        "quiz_accommodations",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=True),
        sa.Column("extra_percent", sa.Integer(), nullable=False),
        sa.Column("extra_minutes", sa.Integer(), nullable=False),
        sa.Column("extra_attempts", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("granted_by_id", sa.Uuid(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "extra_attempts BETWEEN 0 AND 20", name=op.f("ck_quiz_accommodations_attempts_are_few")
        ),
        sa.CheckConstraint(
            "extra_minutes BETWEEN 0 AND 1440",
            name=op.f("ck_quiz_accommodations_minutes_are_at_most_a_day"),
        ),
        sa.CheckConstraint(
            "extra_percent BETWEEN 0 AND 400",
            name=op.f("ck_quiz_accommodations_percent_is_an_addition"),
        ),
        sa.CheckConstraint(
            "length(reason) > 0", name=op.f("ck_quiz_accommodations_given_for_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["people.id"], name=op.f("fk_quiz_accommodations_ended_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"],
            ["people.id"],
            name=op.f("fk_quiz_accommodations_granted_by_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_quiz_accommodations_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_quiz_accommodations_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_accommodations")),
    )
    op.create_index(
        "ix_quiz_accommodations_of_a_student",
        "quiz_accommodations",
        ["section_id", "person_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_quiz_accommodations_person_id"), "quiz_accommodations", ["person_id"], unique=False
    )
    op.create_table(
        "quiz_attempts",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("course_item_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("questions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("continues_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.String(length=30), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("score", sa.Numeric(precision=10, scale=3), nullable=True),
        sa.Column("max_score", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("waiting_count", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (ending IS NULL)", name=op.f("ck_quiz_attempts_ended_somehow")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_quiz_attempts_number_counts")),
        sa.ForeignKeyConstraint(
            ["continues_id"],
            ["quiz_attempts.id"],
            name=op.f("fk_quiz_attempts_continues_id_quiz_attempts"),
        ),
        sa.ForeignKeyConstraint(
            ["course_item_id"],
            ["course_items.id"],
            name=op.f("fk_quiz_attempts_course_item_id_course_items"),
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["people.id"], name=op.f("fk_quiz_attempts_ended_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_quiz_attempts_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_quiz_attempts_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_attempts")),
        sa.UniqueConstraint("continues_id", name=op.f("uq_quiz_attempts_continues_id")),
        sa.UniqueConstraint(
            "section_id",
            "person_id",
            "slug",
            "number",
            name=op.f("uq_quiz_attempts_section_id_person_id_slug_number"),
        ),
    )
    op.create_index(
        "ix_quiz_attempts_of_a_quiz", "quiz_attempts", ["section_id", "slug"], unique=False
    )
    op.create_index(
        op.f("ix_quiz_attempts_person_id"), "quiz_attempts", ["person_id"], unique=False
    )
    op.create_index(
        "one_live_quiz_attempt",
        "quiz_attempts",
        ["section_id", "person_id", "slug"],
        unique=True,
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.create_index(
        "quiz_attempts_with_a_deadline",
        "quiz_attempts",
        ["deadline_at"],
        unique=False,
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.create_table(
        "quiz_answers",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.String(length=80), nullable=False),
        sa.Column("response", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("revision > 0", name=op.f("ck_quiz_answers_revision_counts")),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["quiz_attempts.id"],
            name=op.f("fk_quiz_answers_attempt_id_quiz_attempts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_answers")),
        sa.UniqueConstraint(
            "attempt_id", "question_id", name=op.f("uq_quiz_answers_attempt_id_question_id")
        ),
    )
    op.create_table(
        "quiz_files",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_quiz_files_size_is_a_size")),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["quiz_attempts.id"],
            name=op.f("fk_quiz_files_attempt_id_quiz_attempts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_files")),
    )
    op.create_index(
        op.f("ix_quiz_files_attempt_id_question_id"),
        "quiz_files",
        ["attempt_id", "question_id"],
        unique=False,
    )
    op.create_table(
        "quiz_marks",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.String(length=80), nullable=False),
        sa.Column("points", sa.Numeric(precision=10, scale=3), nullable=True),
        sa.Column("out_of", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("marker", sa.String(length=30), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("comment", sa.String(length=5000), server_default="", nullable=False),
        sa.Column(
            "question", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("course_item_id", sa.Uuid(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(marker = 'key') = (by_id IS NULL)", name=op.f("ck_quiz_marks_a_person_has_a_name")
        ),
        sa.CheckConstraint(
            "points BETWEEN 0 AND out_of",
            name=op.f("ck_quiz_marks_points_are_within_what_it_is_worth"),
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["quiz_attempts.id"],
            name=op.f("fk_quiz_marks_attempt_id_quiz_attempts"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_quiz_marks_by_id_people")),
        sa.ForeignKeyConstraint(
            ["course_item_id"],
            ["course_items.id"],
            name=op.f("fk_quiz_marks_course_item_id_course_items"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_marks")),
    )
    op.create_index(
        "one_mark_that_counts",
        "quiz_marks",
        ["attempt_id", "question_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.execute("""
        CREATE FUNCTION banyan_quiz_attempt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (OLD.section_id, OLD.person_id, OLD.slug, OLD.course_item_id, OLD.number, OLD.seed,
                OLD.questions, OLD.continues_id, OLD.started_at, OLD.max_score)
               IS DISTINCT FROM
               (NEW.section_id, NEW.person_id, NEW.slug, NEW.course_item_id, NEW.number, NEW.seed,
                NEW.questions, NEW.continues_id, NEW.started_at, NEW.max_score)
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
    """)
    op.execute(
        "CREATE TRIGGER quiz_attempts_stay BEFORE UPDATE ON quiz_attempts"
        " FOR EACH ROW EXECUTE FUNCTION banyan_quiz_attempt_stays()"
    )
    op.execute("""
        CREATE FUNCTION banyan_quiz_answer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            attempt uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.attempt_id ELSE NEW.attempt_id END;
        BEGIN
            IF EXISTS (
                SELECT 1 FROM quiz_attempts WHERE id = attempt AND submitted_at IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'the attempt is handed in: its answers stay'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END
        $$
    """)
    for table in ANSWERED:
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE INSERT OR UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION banyan_quiz_answer_stays()"
        )
    op.execute("""
        CREATE FUNCTION banyan_quiz_mark_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.superseded_at IS NOT NULL
               OR (to_jsonb(OLD) - 'superseded_at') IS DISTINCT FROM (to_jsonb(NEW) - 'superseded_at')
            THEN
                RAISE EXCEPTION 'a mark is superseded, never changed'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END
        $$
    """)
    op.execute(
        "CREATE TRIGGER quiz_marks_stay BEFORE UPDATE ON quiz_marks"
        " FOR EACH ROW EXECUTE FUNCTION banyan_quiz_mark_stays()"
    )


def downgrade() -> None:
    op.drop_index(
        "one_mark_that_counts",
        table_name="quiz_marks",
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_table("quiz_marks")
    op.drop_index(op.f("ix_quiz_files_attempt_id_question_id"), table_name="quiz_files")
    op.drop_table("quiz_files")
    op.drop_table("quiz_answers")
    op.drop_index(
        "quiz_attempts_with_a_deadline",
        table_name="quiz_attempts",
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.drop_index(
        "one_live_quiz_attempt",
        table_name="quiz_attempts",
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.drop_index(op.f("ix_quiz_attempts_person_id"), table_name="quiz_attempts")
    op.drop_index("ix_quiz_attempts_of_a_quiz", table_name="quiz_attempts")
    op.drop_table("quiz_attempts")
    op.drop_index(op.f("ix_quiz_accommodations_person_id"), table_name="quiz_accommodations")
    op.drop_index("ix_quiz_accommodations_of_a_student", table_name="quiz_accommodations")
    op.drop_table("quiz_accommodations")
    for name in ("mark", "answer", "attempt"):
        op.execute(f"DROP FUNCTION banyan_quiz_{name}_stays()")
