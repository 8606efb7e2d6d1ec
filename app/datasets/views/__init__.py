"""Pages of data sets."""

from flask import Flask

from app.datasets.policies import keeps_data
from app.datasets.views import sets, uploads  # noqa: F401 (each adds its routes)
from app.datasets.views.blueprint import bp
from app.kernel.i18n import lazy_gettext as _l
from app.web.layout import layout

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_navigation(
            _l("Data sets"),
            "datasets.index",
            visible=lambda user: user.is_authenticated and keeps_data(user),
            order=65,
            menu="account",
        )
