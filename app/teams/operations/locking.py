"""One change of a team at a time."""

from sqlalchemy import select

from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.teams.models import Team
from app.teams.queries.teams import PARTS

__all__ = ["locked"]


def locked(team: Team) -> Team:
    """TEAM as it is now, while nobody else changes it. Raises NotVisible when it is dissolved."""
    found = db.session.scalar(
        select(Team)
        .where(Team.id == team.id)
        .options(*PARTS)
        .with_for_update(of=Team)
        .execution_options(populate_existing=True)
    )
    if found is None or found.dissolved_at is not None:
        raise NotVisible(str(team.id))
    return found
