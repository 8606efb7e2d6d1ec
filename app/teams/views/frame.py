"""What this room puts into the frame: invitations at home, words of its templates."""

from typing import Any

from flask import Flask, url_for
from sqlalchemy import ColumnElement, Uuid, bindparam, exists

from app.evidence.rules import VOUCHING_NAMES
from app.kernel.database import NOW
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.teams import queries
from app.teams.models import TeamInvitation
from app.teams.rules import TEAM, TEAM_SEARCH, How, Way
from app.web.layout import Todo, TodoSection, layout

HOW_NAMES = {
    How.FOUNDED: _l("formed the team"),
    How.VOTED: _l("chosen by the members"),
    How.APPOINTED: _l("named by the lead before"),
    How.FOLLOWED: _l("followed when the lead left"),
}
WAY_NAMES = {
    Way.PERSON: _l("By handle"),
    Way.MAIL: _l("By mail"),
    Way.LINK: _l("By link"),
}


def invited(person: Any) -> list[TodoSection]:
    """Teams that wait for her answer."""
    items = [
        Todo(
            _("%(name)s asks you to join “%(team)s”", name=row.made_by.name, team=row.team.name),
            url_for("teams.index"),
            detail=row.words,
            action=_("Answer it"),
        )
        for row in queries.invitations_to(person)
    ]
    return [TodoSection(_("Project teams"), items)]


def is_invited() -> ColumnElement[bool]:
    return exists().where(
        TeamInvitation.person_id == bindparam("person_id", type_=Uuid()),
        TeamInvitation.answer.is_(None),
        TeamInvitation.expires_at > NOW,
    )


def words() -> dict[str, Any]:
    """For the templates of this room."""
    return {
        "how_names": HOW_NAMES,
        "way_names": WAY_NAMES,
        "vouching_names": VOUCHING_NAMES,
        "team_purpose": TEAM.name,
        "search_purpose": TEAM_SEARCH.name,
    }


def init_frame(app: Flask) -> None:
    with app.app_context():
        layout().add_home_section(invited, order=15, present=is_invited)
