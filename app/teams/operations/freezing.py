"""Holding a team as it is, for what it applied for."""

from sqlalchemy import select

from app.kernel import clock
from app.kernel.database import db
from app.kernel.transaction import operation
from app.teams.models import Team, TeamFreeze
from app.teams.operations.locking import locked

__all__ = ["freeze", "unfreeze"]


@operation
def freeze(team: Team, key: str) -> Team:
    """From now on nobody joins TEAM and nobody is put out, until ``unfreeze`` with the same KEY.

    Leaving stays free: ``MemberLeft.frozen_keys`` tells whoever froze it. Again: nothing happens.
    Raises NotVisible when it is dissolved.
    """
    team = locked(team)
    if not any(row.key == key and row.until is None for row in team.freezes):
        db.session.add(TeamFreeze(team_id=team.id, key=key))
        db.session.flush()
        db.session.expire(team, ["freezes"])
    return team


@operation
def unfreeze(team: Team, key: str) -> None:
    """KEY does not hold TEAM any more; nothing happens when it did not."""
    db.session.execute(select(Team.id).where(Team.id == team.id).with_for_update())
    for row in db.session.scalars(
        select(TeamFreeze).where(
            TeamFreeze.team_id == team.id, TeamFreeze.key == key, TeamFreeze.until.is_(None)
        )
    ):
        row.until = clock.now()
    db.session.flush()
    db.session.expire(team, ["freezes"])
