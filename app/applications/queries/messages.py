"""Applications as places where the applicant and the company write to each other.

``application:ID``, private to both sides. The programme office reads there only while something
is reported.
"""

import uuid
from collections.abc import Collection
from functools import partial

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Membership, Person
from app.accounts.policies import is_officer
from app.accounts.rules import ACTING_ROLES, Role
from app.applications import policies
from app.applications.models import Application, ApplicationPerson
from app.applications.queries.seen import names_of, wholes_of
from app.applications.rules import COMPANY_SEES, LIVE, TO_COMPANY
from app.applications.rules.blind import blinded
from app.briefs.models import Brief
from app.conversations import places
from app.conversations.models import Post, PostReport, Thread
from app.conversations.places import Place, Subject
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.i18n import gettext as _
from app.privacy import queries as privacy

__all__ = ["ApplicationPlaces", "place_key"]

SUBJECT = "messages"


class ApplicationPlaces:
    """What ``conversations`` asks about applications."""

    name = "application"

    def place(self, person: Person, key: str) -> Place:
        """For the applicants, for who acts for the company, and for officers about a report."""
        found = _application(key)
        if policies.is_hers(person, found):
            return _place(found, f"/me/applications/{found.id}", may_write=_is_live(found))
        if _company_may_read(person, found):
            place = _place(found, f"/company/applications/{found.id}", may_write=_is_live(found))
            return _veiled(place, found) if found.is_hidden else place
        if is_officer(person) and _is_reported(key):
            return _place(found, "/discussions/reports", may_moderate=True)
        raise NotVisible(key)

    def readers(self, key: str, among: Collection[uuid.UUID]) -> set[uuid.UUID]:
        return self.audience(key) & set(among)

    def audience(self, key: str) -> set[uuid.UUID]:
        """Both sides: who stands in it, and who acts for the company that may still see it."""
        found = _application(key)
        return {row.person_id for row in found.people if row.ended_at is None} | _company(found)

    def moderators(self, key: str) -> set[uuid.UUID]:
        return set(
            db.session.scalars(
                select(Membership.person_id).where(
                    Membership.role == Role.OFFICER, Membership.ended_at.is_(None)
                )
            )
        )

    def moderated_by(self, person: Person) -> set[str]:
        """What is reported now, for officers."""
        if not is_officer(person):
            return set()
        return set(
            db.session.scalars(
                select(Thread.place)
                .join(Post, Post.thread_id == Thread.id)
                .join(PostReport, PostReport.post_id == Post.id)
                .where(PostReport.settled_at.is_(None), Thread.place.like("application:%"))
                .distinct()
            )
        )


def place_key(application_id: uuid.UUID) -> str:
    return f"application:{application_id}"


def application_id_in(key: str) -> uuid.UUID | None:
    """Whose place KEY is; None when it is another kind's."""
    name, _colon, rest = key.partition(":")
    try:
        return uuid.UUID(rest) if name == ApplicationPlaces.name else None
    except ValueError:
        return None


def _application(key: str) -> Application:
    wanted = application_id_in(key)
    found = wanted and db.session.scalar(
        select(Application)
        .where(Application.id == wanted, Application.state.in_(COMPANY_SEES))
        .options(
            joinedload(Application.brief).joinedload(Brief.organisation),
            joinedload(Application.team),
            selectinload(Application.people)
            .joinedload(ApplicationPerson.person)
            .selectinload(Person.memberships)
            .joinedload(Membership.organisation),
        )
    )
    if not found:
        raise NotVisible(key)
    return found


def _place(
    found: Application, path: str, *, may_write: bool = False, may_moderate: bool = False
) -> Place:
    title = str(found.brief.title)
    return Place(
        key=place_key(found.id),
        title=title,
        path=path,
        subjects={SUBJECT: Subject(SUBJECT, _("Messages: %(title)s", title=title), path)},
        may_write=may_write,
        may_moderate=may_moderate,
        is_private=True,
    )


def _veiled(place: Place, found: Application) -> Place:
    """As a company meets it that reads without names."""
    people = [row.person for row in found.people]
    alias = _("Applicant %(number)s", number=found.number)
    return Place(
        **{
            **vars(place),
            "names": {person.id: alias for person in people},
            "veil": partial(blinded, names=names_of(people), wholes=wholes_of(people, found.team)),
        }
    )


def _is_live(found: Application) -> bool:
    return found.state in LIVE


def _company_may_read(person: Person, found: Application) -> bool:
    return policies.can_read_applicants(person, found.brief) and _consents(found)


def _consents(found: Application) -> bool:
    return found.sent_by_id is not None and privacy.has_consented(
        found.sent_by_id, TO_COMPANY.name, found.brief.organisation_id
    )


def _company(found: Application) -> set[uuid.UUID]:
    organisation = found.brief.organisation
    if organisation.verified_at is None or not _consents(found):
        return set()
    return set(
        db.session.scalars(
            select(Membership.person_id).where(
                Membership.organisation_id == organisation.id,
                Membership.role.in_(ACTING_ROLES),
                Membership.ended_at.is_(None),
            )
        )
    )


def _is_reported(key: str) -> bool:
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    Thread.place == key,
                    Post.thread_id == Thread.id,
                    PostReport.post_id == Post.id,
                    PostReport.settled_at.is_(None),
                )
            )
        )
    )


places.register(ApplicationPlaces())
