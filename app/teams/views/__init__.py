"""Pages of teams: mine, one of them, those with room, looking for one."""

from flask import Flask

from app.kernel.i18n import lazy_gettext as _l
from app.teams.policies import may_be_in_teams
from app.teams.views import joining, leading, lists, one  # noqa: F401 (each adds its routes)
from app.teams.views.blueprint import bp
from app.teams.views.frame import init_frame, words

__all__ = ["bp", "init_app"]

bp.context_processor(words)


def init_app(app: Flask) -> None:
    frame = app.extensions["layout"]
    frame.add_navigation(
        _l("My teams"),
        "teams.index",
        visible=lambda user: user.is_authenticated and may_be_in_teams(user),
        order=28,
        menu="account",
    )
    init_frame(app)
