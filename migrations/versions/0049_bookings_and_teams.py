"""Slots that nobody can take twice, and teams with dated membership."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

ERASER_PASSES = """
            IF current_setting('banyan.erasing', true) = 'on' THEN
                RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
            END IF;"""

BOOKINGS = (
    # Other times are other slots; what is withdrawn stays so.
    """
        CREATE TRIGGER booking_slots_stay BEFORE UPDATE ON booking_slots FOR EACH ROW
        WHEN (OLD.withdrawn_at IS NOT NULL OR ROW(OLD.host_id, OLD.purpose, OLD.subject_key,
              OLD.starts_at, OLD.ends_at) IS DISTINCT FROM ROW(NEW.host_id, NEW.purpose,
              NEW.subject_key, NEW.starts_at, NEW.ends_at))
        EXECUTE FUNCTION banyan_stays()
    """,
    """
        CREATE FUNCTION banyan_slot_is_offered() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM 1 FROM booking_slots
              WHERE id = NEW.slot_id AND withdrawn_at IS NULL FOR SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'the slot is withdrawn'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END
        $$
    """,
    """
        CREATE TRIGGER bookings_of_offered_slots BEFORE INSERT ON bookings FOR EACH ROW
        EXECUTE FUNCTION banyan_slot_is_offered()
    """,
    """
        CREATE TRIGGER bookings_stay_cancelled BEFORE UPDATE ON bookings FOR EACH ROW
        WHEN (OLD.slot_id IS DISTINCT FROM NEW.slot_id OR OLD.cancelled_at IS NOT NULL
              AND NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at)
        EXECUTE FUNCTION banyan_stays()
    """,
    """
        CREATE FUNCTION banyan_seat_as_its_slot() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            SELECT s.starts_at, s.ends_at, b.cancelled_at
              INTO NEW.starts_at, NEW.ends_at, NEW.released_at
              FROM bookings b JOIN booking_slots s ON s.id = b.slot_id WHERE b.id = NEW.booking_id;
            RETURN NEW;
        END
        $$
    """,
    """
        CREATE TRIGGER booking_seats_as_their_slot BEFORE INSERT ON booking_seats FOR EACH ROW
        EXECUTE FUNCTION banyan_seat_as_its_slot()
    """,
    """
        CREATE FUNCTION banyan_seats_are_free() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE booking_seats SET released_at = NEW.cancelled_at
              WHERE booking_id = NEW.id AND released_at IS NULL;
            RETURN NULL;
        END
        $$
    """,
    """
        CREATE TRIGGER bookings_free_their_seats AFTER UPDATE OF cancelled_at ON bookings
        FOR EACH ROW WHEN (NEW.cancelled_at IS NOT NULL) EXECUTE FUNCTION banyan_seats_are_free()
    """,
)

TEAMS = (
    f"""
        CREATE FUNCTION banyan_team_has_room() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            team teams%ROWTYPE;
        BEGIN{ERASER_PASSES}
            SELECT * INTO team FROM teams WHERE id = NEW.team_id FOR UPDATE;
            IF team.dissolved_at IS NOT NULL THEN
                RAISE EXCEPTION 'the team is dissolved'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF EXISTS (SELECT 1 FROM team_freezes WHERE team_id = team.id AND until IS NULL) THEN
                RAISE EXCEPTION 'the team is frozen'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF (SELECT count(*) FROM team_members WHERE team_id = team.id AND left_at IS NULL)
                >= team.most THEN
                RAISE EXCEPTION 'the team is full'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END
        $$
    """,
    """
        CREATE TRIGGER team_members_have_room BEFORE INSERT ON team_members FOR EACH ROW
        EXECUTE FUNCTION banyan_team_has_room()
    """,
    f"""
        CREATE FUNCTION banyan_frozen_team_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN{ERASER_PASSES}
            IF NEW.left_by_id IS DISTINCT FROM NEW.person_id AND EXISTS (
                SELECT 1 FROM team_freezes WHERE team_id = NEW.team_id AND until IS NULL
            ) THEN
                RAISE EXCEPTION 'the team is frozen: nobody is put out of it'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END
        $$
    """,
    """
        CREATE TRIGGER team_members_are_kept BEFORE UPDATE OF left_at ON team_members
        FOR EACH ROW WHEN (OLD.left_at IS NULL AND NEW.left_at IS NOT NULL)
        EXECUTE FUNCTION banyan_frozen_team_keeps()
    """,
    """
        CREATE TRIGGER team_members_stay BEFORE UPDATE ON team_members FOR EACH ROW
        WHEN (OLD.left_at IS NOT NULL OR ROW(OLD.team_id, OLD.person_id, OLD.joined_at)
              IS DISTINCT FROM ROW(NEW.team_id, NEW.person_id, NEW.joined_at))
        EXECUTE FUNCTION banyan_stays()
    """,
    f"""
        CREATE FUNCTION banyan_team_holds_all() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN{ERASER_PASSES}
            IF (SELECT count(*) FROM team_members WHERE team_id = NEW.id AND left_at IS NULL)
                > NEW.most THEN
                RAISE EXCEPTION 'the team has more members than that'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END
        $$
    """,
    """
        CREATE TRIGGER teams_hold_all BEFORE UPDATE OF most ON teams FOR EACH ROW
        WHEN (NEW.most < OLD.most) EXECUTE FUNCTION banyan_team_holds_all()
    """,
)
FUNCTIONS = (
    "banyan_slot_is_offered", "banyan_seat_as_its_slot", "banyan_seats_are_free",
    "banyan_team_has_room", "banyan_frozen_team_keeps", "banyan_team_holds_all",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "booking_slots",
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("subject_key", sa.String(length=120), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("host_id"), "="),
            (sa.column("purpose"), "="),
            (sa.column("subject_key"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("withdrawn_at IS NULL"),
            using="gist",
            name="slots_of_a_host_do_not_overlap",
        ),
        sa.CheckConstraint(
            "ends_at <= starts_at + interval '8 hours'", name=op.f("ck_booking_slots_of_one_day")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name=op.f("ck_booking_slots_withdrawn_by_somebody"),
        ),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("ck_booking_slots_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(
            ["host_id"], ["people.id"], name=op.f("fk_booking_slots_host_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["offered_by_id"], ["people.id"], name=op.f("fk_booking_slots_offered_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_booking_slots_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["people.id"], name=op.f("fk_booking_slots_withdrawn_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_slots")),
    )
    op.create_index(op.f("ix_booking_slots_host_id"), "booking_slots", ["host_id"], unique=False)
    op.create_index(
        op.f("ix_booking_slots_offered_by_id"), "booking_slots", ["offered_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_booking_slots_organisation_id"), "booking_slots", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_booking_slots_purpose_subject_key_starts_at"),
        "booking_slots",
        ["purpose", "subject_key", "starts_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_booking_slots_withdrawn_by_id"), "booking_slots", ["withdrawn_by_id"], unique=False
    )
    op.create_table(
        "team_seekers",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("subject_key", sa.String(length=120), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_team_seekers_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_seekers")),
        sa.UniqueConstraint("person_id", name=op.f("uq_team_seekers_person_id")),
    )
    op.create_index(
        op.f("ix_team_seekers_subject_key"), "team_seekers", ["subject_key"], unique=False
    )
    op.create_table(
        "teams",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("about", sa.String(length=1000), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("subject_key", sa.String(length=120), nullable=False),
        sa.Column("seeking_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seeking_words", sa.String(length=1000), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("dissolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dissolved_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(dissolved_at IS NULL) = (dissolved_by_id IS NULL)",
            name=op.f("ck_teams_dissolved_by_somebody"),
        ),
        sa.CheckConstraint(
            "1 <= least AND least <= most AND most <= 12", name=op.f("ck_teams_sizes_make_sense")
        ),
        sa.ForeignKeyConstraint(
            ["dissolved_by_id"], ["people.id"], name=op.f("fk_teams_dissolved_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_teams_made_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
    )
    op.create_index(op.f("ix_teams_dissolved_by_id"), "teams", ["dissolved_by_id"], unique=False)
    op.create_index(op.f("ix_teams_made_by_id"), "teams", ["made_by_id"], unique=False)
    op.create_index(op.f("ix_teams_subject_key"), "teams", ["subject_key"], unique=False)
    op.create_table(
        "bookings",
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.Column("party_key", sa.String(length=120), nullable=False),
        sa.Column("booked_by_id", sa.Uuid(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("moved_to_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by_id IS NULL)",
            name=op.f("ck_bookings_cancelled_by_somebody"),
        ),
        sa.CheckConstraint(
            "moved_to_id IS NULL OR cancelled_at IS NOT NULL",
            name=op.f("ck_bookings_moved_is_over"),
        ),
        sa.ForeignKeyConstraint(
            ["booked_by_id"], ["people.id"], name=op.f("fk_bookings_booked_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"], ["people.id"], name=op.f("fk_bookings_cancelled_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["moved_to_id"], ["bookings.id"], name=op.f("fk_bookings_moved_to_id_bookings")
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["booking_slots.id"], name=op.f("fk_bookings_slot_id_booking_slots")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
    )
    op.create_index(op.f("ix_bookings_booked_by_id"), "bookings", ["booked_by_id"], unique=False)
    op.create_index(
        op.f("ix_bookings_cancelled_by_id"), "bookings", ["cancelled_by_id"], unique=False
    )
    op.create_index(op.f("ix_bookings_moved_to_id"), "bookings", ["moved_to_id"], unique=False)
    op.create_index(op.f("ix_bookings_party_key"), "bookings", ["party_key"], unique=False)
    op.create_index(op.f("ix_bookings_slot_id"), "bookings", ["slot_id"], unique=False)
    op.create_index(
        "one_live_booking",
        "bookings",
        ["slot_id"],
        unique=True,
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.create_table(
        "team_freezes",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_freezes_team_id_teams")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_freezes")),
    )
    op.create_index(op.f("ix_team_freezes_team_id"), "team_freezes", ["team_id"], unique=False)
    op.create_index(
        "one_live_team_freeze",
        "team_freezes",
        ["team_id", "key"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "team_invitations",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("email", postgresql.CITEXT(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=30), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(way = 'mail') = (email IS NOT NULL)",
            name=op.f("ck_team_invitations_mail_has_an_address"),
        ),
        sa.CheckConstraint(
            "(way = 'person') = (person_id IS NOT NULL)",
            name=op.f("ck_team_invitations_person_is_named"),
        ),
        sa.CheckConstraint(
            "(way = 'person') = (token_hash IS NULL)",
            name=op.f("ck_team_invitations_letters_have_a_token"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["people.id"],
            name=op.f("fk_team_invitations_answered_by_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_team_invitations_made_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_team_invitations_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_invitations_team_id_teams")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_team_invitations_token_hash")),
    )
    op.create_index(
        op.f("ix_team_invitations_answered_by_id"),
        "team_invitations",
        ["answered_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_team_invitations_made_by_id"), "team_invitations", ["made_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_team_invitations_person_id"), "team_invitations", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_team_invitations_team_id"), "team_invitations", ["team_id"], unique=False
    )
    op.create_index(
        "one_open_team_invitation",
        "team_invitations",
        ["team_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("way = 'person' AND answer IS NULL"),
    )
    op.create_index(
        "one_open_team_letter",
        "team_invitations",
        ["team_id", "email"],
        unique=True,
        postgresql_where=sa.text("way = 'mail' AND answer IS NULL"),
    )
    op.create_index(
        "one_open_team_link",
        "team_invitations",
        ["team_id"],
        unique=True,
        postgresql_where=sa.text("way = 'link' AND answer IS NULL"),
    )
    op.create_table(
        "team_leads",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.String(length=30), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_team_leads_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_leads_team_id_teams")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_leads")),
    )
    op.create_index(op.f("ix_team_leads_person_id"), "team_leads", ["person_id"], unique=False)
    op.create_index(op.f("ix_team_leads_team_id"), "team_leads", ["team_id"], unique=False)
    op.create_index(
        "one_lead_at_a_time",
        "team_leads",
        ["team_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(left_at IS NULL) = (left_by_id IS NULL)",
            name=op.f("ck_team_members_somebody_ended_it"),
        ),
        sa.CheckConstraint("left_at >= joined_at", name=op.f("ck_team_members_left_after_joining")),
        sa.ForeignKeyConstraint(
            ["left_by_id"], ["people.id"], name=op.f("fk_team_members_left_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_team_members_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id_teams")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_members")),
    )
    op.create_index(
        op.f("ix_team_members_left_by_id"), "team_members", ["left_by_id"], unique=False
    )
    op.create_index(op.f("ix_team_members_person_id"), "team_members", ["person_id"], unique=False)
    op.create_index(
        "one_live_team_member",
        "team_members",
        ["team_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "team_requests",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=30), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["people.id"], name=op.f("fk_team_requests_answered_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_team_requests_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_requests_team_id_teams")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_requests")),
    )
    op.create_index(
        op.f("ix_team_requests_answered_by_id"), "team_requests", ["answered_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_team_requests_person_id"), "team_requests", ["person_id"], unique=False
    )
    op.create_index(op.f("ix_team_requests_team_id"), "team_requests", ["team_id"], unique=False)
    op.create_index(
        "one_open_team_request",
        "team_requests",
        ["team_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("answer IS NULL"),
    )
    op.create_table(
        "team_votes",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("voter_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["people.id"], name=op.f("fk_team_votes_candidate_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_votes_team_id_teams")
        ),
        sa.ForeignKeyConstraint(
            ["voter_id"], ["people.id"], name=op.f("fk_team_votes_voter_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_votes")),
        sa.UniqueConstraint("team_id", "voter_id", name=op.f("uq_team_votes_team_id_voter_id")),
    )
    op.create_index(
        op.f("ix_team_votes_candidate_id"), "team_votes", ["candidate_id"], unique=False
    )
    op.create_index(op.f("ix_team_votes_voter_id"), "team_votes", ["voter_id"], unique=False)
    op.create_table(
        "booking_seats",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("is_host", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("person_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("released_at IS NULL"),
            using="gist",
            name="nobody_sits_twice",
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_booking_seats_booking_id_bookings")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_booking_seats_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_seats")),
    )
    op.create_index(
        op.f("ix_booking_seats_booking_id_person_id"),
        "booking_seats",
        ["booking_id", "person_id"],
        unique=True,
    )
    op.create_index(
        op.f("ix_booking_seats_person_id"), "booking_seats", ["person_id"], unique=False
    )

    for statement in (*BOOKINGS, *TEAMS):
        op.execute(statement)


def downgrade() -> None:
    for table in (
        "booking_seats",
        "team_votes",
        "team_requests",
        "team_members",
        "team_leads",
        "team_invitations",
        "team_freezes",
        "bookings",
        "teams",
        "team_seekers",
        "booking_slots",
    ):
        op.drop_table(table)
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")
