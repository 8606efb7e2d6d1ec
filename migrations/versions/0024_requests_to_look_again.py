"""What students ask to be looked at again, and within which limits."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "regrade_requests",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("item_key", sa.String(length=120), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("quiz_attempt_id", sa.Uuid(), nullable=True),
        sa.Column("notebook", sa.String(length=120), nullable=False),
        sa.Column("part", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("points", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("out_of", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "decision",
            sa.Enum("accepted", "declined", name="decision", native_enum=False, length=30),
            nullable=True,
        ),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("new_points", sa.Numeric(precision=10, scale=3), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(submission_id, quiz_attempt_id) = 1",
            name=op.f("ck_regrade_requests_about_one_work"),
        ),
        sa.CheckConstraint(
            "length(reason) > 0", name=op.f("ck_regrade_requests_asked_with_a_reason")
        ),
        sa.CheckConstraint(
            "length(reason) <= 2000", name=op.f("ck_regrade_requests_reason_is_short")
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) ="
            " (decided_by_id IS NULL)",
            name=op.f("ck_regrade_requests_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "decided_at IS NULL OR withdrawn_at IS NULL",
            name=op.f("ck_regrade_requests_ends_once"),
        ),
        sa.CheckConstraint(
            "decision IS DISTINCT FROM 'declined' OR length(words) > 0",
            name=op.f("ck_regrade_requests_declined_with_words"),
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_regrade_requests_section_id_sections")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_regrade_requests_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_regrade_requests_submission_id_submissions"),
        ),
        sa.ForeignKeyConstraint(
            ["quiz_attempt_id"],
            ["quiz_attempts.id"],
            name=op.f("fk_regrade_requests_quiz_attempt_id_quiz_attempts"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_regrade_requests_decided_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrade_requests")),
    )
    op.create_index(
        "one_open_request_a_cell",
        "regrade_requests",
        ["section_id", "person_id", "item_key", "notebook", "part"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_index(
        "one_open_request_a_cell_of_a_work",
        "regrade_requests",
        ["submission_id", "notebook", "part"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_index(
        "ix_regrade_requests_of_an_item", "regrade_requests", ["section_id", "item_key", "asked_at"]
    )
    op.create_index(
        "ix_regrade_requests_of_a_student", "regrade_requests", ["person_id", "section_id"]
    )
    op.create_index(
        op.f("ix_regrade_requests_submission_id"), "regrade_requests", ["submission_id"]
    )
    op.create_index(
        op.f("ix_regrade_requests_quiz_attempt_id"), "regrade_requests", ["quiz_attempt_id"]
    )
    op.create_table(
        "regrade_request_settings",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("most_open", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "days BETWEEN 0 AND 365",
            name=op.f("ck_regrade_request_settings_days_are_at_most_a_year"),
        ),
        sa.CheckConstraint(
            "most_open BETWEEN 1 AND 100",
            name=op.f("ck_regrade_request_settings_most_open_is_a_count"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)",
            name=op.f("ck_regrade_request_settings_closed_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["section_id"],
            ["sections.id"],
            name=op.f("fk_regrade_request_settings_section_id_sections"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"],
            ["people.id"],
            name=op.f("fk_regrade_request_settings_closed_by_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"],
            ["people.id"],
            name=op.f("fk_regrade_request_settings_changed_by_id_people"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrade_request_settings")),
        sa.UniqueConstraint("section_id", name=op.f("uq_regrade_request_settings_section_id")),
    )
    # What was answered or taken back stays as it is.
    op.execute("""
        CREATE TRIGGER regrade_requests_stay BEFORE UPDATE ON regrade_requests
            FOR EACH ROW
            WHEN (OLD.decided_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL)
            EXECUTE FUNCTION banyan_stays()
    """)


def downgrade() -> None:
    op.drop_table("regrade_request_settings")
    op.drop_table("regrade_requests")
