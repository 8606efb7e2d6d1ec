"""Credentials: issuers and their keys, achievements, awards, what was signed, status lists."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "achievements",
        sa.Column(
            "kind",
            sa.Enum(
                "skill",
                "course",
                "cluster",
                "project",
                "mentoring",
                name="achievementkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("description", postgresql.JSONB(), nullable=False),
        sa.Column("criteria", postgresql.JSONB(), nullable=False),
        sa.Column("industry", sa.String(length=60), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("credits", sa.Double(), nullable=True),
        sa.Column("alignments", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievements")),
        sa.UniqueConstraint(
            "kind", "subject", "number", name=op.f("uq_achievements_kind_subject_number")
        ),
    )
    op.create_table(
        "credential_sites",
        sa.Column("is_the_one", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("is_the_one", name=op.f("ck_credential_sites_there_is_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_sites")),
        sa.UniqueConstraint("is_the_one", name=op.f("uq_credential_sites_is_the_one")),
    )
    op.create_table(
        "award_rules",
        sa.Column(
            "kind",
            sa.Enum(
                "skill",
                "course",
                "cluster",
                "project",
                "mentoring",
                name="achievementkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("condition", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["people.id"], name=op.f("fk_award_rules_ended_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_award_rules_made_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_rules")),
    )
    op.create_index(
        "one_rule_in_force",
        "award_rules",
        ["kind", "subject"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "credential_choices",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_credential_choices_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_choices")),
        sa.UniqueConstraint("person_id", name=op.f("uq_credential_choices_person_id")),
    )
    op.create_table(
        "credential_issuers",
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9][a-z0-9-]*$'", name=op.f("ck_credential_issuers_slug_is_an_address")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_credential_issuers_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_issuers")),
        sa.UniqueConstraint(
            "organisation_id",
            name=op.f("uq_credential_issuers_organisation_id"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.UniqueConstraint("slug", name=op.f("uq_credential_issuers_slug")),
    )
    op.create_table(
        "issuing_runs",
        sa.Column(
            "kind",
            sa.Enum(
                "skill",
                "course",
                "cluster",
                "project",
                "mentoring",
                name="achievementkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by_id", sa.Uuid(), nullable=True),
        sa.Column("candidate_count", sa.Integer(), nullable=False),
        sa.Column("looked_count", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["begun_by_id"], ["people.id"], name=op.f("fk_issuing_runs_begun_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuing_runs")),
    )
    op.create_index(
        "one_live_issuing_run",
        "issuing_runs",
        ["kind", "subject"],
        unique=True,
        postgresql_where=sa.text("looked_at IS NULL"),
    )
    op.create_table(
        "awards",
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("achievement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "skill",
                "course",
                "cluster",
                "project",
                "mentoring",
                name="achievementkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("awarded_by_id", sa.Uuid(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("basis", postgresql.JSONB(), nullable=False),
        sa.Column("wanted_number", sa.Integer(), nullable=False),
        sa.Column("issued_number", sa.Integer(), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "withdrawn_for",
            sa.Enum(
                "replaced",
                "withdrawn",
                "mistake",
                "misconduct",
                "key_lost",
                "declined",
                "erased",
                name="reason",
                native_enum=False,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_for IS NULL)",
            name=op.f("ck_awards_withdrawn_for_a_reason"),
        ),
        sa.CheckConstraint(
            "issued_number <= wanted_number", name=op.f("ck_awards_not_more_than_wanted")
        ),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievements.id"],
            name=op.f("fk_awards_achievement_id_achievements"),
        ),
        sa.ForeignKeyConstraint(
            ["awarded_by_id"], ["people.id"], name=op.f("fk_awards_awarded_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["issuer_id"],
            ["credential_issuers.id"],
            name=op.f("fk_awards_issuer_id_credential_issuers"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_awards_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["issuing_runs.id"], name=op.f("fk_awards_run_id_issuing_runs")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["people.id"], name=op.f("fk_awards_withdrawn_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awards")),
    )
    op.create_index(
        "awards_to_issue",
        "awards",
        ["awarded_at"],
        unique=False,
        postgresql_where=sa.text("issued_number < wanted_number AND withdrawn_at IS NULL"),
    )
    op.create_index(op.f("ix_awards_achievement_id"), "awards", ["achievement_id"], unique=False)
    op.create_index(op.f("ix_awards_issuer_id"), "awards", ["issuer_id"], unique=False)
    op.create_index(op.f("ix_awards_person_id"), "awards", ["person_id"], unique=False)
    op.create_index(op.f("ix_awards_run_id"), "awards", ["run_id"], unique=False)
    op.create_index(
        "one_live_award",
        "awards",
        ["person_id", "issuer_id", "kind", "subject"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "credential_issuer_keys",
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("multibase", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("compromised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "compromised_at IS NULL OR retired_at IS NOT NULL",
            name=op.f("ck_credential_issuer_keys_compromised_signs_no_more"),
        ),
        sa.ForeignKeyConstraint(
            ["issuer_id"],
            ["credential_issuers.id"],
            name=op.f("fk_credential_issuer_keys_issuer_id_credential_issuers"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_credential_issuer_keys_made_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_issuer_keys")),
        sa.UniqueConstraint(
            "issuer_id", "number", name=op.f("uq_credential_issuer_keys_issuer_id_number")
        ),
        sa.UniqueConstraint("multibase", name=op.f("uq_credential_issuer_keys_multibase")),
    )
    op.create_index(
        "one_key_that_signs",
        "credential_issuer_keys",
        ["issuer_id"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "credential_status_lists",
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issuer_id"],
            ["credential_issuers.id"],
            name=op.f("fk_credential_status_lists_issuer_id_credential_issuers"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_status_lists")),
        sa.UniqueConstraint(
            "issuer_id", "number", name=op.f("uq_credential_status_lists_issuer_id_number")
        ),
    )
    op.create_table(
        "credentials",
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("badge", "clr", name="credentialkind", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issuer_key_id", sa.Uuid(), nullable=False),
        sa.Column("status_list_id", sa.Uuid(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("with_name", sa.Boolean(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("jwt", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "revoked_for",
            sa.Enum(
                "replaced",
                "withdrawn",
                "mistake",
                "misconduct",
                "key_lost",
                "declined",
                "erased",
                name="reason",
                native_enum=False,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("revoked_by_id", sa.Uuid(), nullable=True),
        sa.Column("revocation_note", sa.String(length=500), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_for IS NULL)",
            name=op.f("ck_credentials_revoked_for_a_reason"),
        ),
        sa.CheckConstraint(
            "status_index BETWEEN 0 AND 131071", name=op.f("ck_credentials_has_a_place_in_the_list")
        ),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name=op.f("fk_credentials_award_id_awards")
        ),
        sa.ForeignKeyConstraint(
            ["issuer_key_id"],
            ["credential_issuer_keys.id"],
            name=op.f("fk_credentials_issuer_key_id_credential_issuer_keys"),
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["people.id"], name=op.f("fk_credentials_revoked_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["status_list_id"],
            ["credential_status_lists.id"],
            name=op.f("fk_credentials_status_list_id_credential_status_lists"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
        sa.UniqueConstraint(
            "award_id", "kind", "number", name=op.f("uq_credentials_award_id_kind_number")
        ),
        sa.UniqueConstraint(
            "status_list_id",
            "status_index",
            name=op.f("uq_credentials_status_list_id_status_index"),
        ),
    )
    op.create_index(
        op.f("ix_credentials_issuer_key_id"), "credentials", ["issuer_key_id"], unique=False
    )
    op.create_index(
        "revoked_of_a_list",
        "credentials",
        ["status_list_id", "status_index"],
        unique=False,
        postgresql_where=sa.text("revoked_at IS NOT NULL"),
    )

    for table in ("achievements", "credential_sites"):
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
        )
    # What was signed stays; all that may come is that it is revoked.
    op.execute(
        "CREATE TRIGGER credentials_stay BEFORE UPDATE ON credentials FOR EACH ROW"
        " WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at OR"
        " ROW(OLD.award_id, OLD.kind, OLD.number, OLD.issuer_key_id, OLD.status_list_id,"
        " OLD.status_index, OLD.issued_at, OLD.valid_until, OLD.with_name, OLD.document, OLD.jwt)"
        " IS DISTINCT FROM ROW(NEW.award_id, NEW.kind, NEW.number, NEW.issuer_key_id,"
        " NEW.status_list_id, NEW.status_index, NEW.issued_at, NEW.valid_until, NEW.with_name,"
        " NEW.document, NEW.jwt))"
        " EXECUTE FUNCTION banyan_stays()"
    )
    # A key is what it is; it may be retired and found compromised, and neither is taken back.
    op.execute(
        "CREATE TRIGGER credential_issuer_keys_stay BEFORE UPDATE ON credential_issuer_keys"
        " FOR EACH ROW WHEN (OLD.retired_at IS NOT NULL AND NEW.retired_at IS NULL"
        " OR OLD.compromised_at IS NOT NULL AND NEW.compromised_at IS NULL"
        " OR ROW(OLD.issuer_id, OLD.number, OLD.multibase, OLD.made_at)"
        " IS DISTINCT FROM ROW(NEW.issuer_id, NEW.number, NEW.multibase, NEW.made_at))"
        " EXECUTE FUNCTION banyan_stays()"
    )
    # An award is somebody's for something for good.
    op.execute(
        "CREATE TRIGGER awards_stay BEFORE UPDATE ON awards FOR EACH ROW"
        " WHEN (ROW(OLD.person_id, OLD.issuer_id, OLD.kind, OLD.subject, OLD.awarded_at)"
        " IS DISTINCT FROM ROW(NEW.person_id, NEW.issuer_id, NEW.kind, NEW.subject,"
        " NEW.awarded_at) OR NEW.issued_number < OLD.issued_number)"
        " EXECUTE FUNCTION banyan_stays()"
    )


def downgrade() -> None:
    op.drop_index(
        "revoked_of_a_list",
        table_name="credentials",
        postgresql_where=sa.text("revoked_at IS NOT NULL"),
    )
    op.drop_index(op.f("ix_credentials_issuer_key_id"), table_name="credentials")
    op.drop_table("credentials")
    op.drop_table("credential_status_lists")
    op.drop_index(
        "one_key_that_signs",
        table_name="credential_issuer_keys",
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.drop_table("credential_issuer_keys")
    op.drop_index(
        "one_live_award", table_name="awards", postgresql_where=sa.text("withdrawn_at IS NULL")
    )
    op.drop_index(op.f("ix_awards_run_id"), table_name="awards")
    op.drop_index(op.f("ix_awards_person_id"), table_name="awards")
    op.drop_index(op.f("ix_awards_issuer_id"), table_name="awards")
    op.drop_index(op.f("ix_awards_achievement_id"), table_name="awards")
    op.drop_index(
        "awards_to_issue",
        table_name="awards",
        postgresql_where=sa.text("issued_number < wanted_number AND withdrawn_at IS NULL"),
    )
    op.drop_table("awards")
    op.drop_index(
        "one_live_issuing_run",
        table_name="issuing_runs",
        postgresql_where=sa.text("looked_at IS NULL"),
    )
    op.drop_table("issuing_runs")
    op.drop_table("credential_issuers")
    op.drop_table("credential_choices")
    op.drop_index(
        "one_rule_in_force", table_name="award_rules", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_table("award_rules")
    op.drop_table("credential_sites")
    op.drop_table("achievements")
