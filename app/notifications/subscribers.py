"""News of people and organisations, whose room lies below this one."""

import uuid
from collections.abc import Callable

from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts.events import (
    CompanyAnswered,
    CompanyApplied,
    CompanyApproved,
    CompanySuspended,
    JoinAnswered,
    JoinRequested,
)
from app.accounts.models import JoinRequest, Membership, Organisation, Person
from app.accounts.rules import ROLE_NAMES, STANDING_NAMES, Role, Standing
from app.kernel.database import db
from app.kernel.events import subscribe
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.notifications import operations, rules
from app.notifications.rules import Delivery, Kind, Note

APPROVALS = rules.register(
    Kind("companies.approvals", _l("Organisations that wait for approval"), Delivery.DIGEST)
)
OWN = rules.register(
    Kind("companies.own", _l("My organisation: its approval, who asks to join"), Delivery.NOW)
)


@subscribe(CompanyApplied)
def tell_officers(event: CompanyApplied) -> None:
    """Whoever decides; she who applied is told on the page itself."""
    organisation = db.session.get_one(Organisation, event.organisation_id)
    step = accounts.steps_of(organisation)[0]

    def note() -> Note:
        return Note(_("Waits for approval: %(name)s", name=str(organisation.name)))

    officers = db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.role == Role.OFFICER, Membership.ended_at.is_(None))
        .distinct()
    ).all()
    for officer in officers:
        operations.tell(
            officer,
            APPROVALS,
            note,
            f"/companies/approvals/{organisation.slug}",
            key=f"company-applied:{organisation.id}:{step.number}",
        )


@subscribe(CompanyApproved)
def tell_of_approval(event: CompanyApproved) -> None:
    _tell_what_was_decided(event.organisation_id)


@subscribe(CompanyAnswered)
def tell_of_answer(event: CompanyAnswered) -> None:
    _tell_what_was_decided(event.organisation_id)


@subscribe(CompanySuspended)
def tell_of_suspension(event: CompanySuspended) -> None:
    _tell_what_was_decided(event.organisation_id)


def _tell_what_was_decided(organisation_id: uuid.UUID) -> None:
    """To the owners, with the officer's words."""
    organisation = db.session.get_one(Organisation, organisation_id)
    last = accounts.steps_of(organisation)[0]

    def note() -> Note:
        standing = str(STANDING_NAMES[Standing(organisation.standing)])
        return Note(
            _("%(name)s: %(standing)s", name=str(organisation.name), standing=standing),
            last.reason,
        )

    _tell_owners(organisation.id, note, f"/company/{organisation.slug}", f"company-step:{last.id}")


@subscribe(JoinRequested)
def tell_who_may_answer(event: JoinRequested) -> None:
    request = db.session.get_one(JoinRequest, event.request_id)

    def note() -> Note:
        return Note(
            _(
                "%(person)s asks to join %(name)s as: %(role)s",
                person=request.person.name,
                name=str(request.organisation.name),
                role=str(ROLE_NAMES[Role(request.role)]),
            ),
            request.words,
        )

    path = f"/company/{request.organisation.slug}/people"
    _tell_owners(request.organisation_id, note, path, f"join:{request.id}")


@subscribe(JoinAnswered)
def tell_who_asked(event: JoinAnswered) -> None:
    request = db.session.get_one(JoinRequest, event.request_id)

    def note() -> Note:
        name = str(request.organisation.name)
        if request.granted:
            return Note(_("You now belong to %(name)s.", name=name))
        return Note(_("%(name)s did not let you in.", name=name))

    operations.tell(
        request.person,
        OWN,
        note,
        f"/companies/{request.organisation.slug}",
        key=f"join-answer:{request.id}",
    )


def _tell_owners(organisation_id: uuid.UUID, note: Callable[[], Note], path: str, key: str) -> None:
    for owner in accounts.owners_of(organisation_id):
        operations.tell(owner, OWN, note, path, key=key)
