"""Searches that companies keep, and the news of them: once a day, at the same time for all."""

import uuid

from sqlalchemy import select

from app.accounts.models import Organisation, Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.i18n import ngettext
from app.kernel.transaction import operation
from app.notifications import operations as notifications
from app.notifications.rules import Delivery, Kind, Note, register
from app.talent.models import SavedSearch, SearchSeen
from app.talent.policies import may_search
from app.talent.queries.finding import found_by
from app.talent.rules import Query

__all__ = ["end_search", "save_search", "tell_of_new", "tell_of_one"]

NEWS = register(Kind("talent.found", _l("Saved searches: students found anew"), Delivery.NOW))


@operation
def save_search(person: Person, organisation_id: uuid.UUID, name: str, query: Query) -> SavedSearch:
    """Who is found today is known: news are of others. Raises NotVisible."""
    if not may_search(person, organisation_id):
        raise NotVisible
    made = SavedSearch(
        organisation_id=organisation_id, made_by_id=person.id, name=name, query=query.as_json()
    )
    db.session.add(made)
    db.session.flush()
    _note(made, {one.person_id for one in found_by(organisation_id, query)})
    audit.record(person.id, "talent.saved", "talent_search", made.id)
    return made


@operation
def end_search(saved: SavedSearch) -> None:
    saved.ended_at = saved.ended_at or clock.now()


def tell_of_new() -> list[uuid.UUID]:
    """Every saved search that is looked at today."""
    return list(
        db.session.scalars(
            select(SavedSearch.id).where(SavedSearch.ended_at.is_(None)).order_by(SavedSearch.id)
        )
    )


@operation
def tell_of_one(search_id: uuid.UUID) -> int:
    """Tell who saved a search how many are found anew; how many. Twice on a day: once."""
    saved = db.session.get(SavedSearch, search_id, with_for_update={"of": SavedSearch})
    if saved is None or saved.ended_at is not None:
        return 0
    if not may_search(saved.made_by, saved.organisation_id):
        return 0
    found = {one.person_id for one in found_by(saved.organisation_id, Query.from_json(saved.query))}
    new = found - set(
        db.session.scalars(select(SearchSeen.person_id).where(SearchSeen.search_id == saved.id))
    )
    saved.told_at = clock.now()
    if not new:
        return 0
    _note(saved, new)
    count, name = len(new), saved.name

    def note() -> Note:
        return Note(
            ngettext(
                "“%(name)s”: %(num)s student is found anew",
                "“%(name)s”: %(num)s students are found anew",
                count,
                name=name,
            )
        )

    day = saved.told_at.astimezone(clock.TAIPEI).date()
    slug = _slug(saved)
    notifications.tell(
        saved.made_by,
        NEWS,
        note,
        f"/company/{slug}/talent/saved/{saved.id}",
        key=f"talent-found:{saved.id}:{day}",
    )
    return count


def _slug(saved: SavedSearch) -> str:
    return db.session.get_one(Organisation, saved.organisation_id).slug


def _note(saved: SavedSearch, person_ids: set[uuid.UUID]) -> None:
    db.session.add_all(
        SearchSeen(search_id=saved.id, person_id=person_id) for person_id in sorted(person_ids)
    )
    db.session.flush()
