"""What is announced to whom, and who has read it."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText
from app.learning.models.offerings import Offering, Section


class Announcement(Model):
    """Something that a section, all sections of an offering, or many people of the site hear."""

    __tablename__ = "announcements"
    __table_args__ = (
        CheckConstraint(
            "section_id IS NULL OR offering_id IS NULL", name="for_a_section_or_an_offering"
        ),
        CheckConstraint(
            "(section_id IS NULL AND offering_id IS NULL)"
            " OR (school_ids IS NULL AND roles IS NULL)",
            name="schools_and_roles_are_of_the_site",
        ),
        CheckConstraint(
            "offering_id IS NOT NULL OR NOT with_followers", name="leads_have_followers"
        ),
        UniqueConstraint("author_id", "key"),
        Index("announcements_to_tell", "publish_at", postgresql_where=text("begun_at IS NULL")),
        Index(
            "announcements_of_the_site",
            "publish_at",
            postgresql_where=text("section_id IS NULL AND offering_id IS NULL"),
        ),
    )

    section_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sections.id"), index=True)
    offering_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("offerings.id"), index=True)
    with_followers: Mapped[bool] = mapped_column(default=False)
    """Also the sections of the schools that follow this lead course."""
    school_ids: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    roles: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    """Whom an announcement of the site is for: members of these schools in these roles; None means
    all of them."""
    title: Mapped[LocalizedText] = mapped_column(Localized)
    body: Mapped[LocalizedText] = mapped_column(Localized)
    """Markdown."""
    body_html: Mapped[LocalizedText] = mapped_column(Localized)
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    key: Mapped[uuid.UUID]
    """Made with the form: the same form sent twice announces once."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    publish_at: Mapped[datetime] = mapped_column(default=clock.now)
    pinned_until: Mapped[datetime | None]
    corrected_at: Mapped[datetime | None]
    """Changed after people could read it."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    begun_at: Mapped[datetime | None]
    """When telling people of it began, which takes a while."""
    told_at: Mapped[datetime | None]
    """When everybody whom it is for had been told."""

    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    section: Mapped[Section | None] = relationship()
    offering: Mapped[Offering | None] = relationship()


class AnnouncementReading(Model):
    """Somebody has read an announcement."""

    __tablename__ = "announcement_readings"
    __table_args__ = (UniqueConstraint("announcement_id", "person_id"),)

    announcement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("announcements.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    read_at: Mapped[datetime] = mapped_column(default=clock.now)
