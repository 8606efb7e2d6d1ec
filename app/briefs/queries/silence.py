"""What is confidential in a brief, and to whom it opens."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from app.accounts.models import Person
from app.briefs import policies, rules
from app.briefs.models import Brief, BriefVersion, NdaAcceptance
from app.briefs.rules import State
from app.kernel.database import db
from app.kernel.localized import LocalizedText

__all__ = ["Promise", "confidential_for", "promise_count", "promise_of", "promised_at"]


@dataclass(frozen=True)
class Promise:
    """What has to be promised before the confidential part of a brief opens."""

    words: LocalizedText
    digest: str
    version_number: int
    """0: of the draft that is in review."""


def promise_of(brief: Brief) -> Promise | None:
    """The promise that BRIEF asks for as it stands now; None: it asks for none."""
    if brief.state is State.SUBMITTED:
        raw = brief.draft or {}
        words = rules.promise(raw, brief.organisation.name)
        return Promise(words, rules.promise_digest(brief.id, words), 0) if words else None
    if not brief.version_number:
        return None
    found = db.session.execute(
        select(BriefVersion.nda, BriefVersion.nda_digest).where(
            BriefVersion.brief_id == brief.id, BriefVersion.number == brief.version_number
        )
    ).one()
    if found.nda is None:
        return None
    return Promise(found.nda, found.nda_digest, brief.version_number)


def promised_at(person: Person, brief: Brief, digest: str) -> datetime | None:
    """When PERSON promised exactly what the words with DIGEST say."""
    return db.session.scalar(
        select(NdaAcceptance.at).where(
            NdaAcceptance.person_id == person.id,
            NdaAcceptance.brief_id == brief.id,
            NdaAcceptance.digest == digest,
        )
    )


def confidential_for(person: Person | None, brief: Brief) -> LocalizedText | None:
    """The confidential part, if it is open to PERSON now; None: it is not, or there is none.

    Open to those who act for the company, and to those who may promise and have promised what the
    words of today say. Asked anew for every request.
    """
    if person is None:
        return None
    if not policies.can_manage(person, brief):
        if not policies.can_promise(person, brief):
            return None
        promise = promise_of(brief)
        if promise is None or promised_at(person, brief, promise.digest) is None:
            return None
    return _words(brief)


def _words(brief: Brief) -> LocalizedText | None:
    if brief.draft is not None and not policies.can_read(None, brief):
        return rules.text_of(brief.draft, "confidential") or None
    found = db.session.scalar(
        select(BriefVersion)
        .where(BriefVersion.brief_id == brief.id, BriefVersion.number == brief.version_number)
        .options(undefer(BriefVersion.confidential))
    )
    return found.confidential if found is not None else None


def has_confidential(brief: Brief) -> bool:
    """Whether there is something to open, without reading it."""
    if brief.state in rules.READABLE:
        found = db.session.scalar(
            select(BriefVersion.confidential.is_not(None)).where(
                BriefVersion.brief_id == brief.id, BriefVersion.number == brief.version_number
            )
        )
        return bool(found)
    return bool(rules.text_of(brief.draft or {}, "confidential"))


def promise_count(brief_id: uuid.UUID) -> int:
    """How many people promised, for the company: a number without names."""
    return (
        db.session.scalar(
            select(func.count(NdaAcceptance.person_id.distinct())).where(
                NdaAcceptance.brief_id == brief_id
            )
        )
        or 0
    )
