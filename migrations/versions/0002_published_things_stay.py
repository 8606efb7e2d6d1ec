"""What is published or handed in is never changed: a correction is a new version."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STAYS = (
    "lab_versions",
    "lab_files",
    "lab_cells",
    "course_versions",
    "modules",
    "course_items",
    "pictures",
    "submissions",
    "submission_files",
    "notebook_scores",
    "cell_scores",
    "audit_entries",
)


def upgrade() -> None:
    op.execute("""
        CREATE FUNCTION banyan_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are never changed: make a new version', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END
        $$
    """)
    for table in STAYS:
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
        )


def downgrade() -> None:
    for table in STAYS:
        op.execute(f"DROP TRIGGER {table}_stay ON {table}")
    op.execute("DROP FUNCTION banyan_stays()")
