"""Briefs: drafts, versions that stay, their history, changes of scope, promises of silence."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

STAY = ("brief_versions", "required_skills", "brief_steps", "nda_acceptances")


def upgrade() -> None:
    op.create_table(
        "briefs",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("draft", postgresql.JSONB(), nullable=True),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("draft_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("pain_point_id", sa.Uuid(), nullable=True),
        sa.Column("supervisor_id", sa.Uuid(), nullable=True),
        sa.Column("challenge_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state <> 'closed' OR closed_at IS NOT NULL", name=op.f("ck_briefs_closed_at_a_time")
        ),
        sa.CheckConstraint(
            "state NOT IN ('draft', 'submitted', 'returned') OR draft IS NOT NULL",
            name=op.f("ck_briefs_unpublished_has_a_draft"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('published', 'closed') OR version_number > 0",
            name=op.f("ck_briefs_readable_has_a_version"),
        ),
        sa.CheckConstraint(
            "(version_number > 0) = (published_at IS NOT NULL)",
            name=op.f("ck_briefs_published_has_a_version"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenges.id"], name=op.f("fk_briefs_challenge_id_challenges")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_briefs_created_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_briefs_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["pain_point_id"], ["pain_points.id"], name=op.f("fk_briefs_pain_point_id_pain_points")
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["people.id"], name=op.f("fk_briefs_supervisor_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefs")),
    )
    op.create_index(op.f("ix_briefs_challenge_id"), "briefs", ["challenge_id"], unique=False)
    op.create_index(op.f("ix_briefs_created_by_id"), "briefs", ["created_by_id"], unique=False)
    op.create_index(
        op.f("ix_briefs_organisation_id_state"),
        "briefs",
        ["organisation_id", "state"],
        unique=False,
    )
    op.create_index(op.f("ix_briefs_pain_point_id"), "briefs", ["pain_point_id"], unique=False)
    op.create_index(
        "ix_briefs_published",
        "briefs",
        ["published_at"],
        unique=False,
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index(op.f("ix_briefs_supervisor_id"), "briefs", ["supervisor_id"], unique=False)
    op.create_table(
        "brief_changes",
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("base_number", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("side", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=True),
        sa.Column("decided_side", sa.String(length=30), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "NOT is_accepted OR decided_side <> side AND 'company' IN (side, decided_side)",
            name=op.f("ck_brief_changes_both_sides_agree"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL) AND (decided_at IS NULL) = (is_accepted IS NULL)",
            name=op.f("ck_brief_changes_decided_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["briefs.id"], name=op.f("fk_brief_changes_brief_id_briefs")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_brief_changes_decided_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["people.id"], name=op.f("fk_brief_changes_proposed_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_changes")),
    )
    op.create_index(op.f("ix_brief_changes_brief_id"), "brief_changes", ["brief_id"], unique=False)
    op.create_index(
        op.f("ix_brief_changes_decided_by_id"), "brief_changes", ["decided_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_brief_changes_proposed_by_id"), "brief_changes", ["proposed_by_id"], unique=False
    )
    op.create_index(
        "one_open_change",
        "brief_changes",
        ["brief_id"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "brief_mentors",
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["briefs.id"], name=op.f("fk_brief_mentors_brief_id_briefs")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_brief_mentors_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_mentors")),
    )
    op.create_index(
        op.f("ix_brief_mentors_person_id"), "brief_mentors", ["person_id"], unique=False
    )
    op.create_index(
        "one_live_brief_mentor",
        "brief_mentors",
        ["brief_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "brief_steps",
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=30), nullable=False),
        sa.Column("side", sa.String(length=30), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["briefs.id"], name=op.f("fk_brief_steps_brief_id_briefs")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_brief_steps_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_steps")),
    )
    op.create_index(
        op.f("ix_brief_steps_brief_id_at"), "brief_steps", ["brief_id", "at"], unique=False
    )
    op.create_index(op.f("ix_brief_steps_by_id"), "brief_steps", ["by_id"], unique=False)
    op.create_index(
        "one_verdict_of_each_side",
        "brief_steps",
        ["brief_id", "submission", "side"],
        unique=True,
        postgresql_where=sa.text("act IN ('approved', 'returned')"),
    )
    op.create_index(
        "two_people_approve",
        "brief_steps",
        ["brief_id", "submission", "by_id"],
        unique=True,
        postgresql_where=sa.text("act = 'approved'"),
    )
    op.create_table(
        "brief_versions",
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("outcome", postgresql.JSONB(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("industry", sa.String(length=40), nullable=False),
        sa.Column("county", sa.String(length=40), nullable=True),
        sa.Column("place", sa.String(length=30), nullable=False),
        sa.Column("takes", sa.String(length=30), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("team_min", sa.Integer(), nullable=True),
        sa.Column("team_max", sa.Integer(), nullable=True),
        sa.Column("audience", sa.String(length=30), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("pay", sa.String(length=30), nullable=False),
        sa.Column("pay_amount", sa.Integer(), nullable=True),
        sa.Column("legal_class", sa.String(length=30), nullable=True),
        sa.Column("hours_per_week", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("apply_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ownership", sa.String(length=30), nullable=False),
        sa.Column("data_class", sa.String(length=30), nullable=False),
        sa.Column("nda", postgresql.JSONB(), nullable=True),
        sa.Column("nda_digest", sa.String(length=64), nullable=True),
        sa.Column("confidential", postgresql.JSONB(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(audience = 'course') = (course_id IS NOT NULL)",
            name=op.f("ck_brief_versions_course_is_named"),
        ),
        sa.CheckConstraint(
            "(takes = 'teams') = (team_min IS NOT NULL AND team_max IS NOT NULL)",
            name=op.f("ck_brief_versions_teams_have_a_size"),
        ),
        sa.CheckConstraint(
            "pay = 'none' OR coalesce(pay_amount, 0) > 0",
            name=op.f("ck_brief_versions_pay_has_an_amount"),
        ),
        sa.CheckConstraint(
            "(confidential IS NULL) OR (nda IS NOT NULL)",
            name=op.f("ck_brief_versions_confidential_has_an_nda"),
        ),
        sa.CheckConstraint(
            "(nda IS NULL) = (nda_digest IS NULL)", name=op.f("ck_brief_versions_nda_has_a_digest")
        ),
        sa.CheckConstraint(
            "ends_on >= starts_on", name=op.f("ck_brief_versions_ends_after_it_starts")
        ),
        sa.CheckConstraint(
            "hours_per_week BETWEEN 1 AND 48", name=op.f("ck_brief_versions_hours_fit_a_week")
        ),
        sa.CheckConstraint(
            "minimum BETWEEN 0 AND quota", name=op.f("ck_brief_versions_minimum_fits_the_quota")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_brief_versions_numbers_begin_at_one")),
        sa.CheckConstraint("quota BETWEEN 1 AND 500", name=op.f("ck_brief_versions_quota_is_some")),
        sa.CheckConstraint(
            "team_min >= 2 AND team_max >= team_min",
            name=op.f("ck_brief_versions_a_team_is_several"),
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["briefs.id"], name=op.f("fk_brief_versions_brief_id_briefs")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_brief_versions_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_brief_versions_course_id_courses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_versions")),
        sa.UniqueConstraint("brief_id", "number", name=op.f("uq_brief_versions_brief_id_number")),
    )
    op.create_index(op.f("ix_brief_versions_by_id"), "brief_versions", ["by_id"], unique=False)
    op.create_index(op.f("ix_brief_versions_county"), "brief_versions", ["county"], unique=False)
    op.create_index(
        op.f("ix_brief_versions_course_id"), "brief_versions", ["course_id"], unique=False
    )
    op.create_index(
        op.f("ix_brief_versions_industry"), "brief_versions", ["industry"], unique=False
    )
    op.create_table(
        "nda_acceptances",
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("words", postgresql.JSONB(), nullable=False),
        sa.Column("signed_name", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["briefs.id"], name=op.f("fk_nda_acceptances_brief_id_briefs")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_nda_acceptances_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nda_acceptances")),
        sa.UniqueConstraint(
            "person_id",
            "brief_id",
            "digest",
            name=op.f("uq_nda_acceptances_person_id_brief_id_digest"),
        ),
    )
    op.create_index(
        op.f("ix_nda_acceptances_brief_id"), "nda_acceptances", ["brief_id"], unique=False
    )
    op.create_table(
        "required_skills",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("level > 0", name=op.f("ck_required_skills_levels_begin_at_one")),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_required_skills_skill_id_skills")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["brief_versions.id"],
            name=op.f("fk_required_skills_version_id_brief_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_required_skills")),
        sa.UniqueConstraint(
            "version_id", "skill_id", name=op.f("uq_required_skills_version_id_skill_id")
        ),
    )
    op.create_index(
        op.f("ix_required_skills_skill_id"), "required_skills", ["skill_id"], unique=False
    )
    for table in STAY:
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
        )
    # An answer to a proposal is given once; what was proposed never changes.
    op.execute(
        "CREATE TRIGGER brief_changes_stay BEFORE UPDATE ON brief_changes FOR EACH ROW"
        " WHEN (OLD.decided_at IS NOT NULL OR ROW(OLD.brief_id, OLD.base_number, OLD.document,"
        " OLD.side, OLD.reason, OLD.proposed_by_id) IS DISTINCT FROM ROW(NEW.brief_id,"
        " NEW.base_number, NEW.document, NEW.side, NEW.reason, NEW.proposed_by_id))"
        " EXECUTE FUNCTION banyan_stays()"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_required_skills_skill_id"), table_name="required_skills")
    op.drop_table("required_skills")
    op.drop_index(op.f("ix_nda_acceptances_brief_id"), table_name="nda_acceptances")
    op.drop_table("nda_acceptances")
    op.drop_index(op.f("ix_brief_versions_industry"), table_name="brief_versions")
    op.drop_index(op.f("ix_brief_versions_course_id"), table_name="brief_versions")
    op.drop_index(op.f("ix_brief_versions_county"), table_name="brief_versions")
    op.drop_index(op.f("ix_brief_versions_by_id"), table_name="brief_versions")
    op.drop_table("brief_versions")
    op.drop_index(
        "two_people_approve", table_name="brief_steps", postgresql_where=sa.text("act = 'approved'")
    )
    op.drop_index(
        "one_verdict_of_each_side",
        table_name="brief_steps",
        postgresql_where=sa.text("act IN ('approved', 'returned')"),
    )
    op.drop_index(op.f("ix_brief_steps_by_id"), table_name="brief_steps")
    op.drop_index(op.f("ix_brief_steps_brief_id_at"), table_name="brief_steps")
    op.drop_table("brief_steps")
    op.drop_index(
        "one_live_brief_mentor",
        table_name="brief_mentors",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_brief_mentors_person_id"), table_name="brief_mentors")
    op.drop_table("brief_mentors")
    op.drop_index(
        "one_open_change",
        table_name="brief_changes",
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_index(op.f("ix_brief_changes_proposed_by_id"), table_name="brief_changes")
    op.drop_index(op.f("ix_brief_changes_decided_by_id"), table_name="brief_changes")
    op.drop_index(op.f("ix_brief_changes_brief_id"), table_name="brief_changes")
    op.drop_table("brief_changes")
    op.drop_index(op.f("ix_briefs_supervisor_id"), table_name="briefs")
    op.drop_index(
        "ix_briefs_published", table_name="briefs", postgresql_where=sa.text("state = 'published'")
    )
    op.drop_index(op.f("ix_briefs_pain_point_id"), table_name="briefs")
    op.drop_index(op.f("ix_briefs_organisation_id_state"), table_name="briefs")
    op.drop_index(op.f("ix_briefs_created_by_id"), table_name="briefs")
    op.drop_index(op.f("ix_briefs_challenge_id"), table_name="briefs")
    op.drop_table("briefs")
