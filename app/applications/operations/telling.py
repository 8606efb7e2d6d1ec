"""What people are told of applications. No news to a company names anybody, in the site or by mail.

Within operations.
"""

import uuid
from collections.abc import Callable, Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Membership, Organisation, Person
from app.accounts.rules import ACTING_ROLES
from app.applications.models import Application, ApplicationPerson
from app.applications.rules import LIVE, STATE_NAMES, State
from app.kernel.database import db
from app.kernel.i18n import LazyText
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.notifications import operations as notifications
from app.notifications import rules
from app.notifications.rules import Delivery, Kind, Note

STEP = rules.register(Kind("applications.step", _l("Steps of my applications"), Delivery.NOW))
NEW = rules.register(Kind("applications.new", _l("New applications for our briefs")))
ANSWER = rules.register(
    Kind("applications.answer", _l("Applicants’ answers to our offers"), Delivery.NOW)
)


def path_of(application: Application) -> str:
    """Where its applicants read it."""
    return f"/me/applications/{application.id}"


def desk_path_of(application: Application) -> str:
    """Where the company reads it."""
    return f"/company/applications/{application.id}"


def people_of(application: Application) -> Iterable[Person]:
    """Everybody whose application it is now."""
    return db.session.scalars(
        select(Person)
        .join(ApplicationPerson, ApplicationPerson.person_id == Person.id)
        .where(ApplicationPerson.application_id == application.id)
        .order_by(Person.id)
        .options(selectinload(Person.memberships))
    ).all()


def company_people(organisation: Organisation) -> Iterable[Person]:
    """Everybody who acts for the company, while it is approved."""
    if organisation.verified_at is None:
        return ()
    return db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation.id,
            Membership.role.in_(ACTING_ROLES),
            Membership.ended_at.is_(None),
        )
        .distinct()
        .order_by(Person.id)
        .options(selectinload(Person.memberships))
    ).all()


def tell_applicants(application: Application, note: Callable[[], Note], *, key: str) -> None:
    for person in people_of(application):
        notifications.tell(person, STEP, note, path_of(application), key=key)


def tell_company(
    application: Application, kind: Kind, note: Callable[[], Note], *, key: str
) -> None:
    for person in company_people(application.brief.organisation):
        notifications.tell(person, kind, note, desk_path_of(application), key=key)


def tell_of_step(application: Application, step_id: object, reason: str = "") -> None:
    """Tell those whose application it is where it stands now."""
    state, title = application.state, application.brief.title

    def note() -> Note:
        return Note(
            _("%(state)s: %(title)s", state=STATE_NAMES[state], title=title),
            _detail(state, reason),
        )

    tell_applicants(application, note, key=f"application-step:{step_id}")


def _detail(state: State, reason: str) -> str:
    if reason:
        return _("The reason they give: %(reason)s", reason=reason)
    if state is State.OFFERED:
        return _("Accept or decline before the offer ends.")
    if state is State.INTERVIEW:
        return _("Choose a time for the interview.")
    return _("Read more on the page of your application.")


def tell_of_end(application: Application) -> None:
    """Tell them, once, that the offer of this length ends soon."""
    title, until = application.brief.title, application.offer_until

    def note() -> Note:
        return Note(
            _("An offer ends soon: %(title)s", title=title),
            _("Accept or decline before the offer ends."),
        )

    tell_applicants(application, note, key=f"offer-ends:{application.id}:{until}")


def tell_of_brief(brief_id: uuid.UUID, what: LazyText, *, key: str) -> None:
    """Tell everybody who has a live application for a brief that something happened to it."""
    rows = db.session.scalars(
        select(Application)
        .where(Application.brief_id == brief_id, Application.state.in_(LIVE))
        .options(joinedload(Application.brief))
        .order_by(Application.id)
    ).all()
    for application in rows:
        title = application.brief.title

        def note(title: LocalizedText = title) -> Note:
            return Note(f"{what} {title}", _("Read more on the page of your application."))

        tell_applicants(application, note, key=key)


def tell_of_new(application: Application) -> None:
    title = application.brief.title

    def note() -> Note:
        return Note(
            _("A new application: %(title)s", title=title),
            _("Who it is, you read on the board of applicants."),
        )

    tell_company(application, NEW, note, key=f"application-new:{application.id}")


def tell_of_answer(application: Application, step_id: object) -> None:
    """Tell the company what became of its offer, by the applicant's number."""
    number, state, title = application.number, application.state, application.brief.title

    def note() -> Note:
        return Note(
            _("%(state)s: %(title)s", state=STATE_NAMES[state], title=title),
            _("Applicant %(number)s", number=number),
        )

    tell_company(application, ANSWER, note, key=f"application-answer:{step_id}")
