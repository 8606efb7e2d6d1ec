"""Somebody's news, and what she wants to hear how."""

import uuid
from typing import Any

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from app.accounts.models import Person
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.notifications import operations, queries
from app.notifications.rules import Delivery
from app.web.doors import machine, public, signed_in
from app.web.layout import layout

bp = Blueprint("notifications", __name__, template_folder="templates")

DELIVERIES = {
    Delivery.NOW: _l("At once"),
    Delivery.DIGEST: _l("In the daily mail"),
    Delivery.NEVER: _l("Not by mail"),
}


def init_app(app: Flask) -> None:
    app.extensions["csrf"].exempt(unsubscribe)
    with app.app_context():
        layout().add_header_slot(_bell)


def _bell(user: Person) -> Markup:
    template = current_app.jinja_env.get_template("notifications/_bell.html")
    return Markup(template.render(count=user.unread_count))  # autoescaped there


@bp.get("/notifications")
@signed_in
def index() -> str:
    page = max(1, request.args.get("page", 1, type=int))
    news, more = queries.news_of(current_user, page)
    return render_template("notifications/index.html", news=news, page=page, more=more)


@bp.get("/notifications/<uuid:notification_id>")
@signed_in
def follow(notification_id: uuid.UUID) -> Any:
    """Go where a piece of news leads, and note that it was read."""
    notification = queries.mine(current_user, notification_id)
    operations.read(current_user, notification)
    return redirect(notification.path)


@bp.post("/notifications/read")
@signed_in
def read_all() -> Any:
    operations.read_all(current_user)
    return redirect(url_for("notifications.index"))


@bp.route("/notifications/settings", methods=["GET", "POST"])
@signed_in
def settings() -> Any:
    choices = queries.choices_of(current_user)
    if request.method == "GET":
        return render_template(
            "notifications/settings.html", choices=choices, deliveries=DELIVERIES
        )
    chosen = {}
    for choice in choices:
        name = choice.kind.name
        try:
            delivery = Delivery(request.form.get(f"mail-{name}", ""))
        except ValueError:
            flash(_("Choose how you hear of “%(kind)s”.", kind=choice.kind.title), "error")
            return render_template(
                "notifications/settings.html", choices=choices, deliveries=DELIVERIES
            ), 422
        chosen[name] = (f"site-{name}" in request.form, delivery)
    operations.choose(current_user.id, chosen)
    flash(_("Your choice is kept."), "success")
    return redirect(url_for("notifications.settings"))


@bp.get("/notifications/unsubscribe/<token>")
@public
def ask_to_unsubscribe(token: str) -> str:
    """A mail program may open links by itself: only the button (or its one click) counts."""
    _person, kind = operations.subscription(_secret(), token)
    return render_template("notifications/unsubscribe.html", kind=kind, token=token, done=False)


@bp.post("/notifications/unsubscribe/<token>")
@machine("the signed token in its address")
def unsubscribe(token: str) -> str:
    """One click, from the page or from a mail program (RFC 8058)."""
    kind = operations.unsubscribe(_secret(), token)
    return render_template("notifications/unsubscribe.html", kind=kind, token=token, done=True)


def _secret() -> str:
    secret: str = current_app.extensions["config"].secret_key
    return secret
