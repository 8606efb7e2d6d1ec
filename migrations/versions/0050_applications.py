"""Applications: whose they are, every step, what is sent along, and what companies note."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "applications",
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("statement", sa.String(length=4000), nullable=False),
        sa.Column("links", postgresql.JSONB(), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offer_words", sa.String(length=1000), nullable=False),
        sa.Column("round_key", sa.String(length=120), nullable=True),
        sa.Column("seat", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NOT NULL) = (state IN ('declined', 'expired', 'refused', 'withdrawn'))",
            name=op.f("ck_applications_ended_at_a_time"),
        ),
        sa.CheckConstraint(
            "(state = 'accepted') = (seat IS NOT NULL)",
            name=op.f("ck_applications_accepted_has_a_seat"),
        ),
        sa.CheckConstraint(
            "(state = 'saved') = (applied_at IS NULL)",
            name=op.f("ck_applications_applied_at_a_time"),
        ),
        sa.CheckConstraint(
            "state <> 'offered' OR (offered_at IS NOT NULL AND offer_until IS NOT NULL)",
            name=op.f("ck_applications_an_offer_has_an_end"),
        ),
        sa.CheckConstraint(
            "(applied_at IS NULL) = (version_id IS NULL) AND (applied_at IS NULL) = (number IS NULL) AND (applied_at IS NULL) = (sent_by_id IS NULL)",
            name=op.f("ck_applications_applied_for_a_version"),
        ),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (team_id IS NULL)",
            name=op.f("ck_applications_a_person_or_a_team"),
        ),
        sa.CheckConstraint("seat > 0", name=op.f("ck_applications_seats_begin_at_one")),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["briefs.id"], name=op.f("fk_applications_brief_id_briefs")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_applications_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["people.id"], name=op.f("fk_applications_sent_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_applications_team_id_teams")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["brief_versions.id"],
            name=op.f("fk_applications_version_id_brief_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("brief_id", "number", name=op.f("uq_applications_brief_id_number")),
    )
    op.create_index(
        op.f("ix_applications_brief_id_state"), "applications", ["brief_id", "state"], unique=False
    )
    op.create_index(op.f("ix_applications_person_id"), "applications", ["person_id"], unique=False)
    op.create_index(op.f("ix_applications_round_key"), "applications", ["round_key"], unique=False)
    op.create_index(
        op.f("ix_applications_sent_by_id"), "applications", ["sent_by_id"], unique=False
    )
    op.create_index(op.f("ix_applications_team_id"), "applications", ["team_id"], unique=False)
    op.create_index(
        op.f("ix_applications_version_id"), "applications", ["version_id"], unique=False
    )
    op.create_index(
        "offers_that_end",
        "applications",
        ["offer_until"],
        unique=False,
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_index(
        "one_saved_application",
        "applications",
        ["brief_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("state = 'saved'"),
    )
    op.create_index(
        "one_seat_each",
        "applications",
        ["brief_id", "seat"],
        unique=True,
        postgresql_where=sa.text("seat IS NOT NULL"),
    )
    op.create_table(
        "application_people",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_people_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["briefs.id"], name=op.f("fk_application_people_brief_id_briefs")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_application_people_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_people")),
        sa.UniqueConstraint(
            "application_id",
            "person_id",
            name=op.f("uq_application_people_application_id_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_application_people_person_id"), "application_people", ["person_id"], unique=False
    )
    op.create_index(
        "one_live_application_of_a_brief",
        "application_people",
        ["brief_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "application_steps",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("move", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("actor", sa.String(length=30), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_steps_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_application_steps_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_steps")),
    )
    op.create_index(
        op.f("ix_application_steps_application_id_at"),
        "application_steps",
        ["application_id", "at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_application_steps_by_id"), "application_steps", ["by_id"], unique=False
    )
    op.create_table(
        "application_files",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("is_nameless", sa.Boolean(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_application_files_something_is_there")),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["people.id"], name=op.f("fk_application_files_added_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_files_application_id_applications"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_files")),
    )
    op.create_index(
        op.f("ix_application_files_added_by_id"), "application_files", ["added_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_application_files_application_id"),
        "application_files",
        ["application_id"],
        unique=False,
    )
    op.create_table(
        "application_tags",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(length=30), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_tags_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_application_tags_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_tags")),
        sa.UniqueConstraint(
            "application_id", "tag", name=op.f("uq_application_tags_application_id_tag")
        ),
    )
    op.create_index(op.f("ix_application_tags_by_id"), "application_tags", ["by_id"], unique=False)
    op.create_table(
        "application_notes",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.String(length=2000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_notes_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_application_notes_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_notes")),
    )
    op.create_index(
        op.f("ix_application_notes_application_id"),
        "application_notes",
        ["application_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_application_notes_by_id"), "application_notes", ["by_id"], unique=False
    )
    op.create_table(
        "application_desks",
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["briefs.id"], name=op.f("fk_application_desks_brief_id_briefs")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["people.id"], name=op.f("fk_application_desks_changed_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_desks")),
        sa.UniqueConstraint("brief_id", name=op.f("uq_application_desks_brief_id")),
    )
    op.create_index(
        op.f("ix_application_desks_changed_by_id"),
        "application_desks",
        ["changed_by_id"],
        unique=False,
    )
    op.execute(
        "CREATE TRIGGER application_steps_stay BEFORE UPDATE ON application_steps"
        " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
    )
    op.execute(
        """
        CREATE FUNCTION banyan_seat_is_there() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            places integer := (
                SELECT v.quota FROM briefs b
                JOIN brief_versions v ON v.brief_id = b.id AND v.number = b.version_number
                WHERE b.id = NEW.brief_id
            );
        BEGIN
            IF places IS NULL OR NEW.seat > places THEN
                RAISE EXCEPTION 'the brief has only % places', coalesce(places, 0)
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'seats_within_the_quota';
            END IF;
            RETURN NEW;
        END
        $$
        """
    )
    op.execute(
        "CREATE TRIGGER applications_seat_is_there BEFORE INSERT OR UPDATE OF seat ON applications"
        " FOR EACH ROW WHEN (NEW.seat IS NOT NULL) EXECUTE FUNCTION banyan_seat_is_there()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER applications_seat_is_there ON applications")
    op.execute("DROP FUNCTION banyan_seat_is_there()")
    op.execute("DROP TRIGGER application_steps_stay ON application_steps")
    for table in (
        "application_desks",
        "application_notes",
        "application_tags",
        "application_files",
        "application_steps",
        "application_people",
        "applications",
    ):
        op.drop_table(table)
