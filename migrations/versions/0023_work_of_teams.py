"""Work of teams, rules for handing in, declarations of AI use, files that staff give back."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

STAYS = ("submission_people", "ai_declarations")


def upgrade() -> None:
    op.create_table(
        "hand_in_rules",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("lab_slug", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("group_set_id", sa.Uuid(), nullable=True),
        sa.Column("may_be_alone", sa.Boolean(), nullable=False),
        sa.Column("most_submissions", sa.Integer(), nullable=True),
        sa.Column("ai_use", sa.String(length=30), nullable=True),
        sa.Column("ai_words", sa.dialects.postgresql.JSONB(), nullable=True),
        sa.Column("asks_declaration", sa.Boolean(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "most_submissions BETWEEN 1 AND 1000",
            name=op.f("ck_hand_in_rules_limit_is_positive"),
        ),
        sa.CheckConstraint(
            "ai_use IS DISTINCT FROM 'own' OR ai_words IS NOT NULL",
            name=op.f("ck_hand_in_rules_own_rule_has_words"),
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_hand_in_rules_section_id_sections")
        ),
        sa.ForeignKeyConstraint(
            ["group_set_id"],
            ["group_sets.id"],
            name=op.f("fk_hand_in_rules_group_set_id_group_sets"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_hand_in_rules_made_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_in_rules")),
        sa.UniqueConstraint(
            "section_id",
            "lab_slug",
            "number",
            name=op.f("uq_hand_in_rules_section_id_lab_slug_number"),
        ),
    )
    op.create_index(
        "one_live_hand_in_rule",
        "hand_in_rules",
        ["section_id", "lab_slug"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.add_column("submissions", sa.Column("team_id", sa.Uuid(), nullable=True))
    op.add_column("submissions", sa.Column("team_name", sa.String(length=60), nullable=True))
    op.add_column("submissions", sa.Column("rule_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_submissions_team_id_section_groups"),
        "submissions",
        "section_groups",
        ["team_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_submissions_rule_id_hand_in_rules"),
        "submissions",
        "hand_in_rules",
        ["rule_id"],
        ["id"],
    )
    op.create_index(op.f("ix_submissions_team_id"), "submissions", ["team_id"])
    op.create_table(
        "submission_people",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("lab_slug", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_submission_people_submission_id_submissions"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_submission_people_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"],
            ["sections.id"],
            name=op.f("fk_submission_people_section_id_sections"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_people")),
        sa.UniqueConstraint(
            "submission_id",
            "person_id",
            name=op.f("uq_submission_people_submission_id_person_id"),
        ),
        sa.UniqueConstraint(
            "section_id",
            "person_id",
            "lab_slug",
            "number",
            name=op.f("uq_submission_people_section_id_person_id_lab_slug_number"),
        ),
    )
    op.create_index(op.f("ix_submission_people_person_id"), "submission_people", ["person_id"])
    op.execute(
        "INSERT INTO submission_people (id, submission_id, person_id, section_id, lab_slug, number)"
        " SELECT gen_random_uuid(), id, person_id, section_id, lab_slug, number FROM submissions"
    )
    # Whoever hands in is one of those whose work it is, whatever wrote the row.
    op.execute("""
        CREATE FUNCTION banyan_submission_has_its_person() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO submission_people
                (id, submission_id, person_id, section_id, lab_slug, number)
            VALUES (gen_random_uuid(), NEW.id, NEW.person_id, NEW.section_id, NEW.lab_slug,
                NEW.number);
            RETURN NULL;
        END
        $$
    """)
    op.execute(
        "CREATE TRIGGER submissions_have_their_person AFTER INSERT ON submissions"
        " FOR EACH ROW EXECUTE FUNCTION banyan_submission_has_its_person()"
    )
    op.create_table(
        "ai_declarations",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("tools", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "NOT used OR length(tools) > 0",
            name=op.f("ck_ai_declarations_who_used_some_names_them"),
        ),
        sa.CheckConstraint(
            "length(tools) <= 1000 AND length(purpose) <= 1000",
            name=op.f("ck_ai_declarations_declaration_is_short"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_ai_declarations_submission_id_submissions"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_ai_declarations_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_declarations")),
    )
    op.create_index(op.f("ix_ai_declarations_submission_id"), "ai_declarations", ["submission_id"])
    op.create_table(
        "feedback_files",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_feedback_files_submission_id_submissions"),
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["people.id"], name=op.f("fk_feedback_files_given_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_files")),
    )
    op.create_index(op.f("ix_feedback_files_submission_id"), "feedback_files", ["submission_id"])
    op.create_index(
        "one_live_feedback_file",
        "feedback_files",
        ["submission_id", "name"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    for table in STAYS:
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
        )


def downgrade() -> None:
    op.drop_table("feedback_files")
    op.drop_table("ai_declarations")
    op.execute("DROP TRIGGER submissions_have_their_person ON submissions")
    op.execute("DROP FUNCTION banyan_submission_has_its_person()")
    op.drop_table("submission_people")
    op.drop_index(op.f("ix_submissions_team_id"), "submissions")
    for column in ("rule_id", "team_name", "team_id"):
        op.drop_column("submissions", column)
    op.drop_table("hand_in_rules")
