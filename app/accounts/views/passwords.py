"""Changing and resetting passwords."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts import operations, session
from app.accounts.forms import ChangePasswordForm, ForgottenForm, ResetForm
from app.accounts.session import me
from app.accounts.views.blueprint import bp, mail_folder, refused, shown
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.web.doors import public, signed_in


@bp.route("/password/forgotten", methods=["GET", "POST"])
@public
def forgotten() -> Any:
    form = ForgottenForm()
    if not form.validate_on_submit():
        return shown(form, "accounts/forgotten.html")
    try:
        operations.ask_for_reset(
            session.config(), email=form.email.data, address=request.remote_addr or ""
        )
    except Refused as error:
        return refused(form, error, "accounts/forgotten.html")
    return render_template(
        "accounts/reset_sent.html", email=form.email.data, mail_folder=mail_folder()
    )


@bp.route("/password/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> Any:
    try:
        person = operations.reset_subject(session.config(), token)
        form = ResetForm(person)
        if not form.validate_on_submit():
            return shown(form, "accounts/reset.html", person=person)
        person = operations.reset_password(session.config(), token, form.password.data)
        session_token = operations.open_sign_in(session.config(), person, **session.where_from())
    except Refused as error:
        return render_template("accounts/dead_link.html", reason=str(error.message)), 410
    session.begin(session_token)
    flash(_("Your password is changed. All other browsers are signed out."), "success")
    return redirect(url_for("web.home"))


@bp.route("/account/password", methods=["GET", "POST"])
@signed_in
def change_password() -> Any:
    form = ChangePasswordForm(me())
    if not form.validate_on_submit():
        return shown(form, "accounts/change_password.html")
    try:
        operations.change_password(
            me(),
            present=form.present.data,
            new=form.password.data,
            sign_in_id=session.sign_in_id(),
        )
    except Refused as error:
        return refused(form, error, "accounts/change_password.html")
    flash(_("Your password is changed. All other browsers are signed out."), "success")
    return redirect(url_for("accounts.profile"))
