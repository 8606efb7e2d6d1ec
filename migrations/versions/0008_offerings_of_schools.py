"""Offerings belong to schools; ways into sections, waitlists, release conditions, recognition."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OFFERING_CHECKS = {
    "year_is_of_the_roc": "academic_year BETWEEN 100 AND 200",
    "credits_are_few": "credits BETWEEN 0 AND 20",
    "lead_says_what_others_may": "(kind = 'lead') = (authorisation IS NOT NULL)",
    "follower_has_a_lead": "(kind IN ('mirror', 'satellite')) = (lead_id IS NOT NULL)",
}


def upgrade() -> None:
    op.create_table(
        "item_plans",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("item_key", sa.String(length=120), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "condition", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "opens_at < due_at AND opens_at < closes_at AND due_at <= closes_at",
            name=op.f("ck_item_plans_opens_before_it_is_due"),
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offerings.id"], name=op.f("fk_item_plans_offering_id_offerings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_plans")),
        sa.UniqueConstraint(
            "offering_id", "item_key", name=op.f("uq_item_plans_offering_id_item_key")
        ),
    )
    op.create_table(
        "offering_upgrades",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("before_id", sa.Uuid(), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["after_id"],
            ["course_versions.id"],
            name=op.f("fk_offering_upgrades_after_id_course_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["before_id"],
            ["course_versions.id"],
            name=op.f("fk_offering_upgrades_before_id_course_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_offering_upgrades_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"],
            ["offerings.id"],
            name=op.f("fk_offering_upgrades_offering_id_offerings"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offering_upgrades")),
    )
    op.create_index(
        op.f("ix_offering_upgrades_offering_id"), "offering_upgrades", ["offering_id"], unique=False
    )
    op.create_table(
        "bookmarks",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("item_key", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_bookmarks_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_bookmarks_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookmarks")),
        sa.UniqueConstraint(
            "person_id",
            "section_id",
            "item_key",
            name=op.f("uq_bookmarks_person_id_section_id_item_key"),
        ),
    )
    op.create_index(op.f("ix_bookmarks_section_id"), "bookmarks", ["section_id"], unique=False)
    op.create_table(
        "extensions",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("item_key", sa.String(length=120), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extra_days", sa.Integer(), nullable=False),
        sa.Column("time_factor", sa.Double(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("granted_by_id", sa.Uuid(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "due_at IS NULL OR item_key IS NOT NULL", name=op.f("ck_extensions_date_is_for_an_item")
        ),
        sa.CheckConstraint(
            "extra_days BETWEEN 0 AND 365", name=op.f("ck_extensions_days_are_at_most_a_year")
        ),
        sa.CheckConstraint(
            "time_factor BETWEEN 1 AND 5", name=op.f("ck_extensions_time_is_not_taken_away")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["people.id"], name=op.f("fk_extensions_ended_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["people.id"], name=op.f("fk_extensions_granted_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_extensions_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_extensions_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    op.create_index(
        "ix_extensions_of_a_student", "extensions", ["section_id", "person_id"], unique=False
    )
    op.create_index(op.f("ix_extensions_person_id"), "extensions", ["person_id"], unique=False)
    op.create_table(
        "live_sessions",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "minutes BETWEEN 5 AND 720", name=op.f("ck_live_sessions_lasts_within_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_live_sessions_created_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_live_sessions_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_sessions")),
    )
    op.create_index(
        op.f("ix_live_sessions_section_id"), "live_sessions", ["section_id"], unique=False
    )
    op.create_table(
        "place_requests",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("via", sa.String(length=30), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state <> 'waiting' OR turn IS NOT NULL",
            name=op.f("ck_place_requests_who_waits_has_a_turn"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_place_requests_decided_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_place_requests_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_place_requests_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_requests")),
        sa.UniqueConstraint("section_id", "turn", name=op.f("uq_place_requests_section_id_turn")),
    )
    op.create_index(
        op.f("ix_place_requests_person_id"), "place_requests", ["person_id"], unique=False
    )
    op.create_index(
        "one_live_place_request",
        "place_requests",
        ["section_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'waiting')"),
    )
    op.create_table(
        "roster_invitations",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("email", postgresql.CITEXT(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("student_number", sa.String(length=30), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invited_by_id"],
            ["people.id"],
            name=op.f("fk_roster_invitations_invited_by_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_roster_invitations_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_invitations")),
        sa.UniqueConstraint(
            "section_id", "email", name=op.f("uq_roster_invitations_section_id_email")
        ),
    )
    op.create_index(
        op.f("ix_roster_invitations_email"), "roster_invitations", ["email"], unique=False
    )
    op.create_table(
        "attendances",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("presence", sa.String(length=30), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["people.id"], name=op.f("fk_attendances_noted_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_attendances_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["live_sessions.id"],
            name=op.f("fk_attendances_session_id_live_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendances")),
        sa.UniqueConstraint(
            "session_id", "person_id", name=op.f("uq_attendances_session_id_person_id")
        ),
    )
    op.create_index(op.f("ix_attendances_person_id"), "attendances", ["person_id"], unique=False)
    op.create_table(
        "recognition_requests",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("own_course", sa.String(length=200), nullable=False),
        sa.Column("message", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('recognised', 'refused')) = (decided_at IS NOT NULL)",
            name=op.f("ck_recognition_requests_decided_when_there_is_a_decision"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR length(reason) > 0",
            name=op.f("ck_recognition_requests_refused_with_a_reason"),
        ),
        sa.CheckConstraint(
            "credits BETWEEN 0 AND 20", name=op.f("ck_recognition_requests_credits_are_few")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["people.id"],
            name=op.f("fk_recognition_requests_decided_by_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolments.id"],
            name=op.f("fk_recognition_requests_enrolment_id_enrolments"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_recognition_requests_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"],
            ["people.id"],
            name=op.f("fk_recognition_requests_reviewed_by_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"],
            ["organisations.id"],
            name=op.f("fk_recognition_requests_school_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition_requests")),
    )
    op.create_index(
        "ix_recognition_requests_of_a_school",
        "recognition_requests",
        ["school_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_recognition_requests_person_id"),
        "recognition_requests",
        ["person_id"],
        unique=False,
    )
    op.create_index(
        "one_live_recognition_request",
        "recognition_requests",
        ["enrolment_id", "school_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('requested', 'under_review', 'recognised')"),
    )
    op.add_column(
        "enrolments", sa.Column("via", sa.String(length=30), server_default="self", nullable=False)
    )
    op.add_column("enrolments", sa.Column("group_name", sa.String(length=60), nullable=True))
    op.add_column(
        "enrolments", sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("enrolments", sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True))
    op.add_column(
        "enrolments", sa.Column("withdrawal_reason", sa.String(length=500), nullable=True)
    )
    op.create_foreign_key(
        op.f("fk_enrolments_withdrawn_by_id_people"),
        "enrolments",
        "people",
        ["withdrawn_by_id"],
        ["id"],
    )
    op.add_column(
        "item_progress", sa.Column("last_opened_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.drop_constraint(
        op.f("uq_offerings_course_version_id_academic_year_semester"), "offerings", type_="unique"
    )
    op.add_column("offerings", sa.Column("school_id", sa.Uuid(), nullable=True))
    _give_offerings_to_schools()
    op.alter_column("offerings", "school_id", nullable=False)
    op.add_column(
        "offerings",
        sa.Column("kind", sa.String(length=30), server_default="regular", nullable=False),
    )
    op.add_column("offerings", sa.Column("authorisation", sa.String(length=30), nullable=True))
    op.add_column("offerings", sa.Column("lead_id", sa.Uuid(), nullable=True))
    op.add_column(
        "offerings", sa.Column("credits", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("offerings", sa.Column("created_by_id", sa.Uuid(), nullable=True))
    op.add_column(
        "offerings",
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.create_index(op.f("ix_offerings_lead_id"), "offerings", ["lead_id"], unique=False)
    op.create_index(op.f("ix_offerings_school_id"), "offerings", ["school_id"], unique=False)
    op.create_unique_constraint(
        "one_offering_of_a_kind",
        "offerings",
        ["course_version_id", "school_id", "academic_year", "semester", "kind"],
    )
    op.create_foreign_key(
        op.f("fk_offerings_school_id_organisations"),
        "offerings",
        "organisations",
        ["school_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_offerings_lead_id_offerings"), "offerings", "offerings", ["lead_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_offerings_created_by_id_people"), "offerings", "people", ["created_by_id"], ["id"]
    )
    op.add_column(
        "sections", sa.Column("way", sa.String(length=30), server_default="self", nullable=False)
    )
    op.add_column("sections", sa.Column("invitation_code", sa.String(length=20), nullable=True))
    op.create_unique_constraint(
        op.f("uq_sections_invitation_code"), "sections", ["invitation_code"]
    )
    for name, rule in OFFERING_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_offerings_{name}"), "offerings", rule)
    op.create_check_constraint(
        op.f("ck_sections_code_is_there_to_enter_by"),
        "sections",
        "way <> 'code' OR invitation_code IS NOT NULL",
    )


def _give_offerings_to_schools() -> None:
    """Each school gets an offering of its own, with its sections."""
    op.execute(
        "UPDATE offerings SET school_id ="
        " (SELECT school_id FROM sections WHERE offering_id = offerings.id ORDER BY code LIMIT 1)"
    )
    op.execute("DELETE FROM offerings WHERE school_id IS NULL")
    op.execute(
        "INSERT INTO offerings"
        " (id, course_version_id, academic_year, semester, starts_on, ends_on, school_id)"
        " SELECT gen_random_uuid(), o.course_version_id, o.academic_year, o.semester, o.starts_on,"
        " o.ends_on, s.school_id FROM offerings o JOIN (SELECT DISTINCT offering_id, school_id"
        " FROM sections) s ON s.offering_id = o.id WHERE s.school_id <> o.school_id"
    )
    op.execute(
        "UPDATE sections SET offering_id = own.id FROM offerings before, offerings own"
        " WHERE before.id = sections.offering_id AND before.school_id <> sections.school_id"
        " AND own.school_id = sections.school_id"
        " AND own.course_version_id = before.course_version_id"
        " AND own.academic_year = before.academic_year AND own.semester = before.semester"
    )


def _join_offerings() -> None:
    """One offering for all schools and kinds, as it was."""
    op.execute("DELETE FROM offering_upgrades")
    op.execute("DELETE FROM item_plans")
    op.execute("UPDATE offerings SET lead_id = NULL")
    op.execute(
        "UPDATE sections SET offering_id = (SELECT min(other.id::text)::uuid FROM offerings other"
        " WHERE (other.course_version_id, other.academic_year, other.semester)"
        " = (o.course_version_id, o.academic_year, o.semester))"
        " FROM offerings o WHERE o.id = offering_id"
    )
    op.execute("DELETE FROM offerings WHERE id NOT IN (SELECT offering_id FROM sections)")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_sections_code_is_there_to_enter_by"), "sections", type_="check")
    op.drop_constraint(op.f("uq_sections_invitation_code"), "sections", type_="unique")
    op.drop_column("sections", "invitation_code")
    op.drop_column("sections", "way")
    op.drop_constraint(op.f("fk_offerings_created_by_id_people"), "offerings", type_="foreignkey")
    op.drop_constraint(op.f("fk_offerings_lead_id_offerings"), "offerings", type_="foreignkey")
    for name in OFFERING_CHECKS:
        op.drop_constraint(op.f(f"ck_offerings_{name}"), "offerings", type_="check")
    _join_offerings()
    op.drop_constraint(
        op.f("fk_offerings_school_id_organisations"), "offerings", type_="foreignkey"
    )
    op.drop_constraint("one_offering_of_a_kind", "offerings", type_="unique")
    op.drop_index(op.f("ix_offerings_school_id"), table_name="offerings")
    op.drop_index(op.f("ix_offerings_lead_id"), table_name="offerings")
    op.create_unique_constraint(
        op.f("uq_offerings_course_version_id_academic_year_semester"),
        "offerings",
        ["course_version_id", "academic_year", "semester"],
        postgresql_nulls_not_distinct=False,
    )
    op.drop_column("offerings", "created_at")
    op.drop_column("offerings", "created_by_id")
    op.drop_column("offerings", "credits")
    op.drop_column("offerings", "lead_id")
    op.drop_column("offerings", "authorisation")
    op.drop_column("offerings", "kind")
    op.drop_column("offerings", "school_id")
    op.drop_column("item_progress", "last_opened_at")
    op.drop_constraint(
        op.f("fk_enrolments_withdrawn_by_id_people"), "enrolments", type_="foreignkey"
    )
    op.drop_column("enrolments", "withdrawal_reason")
    op.drop_column("enrolments", "withdrawn_by_id")
    op.drop_column("enrolments", "completed_at")
    op.drop_column("enrolments", "group_name")
    op.drop_column("enrolments", "via")
    op.drop_index(
        "one_live_recognition_request",
        table_name="recognition_requests",
        postgresql_where=sa.text("state IN ('requested', 'under_review', 'recognised')"),
    )
    op.drop_index(op.f("ix_recognition_requests_person_id"), table_name="recognition_requests")
    op.drop_index("ix_recognition_requests_of_a_school", table_name="recognition_requests")
    op.drop_table("recognition_requests")
    op.drop_index(op.f("ix_attendances_person_id"), table_name="attendances")
    op.drop_table("attendances")
    op.drop_index(op.f("ix_roster_invitations_email"), table_name="roster_invitations")
    op.drop_table("roster_invitations")
    op.drop_index(
        "one_live_place_request",
        table_name="place_requests",
        postgresql_where=sa.text("state IN ('asked', 'waiting')"),
    )
    op.drop_index(op.f("ix_place_requests_person_id"), table_name="place_requests")
    op.drop_table("place_requests")
    op.drop_index(op.f("ix_live_sessions_section_id"), table_name="live_sessions")
    op.drop_table("live_sessions")
    op.drop_index(op.f("ix_extensions_person_id"), table_name="extensions")
    op.drop_index("ix_extensions_of_a_student", table_name="extensions")
    op.drop_table("extensions")
    op.drop_index(op.f("ix_bookmarks_section_id"), table_name="bookmarks")
    op.drop_table("bookmarks")
    op.drop_index(op.f("ix_offering_upgrades_offering_id"), table_name="offering_upgrades")
    op.drop_table("offering_upgrades")
    op.drop_table("item_plans")
