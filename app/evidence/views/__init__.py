"""The pages of evidence."""

from flask import Flask

from app.accounts.models import Person
from app.accounts.rules import Role
from app.evidence.rules import SOURCE_NAMES, VOUCHING_NAMES, VOUCHING_TEXTS, WITHDRAWAL_NAMES
from app.evidence.views import desk, mapping, mine, proving  # noqa: F401 (each adds its routes)
from app.evidence.views.blueprint import bp
from app.kernel.i18n import lazy_gettext as _l
from app.skills.views import add_panel
from app.web.layout import layout

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    app.jinja_env.filters["vouching_name"] = VOUCHING_NAMES.__getitem__
    app.jinja_env.filters["vouching_text"] = VOUCHING_TEXTS.__getitem__
    app.jinja_env.filters["source_name"] = SOURCE_NAMES.__getitem__
    app.jinja_env.filters["withdrawal_name"] = WITHDRAWAL_NAMES.__getitem__
    add_panel(proving.panel)
    with app.app_context():
        layout().add_navigation(
            _l("My skills"), "evidence.mine", visible=_learns, order=20, menu="account"
        )


def _learns(user: Person) -> bool:
    return bool(user.is_authenticated and user.has_role(Role.STUDENT))
