"""What this room puts into the frame of every page, and into pages of rooms below and above."""

import uuid
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup

from app.kernel.i18n import lazy_gettext as _l
from app.privacy import queries, rules
from app.privacy.policies import Permission
from app.web.doors import may


def init_app(app: Flask) -> None:
    frame = app.extensions["layout"]
    frame.add_navigation(
        _l("My data"),
        "privacy.my_data",
        visible=lambda user: bool(user.is_authenticated),
        menu="account",
    )
    frame.add_navigation(
        _l("Requests about data"),
        "privacy.requests",
        visible=lambda user: may(Permission.ANSWER_REQUESTS),
        order=86,
    )
    app.jinja_env.globals["privacy_notice"] = notice
    app.jinja_env.globals["look_title"] = rules.look_title


def notice(purpose: str, *, is_open: bool = False) -> Markup:
    """The notice of PURPOSE with its six items, folded up, for the page that collects the data."""
    template: Any = current_app.jinja_env.get_template("privacy/_notice.html")
    return Markup(
        template.render(
            notice=queries.current_notice(purpose),
            items=rules.NOTICE_ITEMS,
            purpose=rules.PURPOSES[purpose],
            is_open=is_open,
            dom_id=f"notice-{uuid.uuid4().hex[:6]}",
        )
    )
