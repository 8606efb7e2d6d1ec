"""Groups of a section become rows with dates: several sets, and who was in which from when."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "group_sets",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_group_sets_section_id_sections")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_group_sets_made_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_sets")),
    )
    op.create_index(op.f("ix_group_sets_section_id"), "group_sets", ["section_id"])
    op.create_table(
        "section_groups",
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_id"], ["group_sets.id"], name=op.f("fk_section_groups_set_id_group_sets")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_section_groups_section_id_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_groups")),
        sa.UniqueConstraint("id", "set_id", name=op.f("uq_section_groups_id_set_id")),
    )
    op.create_index(op.f("ix_section_groups_set_id"), "section_groups", ["set_id"])
    op.create_index(
        "one_live_group_of_a_name",
        "section_groups",
        ["section_id", "name"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "group_places",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("placed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "set_id"],
            ["section_groups.id", "section_groups.set_id"],
            name=op.f("fk_group_places_group_id_set_id_section_groups"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_group_places_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["placed_by_id"], ["people.id"], name=op.f("fk_group_places_placed_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_places")),
    )
    op.create_index(op.f("ix_group_places_group_id"), "group_places", ["group_id"])
    op.create_index(op.f("ix_group_places_person_id"), "group_places", ["person_id"])
    op.create_index(
        "one_live_place_in_a_set",
        "group_places",
        ["set_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.execute("""
        INSERT INTO group_sets (id, section_id, name, made_at)
        SELECT gen_random_uuid(), section_id, '分組', now() FROM enrolments
        WHERE group_name IS NOT NULL AND withdrawn_at IS NULL GROUP BY section_id
    """)
    op.execute("""
        INSERT INTO section_groups (id, set_id, section_id, name, position)
        SELECT gen_random_uuid(), s.id, s.section_id, e.group_name,
               row_number() OVER (PARTITION BY s.section_id ORDER BY e.group_name) - 1
        FROM (SELECT DISTINCT section_id, group_name FROM enrolments
              WHERE group_name IS NOT NULL AND withdrawn_at IS NULL) e
        JOIN group_sets s ON s.section_id = e.section_id
    """)
    op.execute("""
        INSERT INTO group_places (id, group_id, set_id, person_id, since)
        SELECT gen_random_uuid(), g.id, g.set_id, e.person_id, e.enrolled_at
        FROM enrolments e
        JOIN section_groups g ON g.section_id = e.section_id AND g.name = e.group_name
        WHERE e.withdrawn_at IS NULL
    """)
    op.drop_column("enrolments", "group_name")


def downgrade() -> None:
    op.add_column("enrolments", sa.Column("group_name", sa.String(length=60), nullable=True))
    op.execute("""
        UPDATE enrolments e SET group_name = g.name
        FROM group_places p JOIN section_groups g ON g.id = p.group_id
        WHERE p.until IS NULL AND g.section_id = e.section_id AND p.person_id = e.person_id
          AND e.withdrawn_at IS NULL
    """)
    op.drop_table("group_places")
    op.drop_table("section_groups")
    op.drop_table("group_sets")
