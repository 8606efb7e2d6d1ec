"""Companies apply, are approved and suspended; several people act for one, always an owner too."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

ROLES = (
    *("student", "instructor", "teaching_assistant", "department_office"),
    *("owner", "hr", "representative", "employee", "mentor", "officer", "operator"),
)
STANDINGS = ("waiting", "returned", "refused", "approved", "suspended")
STEPS = ("applied", "approved", "returned", "refused", "suspended", "reinstated")


def _words(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=30)


def _people(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([c], ["people.id"], name=op.f(f"fk_{table}_{c}_people"))
        for c in columns
    ]


def _organisation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id"],
        ["organisations.id"],
        name=op.f(f"fk_{table}_organisation_id_organisations"),
    )


def upgrade() -> None:
    for column in (
        sa.Column("industry", sa.String(length=40), nullable=True),
        sa.Column("website", sa.String(length=300), nullable=True),
        sa.Column("about", postgresql.JSONB(), nullable=True),
        sa.Column("logo_blob", sa.String(length=64), nullable=True),
        sa.Column("standing", _words("standing", STANDINGS), nullable=True),
    ):
        op.add_column("organisations", column)
    op.execute(
        "UPDATE organisations SET standing ="
        " CASE WHEN verified_at IS NULL THEN 'waiting' ELSE 'approved' END"
    )
    op.alter_column("organisations", "standing", nullable=False)
    op.create_check_constraint(
        op.f("ck_organisations_verified_when_approved"),
        "organisations",
        "(standing = 'approved') = (verified_at IS NOT NULL)",
    )
    op.drop_constraint(op.f("uq_organisations_tax_id"), "organisations", type_="unique")
    op.create_index(
        "one_holder_of_a_tax_id",
        "organisations",
        ["tax_id"],
        unique=True,
        postgresql_where=sa.text("standing IN ('approved', 'suspended')"),
    )
    op.create_index("by_standing", "organisations", ["standing", "kind"])
    op.create_table(
        "company_steps",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", _words("step", STEPS), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _organisation("company_steps"),
        *_people("company_steps", "by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_steps")),
        sa.UniqueConstraint(
            "organisation_id", "number", name=op.f("uq_company_steps_organisation_id_number")
        ),
    )
    op.execute(
        "CREATE TRIGGER company_steps_stay BEFORE UPDATE OR DELETE ON company_steps"
        " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
    )
    op.create_table(
        "company_contacts",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("email", postgresql.CITEXT(), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _organisation("company_contacts"),
        *_people("company_contacts", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_contacts")),
    )
    op.create_index(
        op.f("ix_company_contacts_organisation_id"),
        "company_contacts",
        ["organisation_id", "made_at"],
    )
    op.create_index(op.f("ix_company_contacts_person_id"), "company_contacts", ["person_id"])
    op.create_table(
        "company_documents",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _organisation("company_documents"),
        *_people("company_documents", "uploaded_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_documents")),
    )
    op.create_index(
        op.f("ix_company_documents_organisation_id"), "company_documents", ["organisation_id"]
    )
    op.create_table(
        "join_requests",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", _words("role", ROLES), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (granted IS NULL)",
            name=op.f("ck_join_requests_answered_with_a_word"),
        ),
        _organisation("join_requests"),
        *_people("join_requests", "person_id", "answered_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_requests")),
    )
    op.create_index(op.f("ix_join_requests_person_id"), "join_requests", ["person_id"])
    op.create_index(
        "one_open_join_request",
        "join_requests",
        ["organisation_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    # At commit, because an owner may hand over and leave in one transaction; the lock makes two
    # owners who leave at once wait for each other.
    op.execute("""
        CREATE FUNCTION banyan_keeps_an_owner() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF current_setting('banyan.erasing', true) = 'on' THEN
                RETURN NULL;
            END IF;
            PERFORM 1 FROM organisations WHERE id = OLD.organisation_id FOR UPDATE;
            IF FOUND AND NOT EXISTS (
                SELECT 1 FROM memberships WHERE organisation_id = OLD.organisation_id
                AND role = 'owner' AND ended_at IS NULL
            ) THEN
                RAISE EXCEPTION 'an organisation keeps an owner'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END
        $$
    """)
    op.execute(
        "CREATE CONSTRAINT TRIGGER memberships_keep_an_owner AFTER UPDATE OR DELETE ON memberships"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
        " WHEN (OLD.role = 'owner' AND OLD.ended_at IS NULL)"
        " EXECUTE FUNCTION banyan_keeps_an_owner()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER memberships_keep_an_owner ON memberships")
    op.execute("DROP FUNCTION banyan_keeps_an_owner()")
    op.drop_table("join_requests")
    op.drop_table("company_documents")
    op.drop_table("company_contacts")
    op.drop_table("company_steps")
    op.execute("UPDATE memberships SET role = 'employee', ended_at = coalesce(ended_at, now())"
               " WHERE role IN ('owner', 'hr', 'representative')")  # fmt: skip
    op.execute("DELETE FROM invitations WHERE role IN ('owner', 'hr', 'representative')")
    op.drop_index("by_standing", table_name="organisations")
    op.drop_index("one_holder_of_a_tax_id", table_name="organisations")
    # Applications that shared a number with another organisation lose theirs.
    op.execute("""
        UPDATE organisations SET tax_id = NULL WHERE id IN (
            SELECT id FROM (
                SELECT id, row_number() OVER (
                    PARTITION BY tax_id ORDER BY verified_at NULLS LAST, created_at
                ) AS place FROM organisations WHERE tax_id IS NOT NULL
            ) AS numbered WHERE place > 1
        )
    """)
    op.create_unique_constraint(op.f("uq_organisations_tax_id"), "organisations", ["tax_id"])
    op.drop_constraint(
        op.f("ck_organisations_verified_when_approved"), "organisations", type_="check"
    )
    for column in ("standing", "logo_blob", "about", "website", "industry"):
        op.drop_column("organisations", column)
