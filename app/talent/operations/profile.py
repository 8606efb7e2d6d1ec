"""What a student says of herself, whether companies find her, and which never do."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select, update

from app.accounts.models import Organisation, Person
from app.briefs.rules.purposes import TALENT_SEARCH
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.portfolio.models import PortfolioFile
from app.privacy import operations as privacy
from app.talent.models import ContactRequest, SearchSeen, TalentBlock, TalentFile, TalentProfile
from app.talent.policies import has_a_profile
from app.talent.rules import MOST_FILES

__all__ = [
    "NotAStudent", "ProfileWords", "TooMany", "be_found", "block", "change_profile", "forget",
    "hide", "unblock",
]  # fmt: skip


class NotAStudent(Refused):
    message = _l("Only students of the programme’s schools are found by companies.")


class TooMany(Refused):
    message = _l("At most %(most)s files.", most=MOST_FILES)


@dataclass(frozen=True)
class ProfileWords:
    headline: str = ""
    statement: str = ""
    counties: tuple[str, ...] = ()
    is_remote: bool = False
    languages: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    hours: int = 0
    available_from: date | None = None
    available_until: date | None = None
    links: tuple[tuple[str, str], ...] = ()
    """(label, address) each."""
    file_ids: tuple[uuid.UUID, ...] = ()
    """Of her portfolio; others are left out."""


@operation
def change_profile(person: Person, words: ProfileWords) -> TalentProfile:
    """Raises NotAStudent, TooMany."""
    if not has_a_profile(person):
        raise NotAStudent
    if len(words.file_ids) > MOST_FILES:
        raise TooMany
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    profile = _profile(person)
    profile.headline, profile.statement = words.headline, words.statement
    profile.counties, profile.is_remote = list(words.counties), words.is_remote
    profile.languages, profile.industries = list(words.languages), list(words.industries)
    profile.hours = words.hours
    profile.available_from = words.available_from
    profile.available_until = words.available_until
    profile.links = [{"label": label, "url": url} for label, url in words.links]
    hers = set(
        db.session.scalars(
            select(PortfolioFile.id).where(
                PortfolioFile.person_id == person.id, PortfolioFile.id.in_(words.file_ids)
            )
        )
    )
    profile.files = [row for row in profile.files if row.file_id in hers]
    kept = {row.file_id for row in profile.files}
    profile.files += [TalentFile(file_id=one) for one in words.file_ids if one in hers - kept]
    profile.changed_at = clock.now()
    db.session.flush()
    return profile


@operation
def be_found(person: Person) -> None:
    """Approved companies find PERSON from the next request on. Raises NotAStudent."""
    if not has_a_profile(person):
        raise NotAStudent
    _profile(person)
    privacy.consent(person, TALENT_SEARCH.name)


@operation
def hide(person: Person) -> None:
    """No company finds PERSON from the next request on."""
    privacy.withdraw(person, TALENT_SEARCH.name)
    forget(person.id)


@operation
def block(person: Person, organisation: Organisation) -> None:
    """This company does not find PERSON, whatever else she agrees to. Again: nothing happens."""
    known = db.session.scalar(
        select(TalentBlock.id).where(
            TalentBlock.person_id == person.id, TalentBlock.organisation_id == organisation.id
        )
    )
    if known is None:
        db.session.add(TalentBlock(person_id=person.id, organisation_id=organisation.id))
        db.session.flush()
    audit.record(person.id, "talent.blocked", "organisation", organisation.id)


@operation
def unblock(person: Person, organisation_id: uuid.UUID) -> None:
    db.session.execute(
        delete(TalentBlock).where(
            TalentBlock.person_id == person.id, TalentBlock.organisation_id == organisation_id
        )
    )


def forget(person_id: uuid.UUID) -> None:
    """She is not found any more: no saved search remembers her, and open questions are over."""
    db.session.execute(delete(SearchSeen).where(SearchSeen.person_id == person_id))
    db.session.execute(
        update(ContactRequest)
        .where(
            ContactRequest.person_id == person_id,
            ContactRequest.accepted_at.is_(None),
            ContactRequest.declined_at.is_(None),
            ContactRequest.ended_at.is_(None),
        )
        .values(ended_at=clock.now())
    )


def _profile(person: Person) -> TalentProfile:
    found = db.session.scalar(select(TalentProfile).where(TalentProfile.person_id == person.id))
    if found is None:
        found = TalentProfile(person_id=person.id, code=secrets.token_urlsafe(12), files=[])
        db.session.add(found)
        db.session.flush()
    return found
