"""Pages of the portfolio: composing, showing, reading."""

from flask import Flask

from app.kernel.i18n import lazy_gettext as _l
from app.portfolio.policies import composes, is_of_a_company
from app.portfolio.views import (  # noqa: F401 (each adds its routes)
    composing,
    exporting,
    reading,
    sharing,
)
from app.portfolio.views.blueprint import bp
from app.portfolio.views.words import helpers
from app.web.layout import layout

__all__ = ["bp", "init_app"]


bp.context_processor(helpers)


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_navigation(
            _l("My portfolio"),
            "portfolio.index",
            visible=lambda user: user.is_authenticated and composes(user),
            order=30,
            menu="account",
        )
        layout().add_navigation(
            _l("Portfolios shown to us"),
            "portfolio.shown",
            visible=lambda user: user.is_authenticated and is_of_a_company(user),
            order=30,
            menu="account",
        )
