"""Pages of frameworks and skills."""

from flask import Flask

from app.kernel.i18n import lazy_gettext as _l
from app.skills.views import case, officers, reading  # noqa: F401 (each adds its routes)
from app.skills.views.blueprint import bp
from app.skills.views.reading import add_panel
from app.web.layout import layout

__all__ = ["add_panel", "bp", "init_app"]


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_navigation(_l("Skills"), "skills.index", order=25)
