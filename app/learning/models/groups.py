"""Groups within a section: sets of them, and who was in which from when until when."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import Model
from app.learning.models.offerings import Section


class GroupSet(Model):
    """A way to divide a section, such as lab tables: everybody is in one group of it at most."""

    __tablename__ = "group_sets"

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]

    section: Mapped[Section] = relationship()
    groups: Mapped[list["Group"]] = relationship(back_populates="set", order_by="Group.position")


class Group(Model):
    """A group of a set. Its name is the section's alone: release conditions ask for it."""

    __tablename__ = "section_groups"
    __table_args__ = (
        UniqueConstraint("id", "set_id"),
        Index(
            "one_live_group_of_a_name",
            "section_id",
            "name",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    set_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("group_sets.id"), index=True)
    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    name: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]

    set: Mapped[GroupSet] = relationship(back_populates="groups")


class GroupPlace(Model):
    """Somebody in a group, from an instant until another: who worked with whom stays known."""

    __tablename__ = "group_places"
    __table_args__ = (
        ForeignKeyConstraint(
            ["group_id", "set_id"], ["section_groups.id", "section_groups.set_id"]
        ),
        Index(
            "one_live_place_in_a_set",
            "set_id",
            "person_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
    )

    group_id: Mapped[uuid.UUID] = mapped_column(index=True)
    set_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None]
    placed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    group: Mapped[Group] = relationship(
        primaryjoin="GroupPlace.group_id == Group.id", foreign_keys=[group_id]
    )
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
