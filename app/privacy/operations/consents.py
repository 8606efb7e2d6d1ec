"""Consenting, withdrawing, and having been told: lines of the ledger."""

import uuid

from app.accounts.models import Person
from app.kernel import audit, clock, mail
from app.kernel.config import Config
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.i18n import speaking
from app.kernel.transaction import operation
from app.privacy import queries
from app.privacy.events import ConsentGiven, ConsentWithdrawn
from app.privacy.models import ConsentEntry
from app.privacy.queries.consents import was_informed
from app.privacy.rules import PURPOSES, Act

__all__ = ["NotByConsent", "consent", "end_consents", "inform", "withdraw"]


class NotByConsent(Refused):
    message = _l(
        "This use does not rest on your consent. You can ask to have your data erased instead."
    )


@operation
def consent(
    person: Person, purpose: str, organisation_id: uuid.UUID | None = None
) -> ConsentEntry | None:
    """PERSON agrees to PURPOSE as its notice of today says; nothing new when she does already.

    Raises NotByConsent; ValueError when an organisation is missing or too many.
    """
    _check(purpose, organisation_id)
    if queries.has_consented(person.id, purpose, organisation_id):
        return None
    entry = _write(person.id, purpose, organisation_id, Act.CONSENTED)
    publish(ConsentGiven(person.id, purpose, organisation_id))
    return entry


@operation
def withdraw(
    person: Person, purpose: str, organisation_id: uuid.UUID | None = None
) -> ConsentEntry | None:
    """PERSON no longer agrees: whoever asks ``has_consented`` from now on hears no.

    Raises NotByConsent; ValueError when an organisation is missing or too many.
    """
    _check(purpose, organisation_id)
    if not queries.has_consented(person.id, purpose, organisation_id):
        return None
    entry = _write(person.id, purpose, organisation_id, Act.WITHDREW)
    publish(ConsentWithdrawn(person.id, purpose, organisation_id))
    return entry


@operation
def inform(person_id: uuid.UUID, purpose: str, organisation_id: uuid.UUID | None = None) -> None:
    """Note that PERSON_ID was shown the notice of PURPOSE of today; each version once."""
    version = queries.current_notice(purpose).version
    if was_informed(person_id, purpose, organisation_id) < version:
        _write(person_id, purpose, organisation_id, Act.INFORMED)


def end_consents(config: Config) -> int:
    """End what was agreed to longer ago than its notice says, a transaction each; how many.

    From its last instant on nobody is shown anything: here it is written down, and she is told.
    """
    return sum(_end(config, entry.id) for entry in list(queries.consents_over()))


@operation
def _end(config: Config, entry_id: uuid.UUID) -> bool:
    entry = db.session.get_one(ConsentEntry, entry_id)
    # Nobody consents anew meanwhile: a line of the ledger waits for its person's row.
    person = db.session.get(Person, entry.person_id, with_for_update=True)
    if person is None or entry_id not in {row.id for row in queries.consents_over()}:
        return False
    _write(person.id, entry.purpose, entry.organisation_id, Act.ENDED)
    publish(ConsentWithdrawn(person.id, entry.purpose, entry.organisation_id))
    with speaking(person.locale):
        title = str(PURPOSES[entry.purpose].title)
        if entry.organisation is not None:
            title = f"{title} ({entry.organisation.name})"
        mail.send(
            to=person.email,
            subject=_("Your consent has ended: %(title)s", title=title),
            text=_(
                "You agreed to this on %(day)s: %(title)s.\n\n"
                "A consent lasts for the years that its notice says, and these are over. Nothing "
                "is shown any more. If you still want it, agree anew where you did; what you "
                "agreed to stands here: %(site)s/me/data/consents",
                day=entry.at.astimezone(clock.TAIPEI).strftime("%Y-%m-%d"),
                title=title,
                site=config.site_url,
            ),
        )
    return True


def _check(purpose: str, organisation_id: uuid.UUID | None) -> None:
    known = PURPOSES[purpose]
    if not known.by_consent:
        raise NotByConsent
    if known.per_organisation is (organisation_id is None):
        raise ValueError(f"{purpose} is consented to for one organisation at a time, or for none")


def _write(
    person_id: uuid.UUID, purpose: str, organisation_id: uuid.UUID | None, act: Act
) -> ConsentEntry:
    notice = queries.current_notice(purpose)
    entry = ConsentEntry(
        person_id=person_id,
        purpose=purpose,
        organisation_id=organisation_id,
        act=act,
        notice_version=notice.version,
        notice_digest=notice.digest,
    )
    db.session.add(entry)
    db.session.flush()
    audit.record(person_id, act.value, "purpose", purpose, organisation=str(organisation_id or ""))
    return entry
