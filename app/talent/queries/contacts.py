"""Questions of companies and the answers of students."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page
from app.privacy.queries import consented_people
from app.talent.models import ContactRequest
from app.talent.rules import TALENT_CONTACT

__all__ = ["Contact", "contacts_of_company", "question_to", "questions_to"]


@dataclass(frozen=True)
class Contact:
    """A question as the company meets it. PERSON: once she said yes, as long as she agrees."""

    request: ContactRequest
    person: Person | None


def questions_to(person: Person) -> Sequence[ContactRequest]:
    """What companies asked PERSON, the newest first."""
    return db.session.scalars(
        select(ContactRequest)
        .where(ContactRequest.person_id == person.id)
        .options(joinedload(ContactRequest.organisation))
        .order_by(ContactRequest.made_at.desc(), ContactRequest.id)
    ).all()


def question_to(person: Person, request_id: uuid.UUID) -> ContactRequest:
    """Raises NotVisible."""
    found = db.session.get(ContactRequest, request_id)
    if found is None or found.person_id != person.id:
        raise NotVisible(str(request_id))
    return found


def contacts_of_company(organisation_id: uuid.UUID, page: int | None = 1) -> Listed[Contact]:
    """Whom the company asked, the newest first; a constant number of statements."""
    statement = (
        select(ContactRequest)
        .where(ContactRequest.organisation_id == organisation_id)
        .options(joinedload(ContactRequest.person), joinedload(ContactRequest.by))
        .order_by(ContactRequest.made_at.desc(), ContactRequest.id)
    )
    chosen, total, page = one_page(statement, page)
    rows = db.session.scalars(chosen).all()
    agreed = consented_people(
        TALENT_CONTACT.name, organisation_id, among=[row.person_id for row in rows]
    )
    return Listed(
        [
            Contact(row, row.person if row.accepted_at and row.person_id in agreed else None)
            for row in rows
        ],
        total,
        page,
    )
