"""What anybody may read who knows its address."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from app.accounts.models import Person
from app.credentials import policies
from app.credentials.models import Achievement, Award, Credential, Issuer
from app.credentials.rules import CredentialKind
from app.kernel.database import db
from app.kernel.errors import NotVisible

__all__ = ["NoLongerAvailable", "achievement", "credential", "newest_of", "public_credential"]


class NoLongerAvailable(NotVisible):
    """There was a credential here; its holder had her data erased."""


def credential(credential_id: uuid.UUID) -> Credential | None:
    """With its text, its award and its issuer; one statement."""
    return db.session.scalar(
        select(Credential)
        .where(Credential.id == credential_id)
        .options(
            undefer(Credential.document),
            undefer(Credential.jwt),
            joinedload(Credential.issuer_key),
            joinedload(Credential.award).options(
                joinedload(Award.achievement),
                joinedload(Award.issuer).joinedload(Issuer.organisation),
            ),
        )
    )


def public_credential(reader: Person | None, credential_id: uuid.UUID) -> Credential:
    """A credential for whoever knows its address. What its holder hides or declined is as if it
    were not there; she herself sees what she hides. Raises NotVisible, NoLongerAvailable."""
    found = credential(credential_id)
    if found is None:
        raise NotVisible(str(credential_id))
    is_hers = reader is not None and policies.is_holder(reader, found.award)
    if not is_hers and (found.award.hidden_at or found.award.withdrawn_for == "declined"):
        raise NotVisible(str(credential_id))
    if not found.document:
        raise NoLongerAvailable(str(credential_id))
    return found


def newest_of(award_id: uuid.UUID, kind: CredentialKind) -> Credential | None:
    """The credential of KIND that holds now for an award."""
    return db.session.scalar(
        select(Credential)
        .where(
            Credential.award_id == award_id,
            Credential.kind == kind,
            Credential.revoked_at.is_(None),
        )
        .order_by(Credential.number.desc())
        .limit(1)
        .options(undefer(Credential.document))
    )


def achievement(achievement_id: uuid.UUID) -> Achievement:
    """Raises NotVisible."""
    found = db.session.get(Achievement, achievement_id)
    if found is None:
        raise NotVisible(str(achievement_id))
    return found
