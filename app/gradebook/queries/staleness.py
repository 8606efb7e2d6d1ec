"""Whose kept grade is older than what it is made of."""

import uuid
from datetime import datetime

from sqlalchemy import Text, and_, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.gradebook.models import StudentGrade
from app.gradebook.queries.books import Book
from app.kernel.database import db
from app.learning.models import Enrolment, Extension

__all__ = ["stale_people"]


def stale_people(book: Book, now: datetime) -> list[uuid.UUID]:
    """Who takes the section and has no grade by what holds NOW, in one statement.

    Scores and what is set by hand are brought up to date where they change; all else is compared
    here: the scheme, the course's version, dates, extensions, and the time that goes by.
    """
    section_id = book.section.id
    names = cast(Extension.id, Text)
    grants = (
        select(
            Extension.person_id,
            func.md5(func.string_agg(names, aggregate_order_by(literal(","), names))).label("hash"),
        )
        .where(Extension.section_id == section_id, Extension.ended_at.is_(None))
        .group_by(Extension.person_id)
        .subquery()
    )
    kept = StudentGrade
    return list(
        db.session.scalars(
            select(Enrolment.person_id)
            .outerjoin(
                kept,
                and_(
                    kept.section_id == Enrolment.section_id, kept.person_id == Enrolment.person_id
                ),
            )
            .outerjoin(grants, grants.c.person_id == Enrolment.person_id)
            .where(
                Enrolment.section_id == section_id,
                Enrolment.withdrawn_at.is_(None),
                or_(
                    kept.id.is_(None),
                    kept.basis != book.basis,
                    kept.stale_at <= now,
                    kept.grants != func.coalesce(grants.c.hash, ""),
                ),
            )
            .order_by(Enrolment.person_id)
        )
    )
