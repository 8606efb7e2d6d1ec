"""Who hears of needs."""

from sqlalchemy import select

from app.accounts.models import Membership, Person
from app.accounts.rules import ACTING_ROLES
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.needs.models import Interview
from app.notifications import rules
from app.notifications.operations import tell
from app.notifications.rules import Kind, Note

RECORDED = rules.register(Kind("needs.recorded", _l("Interviews about my company")))


def tell_the_company(interview: Interview, *, but: Person) -> None:
    """Let those who act for the company know that an interview about it was recorded."""
    organisation = interview.organisation
    if organisation is None or organisation.verified_at is None:
        return
    people = db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation.id,
            Membership.ended_at.is_(None),
            Membership.role.in_(ACTING_ROLES),
            Person.id != but.id,
        )
        .distinct()
    ).all()
    for person in people:
        tell(
            person,
            RECORDED,
            lambda: Note(
                _("An interview with %(company)s was recorded", company=interview.company),
                _("Read what was understood, and correct it where it is wrong."),
            ),
            f"/needs/interviews/{interview.id}",
            key=f"needs.recorded:{interview.id}",
        )
