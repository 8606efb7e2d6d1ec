"""Signing in and out, and the list of one's signed-in browsers."""

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.accounts import demo, hub, operations, queries, session
from app.accounts.forms import SignInForm
from app.accounts.session import me
from app.accounts.views.blueprint import bp, refused, shown
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.web.doors import public, signed_in
from app.web.redirects import safe_next


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    if current_user.is_authenticated:
        return redirect(safe_next())
    form = SignInForm(next=request.values.get("next", ""))
    if not form.validate_on_submit():
        return shown(form, "accounts/sign_in.html", **_sign_in_page())
    try:
        person, token = operations.sign_in(
            session.config(),
            email=form.email.data,
            password=form.password.data,
            remember=form.remember.data,
            **session.where_from(),
        )
    except Refused as error:
        return refused(form, error, "accounts/sign_in.html", **_sign_in_page())
    session.begin(token, remember=form.remember.data)
    flash(_("Welcome, %(name)s.", name=person.name), "success")
    return redirect(safe_next())


def _sign_in_page() -> dict[str, Any]:
    config = session.config()
    return {
        "demo_accounts": demo.demo_accounts() if config.demo else [],
        "next_address": request.values.get("next", ""),
        # Said on the machine itself only: the world need not know that nobody is at the helm.
        "no_operator": not config.demo
        and config.is_loopback
        and not queries.some_operator_exists(),
    }


@bp.post("/sign-in/demo")
@public
def demo_sign_in() -> Any:
    """One click for a demo person; the operation refuses wherever the demo is off."""
    if not session.config().demo:
        abort(404)
    token = operations.open_demo_sign_in(
        session.config(), email=request.form.get("email", ""), **session.where_from()
    )
    session.begin(token)
    return redirect(safe_next())


@bp.post("/sign-out")
@public
def sign_out() -> Any:
    """End this browser's sign-in, here and (if it answers) at the Hub; running work goes on."""
    if not current_user.is_authenticated:
        return redirect(url_for("web.home"))
    sign_in_id = session.sign_in_id()
    if sign_in_id:
        operations.end_sign_in(me(), sign_in_id)
    session.forget()
    flash(_("You are signed out."), "success")
    config = session.config()
    return redirect(hub.logout_url(config) if hub.answers(config) else url_for("web.home"))


@bp.get("/account/browsers")
@signed_in
def browsers() -> str:
    return render_template(
        "accounts/browsers.html",
        sign_ins=queries.sign_ins_of(me()),
        this_one=session.sign_in_id(),
    )


@bp.post("/account/browsers/<uuid:sign_in_id>/end")
@signed_in
def end_browser(sign_in_id: uuid.UUID) -> Any:
    operations.end_sign_in(me(), sign_in_id)
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("accounts.browsers"))


@bp.post("/account/browsers/end-others")
@signed_in
def end_other_browsers() -> Any:
    operations.end_sign_ins(me(), but=session.sign_in_id())
    flash(_("All other browsers are signed out."), "success")
    return redirect(url_for("accounts.browsers"))
