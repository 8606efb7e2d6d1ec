"""Pages of the officers' desk."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, url_for

from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.i18n import ngettext
from app.steering import queries
from app.steering.policies import Permission
from app.steering.views import audit, desk, messages  # noqa: F401 (each adds its routes)
from app.steering.views.blueprint import bp
from app.steering.views.present import sits_at_the_desk
from app.web.doors import may
from app.web.layout import Todo, TodoSection, layout

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_navigation(_l("Desk"), "steering.desk", visible=_steers, order=35)
        layout().add_home_section(_overdue, order=5, present=sits_at_the_desk)


def _steers(_user: Any) -> bool:
    return may(Permission.STEER)


def _overdue(person: Any) -> Iterable[TodoSection]:
    """On an officer's first page: how much waits, and what is hers."""
    found = queries.desk(person, page=None)
    if not found.listed.total:
        return []
    items = []
    if found.overdue:
        items.append(
            Todo(
                ngettext("%(num)d thing is overdue", "%(num)d things are overdue", found.overdue),
                url_for("steering.desk", state="overdue"),
                status="overdue",
            )
        )
    if found.mine:
        items.append(
            Todo(
                ngettext("%(num)d thing is yours", "%(num)d things are yours", found.mine),
                url_for("steering.desk", owner="me"),
            )
        )
    if found.unowned:
        items.append(
            Todo(
                ngettext(
                    "%(num)d thing has nobody yet", "%(num)d things have nobody yet", found.unowned
                ),
                url_for("steering.desk", owner="nobody"),
            )
        )
    return [TodoSection(_("What waits in the programme"), items)]
