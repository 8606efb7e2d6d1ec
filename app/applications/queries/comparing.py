"""Briefs beside each other, for somebody who chooses where to apply."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import Person
from app.applications.queries.eligible import eligibility, held_in, wanted_by
from app.applications.queries.figures import answerings_of
from app.applications.rules import Answering, Eligibility
from app.briefs import policies as brief_policies
from app.briefs.models import Brief
from app.briefs.queries import PARTS
from app.evidence import queries as evidence
from app.kernel.database import db

__all__ = ["Compared", "compared"]


@dataclass(frozen=True)
class Compared:
    """A brief, whether she is eligible for it, and how its company answers."""

    brief: Brief
    eligibility: Eligibility
    answering: Answering


def compared(person: Person, brief_ids: Sequence[uuid.UUID]) -> list[Compared]:
    """Those of BRIEF_IDS that she may read, in that order. As many statements for many as for
    one."""
    if not brief_ids:
        return []
    found = {
        brief.id: brief
        for brief in db.session.scalars(
            select(Brief).where(Brief.id.in_(list(brief_ids))).options(*PARTS)
        ).unique()
        if brief_policies.can_read(person, brief)
    }
    held = held_in(evidence.standing(person.id))
    answers = answerings_of({brief.organisation_id for brief in found.values()})
    return [
        Compared(
            found[one],
            eligibility(wanted_by(found[one].terms), held),
            answers[found[one].organisation_id],
        )
        for one in dict.fromkeys(brief_ids)
        if one in found
    ]
