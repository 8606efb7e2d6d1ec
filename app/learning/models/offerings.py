"""Offerings, their sections, and who teaches them."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.catalog.models import CourseVersion
from app.kernel import clock
from app.kernel.database import Model
from app.learning.rules import Authorisation, OfferingKind, StaffRole, Way


class Offering(Model):
    """A course version taught by a school in a semester (開課)."""

    __tablename__ = "offerings"
    __table_args__ = (
        UniqueConstraint(
            "course_version_id",
            "school_id",
            "academic_year",
            "semester",
            "kind",
            name="one_offering_of_a_kind",
        ),
        CheckConstraint("semester IN (1, 2)", name="semester_is_first_or_second"),
        CheckConstraint("academic_year BETWEEN 100 AND 200", name="year_is_of_the_roc"),
        CheckConstraint("starts_on <= ends_on", name="starts_before_it_ends"),
        CheckConstraint("credits BETWEEN 0 AND 20", name="credits_are_few"),
        CheckConstraint(
            "(kind = 'lead') = (authorisation IS NOT NULL)", name="lead_says_what_others_may"
        ),
        CheckConstraint(
            "(kind IN ('mirror', 'satellite')) = (lead_id IS NOT NULL)", name="follower_has_a_lead"
        ),
    )

    course_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_versions.id"))
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    academic_year: Mapped[int]
    """ROC academic year (學年度): 114 began in August 2025."""
    semester: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    kind: Mapped[OfferingKind] = mapped_column(
        default=OfferingKind.REGULAR, server_default="regular"
    )
    authorisation: Mapped[Authorisation | None]
    lead_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("offerings.id"), index=True)
    credits: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """What a student earns who completes it."""
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))

    course_version: Mapped[CourseVersion] = relationship()
    school: Mapped[Organisation] = relationship()
    lead: Mapped["Offering | None"] = relationship(remote_side="Offering.id")
    sections: Mapped[list["Section"]] = relationship(
        back_populates="offering", order_by="Section.code"
    )


class OfferingUpgrade(Model):
    """An offering moved on to another version of its course: what learners are told about."""

    __tablename__ = "offering_upgrades"

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offerings.id"), index=True)
    before_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_versions.id"))
    after_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_versions.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    note: Mapped[str] = mapped_column(String(500), default="")

    before: Mapped[CourseVersion] = relationship(foreign_keys=[before_id])
    after: Mapped[CourseVersion] = relationship(foreign_keys=[after_id])


class Section(Model):
    """A school's class of an offering (班別)."""

    __tablename__ = "sections"
    __table_args__ = (
        CheckConstraint("capacity > 0", name="capacity_is_positive"),
        CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]*$'", name="code_is_a_folder_name"),
        CheckConstraint(
            "way <> 'code' OR invitation_code IS NOT NULL", name="code_is_there_to_enter_by"
        ),
    )

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offerings.id"), index=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    code: Mapped[str] = mapped_column(String(80), unique=True)
    capacity: Mapped[int]
    way: Mapped[Way] = mapped_column(default=Way.SELF, server_default="self")
    invitation_code: Mapped[str | None] = mapped_column(String(20), unique=True)
    enrolment_closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    """From then on nothing is submitted or enrolled; everything stays readable."""

    offering: Mapped[Offering] = relationship(back_populates="sections")
    school: Mapped[Organisation] = relationship()
    staff: Mapped[list["SectionStaff"]] = relationship(back_populates="section")


class SectionStaff(Model):
    """Who teaches a section."""

    __tablename__ = "section_staff"
    __table_args__ = (
        Index(
            "one_live_place_on_the_staff",
            "section_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[StaffRole]
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    section: Mapped[Section] = relationship(back_populates="staff")
    person: Mapped[Person] = relationship()
