"""Pages of teaching and learning."""

from typing import Any

from flask import Flask, render_template, request

from app.accounts.rules import Role
from app.kernel.i18n import lazy_gettext as _l
from app.learning.policies import Permission
from app.learning.queries import ItemLocked
from app.learning.queries.announcements import has_unread_announcements
from app.learning.queries.informing import has_notices_to_read
from app.learning.rules.ai_use import AI_USE_NAMES
from app.learning.views import (  # noqa: F401 (each adds its routes)
    announcements,
    calendar,
    cluster_rules,
    clusters,
    courses,
    desk,
    discussions,
    enrolment,
    filters,
    groups,
    informing,
    mine,
    offerings,
    plans,
    recognition,
    reports,
    rosters,
    sessions,
)
from app.learning.views.announcements import unread_on_home
from app.learning.views.blueprint import bp
from app.learning.views.discussions import item_foot, questions_on_home
from app.learning.views.home import (
    continue_where_you_stopped,
    due_soon,
    waits_for_me,
    what_remains,
)
from app.learning.views.informing import notices_on_home
from app.learning.views.links import item_icon, item_url, item_word
from app.web.doors import may
from app.web.layout import layout

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    with app.app_context():
        frame = layout()
        frame.add_navigation(
            _l("My courses"),
            "learning.index",
            visible=lambda user: user.is_authenticated and user.has_role(Role.STUDENT),
            order=10,
        )
        frame.add_navigation(_l("Offerings"), "learning.offerings", visible=_manages, order=13)
        frame.add_navigation(
            _l("Credit recognition"), "learning.recognitions", visible=_decides, order=14
        )
        frame.add_navigation(_l("Reports"), "learning.report", visible=_reads_reports, order=15)
        frame.add_navigation(
            _l("Calendar"),
            "learning.calendar",
            visible=lambda user: user.is_authenticated,
            order=12,
        )
        frame.add_navigation(
            _l("Announcements"),
            "learning.announcements",
            visible=lambda user: user.is_authenticated,
            order=40,
            menu="account",
        )
        frame.add_navigation(
            _l("Announcements of the programme"),
            "learning.site_announcements",
            visible=lambda user: may(Permission.ANNOUNCE_TO_ALL),
            order=41,
            menu="account",
        )
        frame.add_home_section(notices_on_home, order=1, present=has_notices_to_read)
        frame.add_home_section(unread_on_home, order=5, present=has_unread_announcements)
        frame.add_home_section(continue_where_you_stopped, order=10)
        frame.add_home_section(due_soon, order=11)
        frame.add_home_section(what_remains, order=12)
        frame.add_home_section(waits_for_me, order=20)
        frame.add_home_section(questions_on_home, order=21)
    app.jinja_env.globals.update(
        ai_use_names=AI_USE_NAMES,
        item_url=item_url,
        item_icon=item_icon,
        item_word=item_word,
        item_foot=item_foot,
    )
    app.register_error_handler(ItemLocked, locked)
    filters.init_app(app)


def _manages(user: Any) -> bool:
    return may(Permission.MANAGE_OFFERINGS)


def _decides(user: Any) -> bool:
    return may(Permission.DECIDE_RECOGNITION)


def _reads_reports(user: Any) -> bool:
    return may(Permission.SEE_REPORTS)


def locked(error: ItemLocked) -> Any:
    """Why an item is not open, and what opens it; wherever it was asked for."""
    if request.path.startswith("/api/"):
        return {"error": {"code": "locked", "message": str(error.message)}}, 403
    return render_template(
        "learning/locked.html",
        view=error.view,
        item=error.item,
        roads=error.lock.needs(error.view.version),
    ), 403
