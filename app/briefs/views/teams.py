"""The ways from a brief that takes teams to forming one, or finding one with room."""

from typing import Any

from flask import render_template
from flask_login import current_user
from markupsafe import Markup

from app.briefs.models import Brief
from app.briefs.rules import Takes
from app.teams.policies import may_be_in_teams
from app.web.layout import layout


def ways_to_a_team(brief: Brief) -> Any:
    """For students; nothing for anybody else, or when it takes single students."""
    if (
        brief.current is None
        or brief.current.takes is not Takes.TEAMS
        or not current_user.is_authenticated
        or not may_be_in_teams(current_user)
    ):
        return None
    return Markup(render_template("briefs/_teams.html", key=f"brief:{brief.id}"))


def fill() -> None:
    layout().add_part("brief-actions", ways_to_a_team, order=60)
