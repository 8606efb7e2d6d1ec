"""Saying that one looks for a team."""

from sqlalchemy import select

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import db
from app.kernel.transaction import operation
from app.privacy import operations as privacy
from app.privacy.queries import has_consented
from app.teams.models import TeamSeeker
from app.teams.operations.members import ConsentMissing, NotAStudent
from app.teams.policies import may_be_in_teams
from app.teams.rules import TEAM_SEARCH
from app.teams.subjects import subject_for

__all__ = ["end_search", "look_for_a_team", "stop_looking"]


@operation
def look_for_a_team(
    person: Person, words: str, *, subject_key: str = "", consents_now: bool = False
) -> TeamSeeker:
    """Teams find PERSON from now on. Raises NotAStudent, ConsentMissing, NotVisible."""
    if not may_be_in_teams(person):
        raise NotAStudent
    if subject_key:
        subject_for(person, subject_key)
    if not has_consented(person.id, TEAM_SEARCH.name):
        if not consents_now:
            raise ConsentMissing
        privacy.consent(person, TEAM_SEARCH.name)
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    row = db.session.scalar(select(TeamSeeker).where(TeamSeeker.person_id == person.id))
    if row is None:
        row = TeamSeeker(person_id=person.id)
        db.session.add(row)
    if row.until is not None:
        row.since, row.until = clock.now(), None
    row.words, row.subject_key = words, subject_key
    db.session.flush()
    return row


@operation
def stop_looking(person: Person) -> None:
    """Teams find PERSON no more; her consent is taken back with it."""
    privacy.withdraw(person, TEAM_SEARCH.name)
    end_search(person.id)


def end_search(person_id: object) -> None:
    row = db.session.scalar(select(TeamSeeker).where(TeamSeeker.person_id == person_id))
    if row is not None and row.until is None:
        row.until = clock.now()
        row.words = ""
        db.session.flush()
