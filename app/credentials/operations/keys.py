"""Issuers, their keys, and the address that stands in everything they sign."""

import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app import vc
from app.accounts.models import Organisation, Person
from app.credentials import policies, queries
from app.credentials.models import CredentialSite, Issuer, IssuerKey, StatusList
from app.credentials.rules import PROGRAMME
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.jobs import defer
from app.kernel.transaction import operation

__all__ = [
    "AddressMoved", "House", "KeyMissing", "ReasonNeeded", "compromise", "fix_address",
    "issuer_for", "open_issuer", "open_key", "rotate", "signing_key",
]  # fmt: skip


@dataclass(frozen=True)
class House:
    """Where this installation stands."""

    site_url: str
    instance: Path

    @property
    def keys(self) -> Path:
        return self.instance / "secrets" / "issuers"


class AddressMoved(Refused):
    message = _l(
        "Credentials were issued under another address of this site. Set BANYAN_URL back to it: "
        "nobody can verify them otherwise."
    )


class KeyMissing(Refused):
    message = _l(
        "The private key of this issuer is not among the secrets of the installation. Restore it "
        "from a backup, or make a new key."
    )


class ReasonNeeded(Refused):
    message = _l("Say why: it is kept, and whoever is concerned reads it.")


@operation
def fix_address(house: House) -> str:
    """The address that stands in credentials: from the first one on it is HOUSE's, for good.

    Raises AddressMoved when HOUSE stands elsewhere by now.
    """
    address = queries.fixed_address()
    if address is None:
        db.session.execute(
            insert(CredentialSite)
            .values(id=new_id(), is_the_one=True, address=house.site_url, fixed_at=clock.now())
            .on_conflict_do_nothing()
        )
        address = queries.fixed_address()
    if address != house.site_url:
        raise AddressMoved
    return address


@operation
def issuer_for(organisation: Organisation | None) -> Issuer:
    """The issuer of ORGANISATION (None: of the programme), made when it is not there yet."""
    found = queries.issuer_of(organisation.id if organisation else None)
    if found is not None:
        return found
    slug = organisation.slug if organisation else PROGRAMME
    if organisation and slug == PROGRAMME:
        slug = f"{slug}-school"
    db.session.execute(
        insert(Issuer)
        .values(
            id=new_id(),
            organisation_id=organisation.id if organisation else None,
            slug=slug,
            made_at=clock.now(),
        )
        .on_conflict_do_nothing()
    )
    made = queries.issuer_of(organisation.id if organisation else None)
    assert made is not None
    return made


@operation
def open_issuer(house: House, organisation: Organisation) -> Issuer:
    """ORGANISATION as an issuer with a key, before it has anything to issue."""
    made = issuer_for(organisation)
    open_key(house, made)
    return made


@operation
def open_key(house: House, issuer: Issuer) -> IssuerKey:
    """The key by which ISSUER signs, made when there is none. Raises KeyMissing."""
    return signing_key(house, issuer)[0]


@operation
def signing_key(house: House, issuer: Issuer) -> tuple[IssuerKey, vc.SigningKey]:
    """The key by which ISSUER signs now; its first one is made here. Raises KeyMissing."""
    row = _current(issuer)
    if row is None:
        # Two workers that issue the first credential together make one key.
        db.session.scalar(select(Issuer.id).where(Issuer.id == issuer.id).with_for_update())
        row = _current(issuer) or _make(house, issuer, None)
    try:
        return row, vc.SigningKey.from_bytes((house.keys / row.multibase).read_bytes())
    except FileNotFoundError:
        raise KeyMissing from None


def _current(issuer: Issuer) -> IssuerKey | None:
    return db.session.scalar(
        select(IssuerKey).where(IssuerKey.issuer_id == issuer.id, IssuerKey.retired_at.is_(None))
    )


def _make(house: House, issuer: Issuer, by_id: uuid.UUID | None) -> IssuerKey:
    """A new key: its private half is on the disk before the database speaks of it."""
    key = vc.SigningKey.generate()
    house.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(house.keys / key.multibase, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes)
        file.flush()
        os.fsync(file.fileno())
    newest = db.session.scalar(
        select(func.max(IssuerKey.number)).where(IssuerKey.issuer_id == issuer.id)
    )
    row = IssuerKey(
        issuer_id=issuer.id, number=(newest or 0) + 1, multibase=key.multibase, made_by_id=by_id
    )
    db.session.add(row)
    db.session.flush()
    audit.record(by_id, "issuer.key_made", "credential_issuer", issuer.id, number=row.number)
    return row


@operation
def rotate(actor: Person, house: House, issuer: Issuer, *, reason: str = "") -> IssuerKey:
    """Sign with a new key from now on; what the old one signed verifies. Raises NotVisible."""
    if not policies.can_manage(actor, issuer):
        raise NotVisible(issuer.slug)
    db.session.scalar(select(Issuer.id).where(Issuer.id == issuer.id).with_for_update())
    old = _current(issuer)
    if old is not None:
        old.retired_at = clock.now()
        old.reason = reason.strip()[:500]
        db.session.flush()
    return _make(house, issuer, actor.id)


@operation
def compromise(actor: Person, house: House, key: IssuerKey, *, reason: str) -> IssuerKey:
    """Others may have KEY's private half: nothing that it signed verifies any more, whatever date
    it bears. What is valid is signed again with another key, in the background; answers that key.

    Raises NotVisible, ReasonNeeded.
    """
    if not policies.can_manage(actor, key.issuer):
        raise NotVisible(key.issuer.slug)
    if not reason.strip():
        raise ReasonNeeded
    db.session.scalar(select(Issuer.id).where(Issuer.id == key.issuer_id).with_for_update())
    db.session.refresh(key)
    now = clock.now()
    key.retired_at = key.retired_at or now
    key.compromised_at = key.compromised_at or now
    key.reason = reason.strip()[:500]
    db.session.flush()
    audit.record(
        actor.id, "issuer.key_compromised", "credential_issuer", key.issuer_id, number=key.number
    )
    db.session.execute(
        update(StatusList).where(StatusList.issuer_id == key.issuer_id).values(signed_at=None)
    )
    defer("credentials.tasks.sign_again", issuer_key_id=str(key.id))
    return _current(key.issuer) or _make(house, key.issuer, actor.id)
