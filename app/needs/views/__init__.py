"""Pages of needs."""

from typing import Any

from flask import Flask

from app.kernel.i18n import lazy_gettext as _l
from app.needs.policies import Permission
from app.needs.views import (  # noqa: F401 (each adds its routes)
    files,
    interviews,
    merging,
    pain_points,
    words,
)
from app.needs.views.blueprint import add_panel, bp
from app.web.doors import may
from app.web.layout import layout

__all__ = ["add_panel", "bp", "init_app"]


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_navigation(_l("Needs"), "needs.index", visible=_records, order=40)


def _records(_user: Any) -> bool:
    return may(Permission.RECORD_NEEDS)
