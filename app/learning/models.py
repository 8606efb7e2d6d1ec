"""Offerings, sections, who teaches and who takes them, and what each person has done."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.catalog.models import CourseVersion
from app.catalog.rules import ItemKind
from app.kernel import clock
from app.kernel.database import Model
from app.learning.rules import StaffRole


class Offering(Model):
    """A course version taught in a semester (開課)."""

    __tablename__ = "offerings"
    __table_args__ = (
        UniqueConstraint("course_version_id", "academic_year", "semester"),
        CheckConstraint("semester IN (1, 2)", name="semester_is_first_or_second"),
        CheckConstraint("starts_on <= ends_on", name="starts_before_it_ends"),
    )

    course_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_versions.id"))
    academic_year: Mapped[int]
    """ROC academic year (學年度): 114 began in August 2025."""
    semester: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    course_version: Mapped[CourseVersion] = relationship()
    sections: Mapped[list["Section"]] = relationship(back_populates="offering")


class Section(Model):
    """A school's class of an offering (班別)."""

    __tablename__ = "sections"
    __table_args__ = (
        CheckConstraint("capacity > 0", name="capacity_is_positive"),
        CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]*$'", name="code_is_a_folder_name"),
    )

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offerings.id"), index=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    code: Mapped[str] = mapped_column(String(80), unique=True)
    capacity: Mapped[int]
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


class Enrolment(Model):
    """A student in a section. Withdrawal ends it; enrolling again makes a new one."""

    __tablename__ = "enrolments"
    __table_args__ = (
        Index(
            "one_live_enrolment",
            "section_id",
            "person_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    enrolled_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]

    section: Mapped[Section] = relationship()
    person: Mapped[Person] = relationship()


class ItemProgress(Model):
    """What a person has done of one lesson or lab of a section; written by the rooms above too."""

    __tablename__ = "item_progress"
    __table_args__ = (UniqueConstraint("section_id", "person_id", "kind", "slug"),)

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[ItemKind]
    slug: Mapped[str] = mapped_column(String(80))
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    completed_at: Mapped[datetime | None]
    score: Mapped[float | None]
    max_score: Mapped[float | None]
