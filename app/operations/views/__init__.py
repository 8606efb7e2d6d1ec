"""Pages for operators, and what everybody reads of their work."""

from flask import Flask

from app.kernel.i18n import lazy_gettext as _l
from app.operations.policies import Permission
from app.operations.views import (  # noqa: F401 (each adds its routes)
    changing,
    checks,
    figures,
    lines,
    maintenance,
    quotas,
    servers,
)
from app.operations.views.banner import drain_banner
from app.operations.views.blueprint import bp
from app.web.doors import may
from app.web.layout import layout

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_navigation(
            _l("Lab servers"),
            "operations.servers",
            visible=lambda user: may(Permission.OPERATE),
            order=91,
            under=("/operations",),
        )
        layout().add_banner(drain_banner)
    figures.init_app(app)
    lines.init_app(app)
