"""What a brief wants of the teams that form for it."""

import uuid

from app.accounts.models import Person
from app.briefs.queries.finding import brief_for
from app.briefs.rules import Takes
from app.kernel.errors import NotVisible
from app.teams.rules import LARGEST, Wanted
from app.teams.subjects import Subject

__all__ = ["BriefSubject"]


class BriefSubject:
    """``brief:ID``, of a brief that takes teams and that the person may read."""

    name = "brief"

    def subject(self, person: Person, key: str) -> Subject:
        try:
            brief_id = uuid.UUID(key.partition(":")[2])
        except ValueError as error:
            raise NotVisible(key) from error
        brief = brief_for(person, brief_id)
        terms = brief.current
        if terms is None or terms.takes is not Takes.TEAMS:
            raise NotVisible(key)
        least = max(1, terms.team_min or 1)
        return Subject(
            key,
            str(brief.title),
            f"/briefs/{brief.id}",
            least,
            min(LARGEST, max(least, terms.team_max or LARGEST)),
            tuple(Wanted(row.skill_id, row.level, row.is_required) for row in terms.skills),
        )
