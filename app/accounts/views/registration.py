"""Registering and verifying the mail address."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import current_user

from app.accounts import operations, session
from app.accounts.forms import ConfirmationForm, RegistrationForm
from app.accounts.models import Person
from app.accounts.session import me
from app.accounts.views.blueprint import bp, mail_folder, refused, shown
from app.kernel.errors import Refused
from app.kernel.i18n import current_locale
from app.kernel.i18n import gettext as _
from app.web.doors import public, signed_in
from app.web.redirects import safe_next


@bp.route("/register", methods=["GET", "POST"])
@public
def register() -> Any:
    if current_user.is_authenticated:
        return redirect(safe_next())
    form = RegistrationForm(next=request.values.get("next", ""))
    if not form.validate_on_submit():
        return shown(form, "accounts/register.html")
    try:
        registered = operations.register(
            session.config(),
            name=form.name.data,
            email=form.email.data,
            password=form.password.data,
            locale=current_locale(),
            address=request.remote_addr or "",
        )
    except Refused as error:
        return refused(form, error, "accounts/register.html")
    # The browser that registered need not type the password again when it opens the link.
    following = safe_next(url_for("accounts.profile"))
    cookie[session.REGISTERED] = [str(registered), form.email.data, following]
    return redirect(url_for("accounts.registered"))


@bp.get("/register/done")
@public
def registered() -> Any:
    known = cookie.get(session.REGISTERED)
    if not known:
        return redirect(url_for("accounts.register"))
    return render_template("accounts/registered.html", email=known[1], mail_folder=mail_folder())


@bp.route("/verify/<token>", methods=["GET", "POST"])
@public
def verify(token: str) -> Any:
    """The link from the mail. The browser must be hers: it registered, is signed in, or the
    password is asked for, so that nobody verifies an account that a stranger made."""
    try:
        person = operations.verification_subject(session.config(), token)
    except Refused as error:
        return _dead_link(error)
    if current_user.is_authenticated and current_user.id == person.id:
        return _verified(me())
    if _registered_here(person) and not current_user.is_authenticated:
        return _verified(person, sign_in=True)
    form = ConfirmationForm()
    if not form.validate_on_submit():
        return shown(form, "accounts/verify.html", person=person)
    try:
        operations.check_verification_password(person, form.password.data)
    except Refused as error:
        return refused(form, error, "accounts/verify.html", person=person)
    return _verified(person, sign_in=True)


def _registered_here(person: Person) -> bool:
    known = cookie.get(session.REGISTERED)
    # Once verified the link is spent: then only the password signs in.
    return (
        known is not None and uuid.UUID(known[0]) == person.id and person.email_verified_at is None
    )


def _verified(person: Person, *, sign_in: bool = False) -> Any:
    known = cookie.get(session.REGISTERED)
    following = known[2] if known else url_for("accounts.profile")
    operations.verify_email(person)
    if sign_in:
        try:
            token = operations.open_sign_in(session.config(), person, **session.where_from())
        except Refused as error:
            return _dead_link(error)
        session.begin(token)
    flash(_("Your mail address is confirmed. Welcome to Banyan."), "success")
    return redirect(following)


def _dead_link(error: Refused) -> Any:
    return render_template("accounts/dead_link.html", reason=str(error.message)), 410


@bp.post("/verify/resend")
@signed_in
def resend_verification() -> Any:
    try:
        operations.send_verification(session.config(), me())
        flash(_("The mail is on its way to %(email)s.", email=me().email), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("accounts.profile"))
