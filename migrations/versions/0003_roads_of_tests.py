"""A lab version says on which road each of its tests is judged.

The plan is made by running the instructor's solution. Where that cannot be done at publication it
follows later, so this one column may change once, from nothing to a value; all else stays.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "lab_versions",
        sa.Column("roads", postgresql.JSONB(none_as_null=True), nullable=True),
    )
    op.execute("""
        CREATE FUNCTION banyan_lab_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.roads IS NULL AND NEW.roads IS NOT NULL
               AND to_jsonb(NEW) - 'roads' = to_jsonb(OLD) - 'roads' THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'rows of % are never changed: make a new version', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END
        $$
    """)
    op.execute("DROP TRIGGER lab_versions_stay ON lab_versions")
    op.execute(
        "CREATE TRIGGER lab_versions_stay BEFORE UPDATE ON lab_versions"
        " FOR EACH ROW EXECUTE FUNCTION banyan_lab_version_stays()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER lab_versions_stay ON lab_versions")
    op.execute("DROP FUNCTION banyan_lab_version_stays()")
    op.execute(
        "CREATE TRIGGER lab_versions_stay BEFORE UPDATE ON lab_versions"
        " FOR EACH ROW EXECUTE FUNCTION banyan_stays()"
    )
    op.drop_column("lab_versions", "roads")
