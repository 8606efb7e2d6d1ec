"""What this room puts into the frame of every page."""

from typing import Any

from flask import Flask, current_app
from flask_login import current_user

from app.accounts.policies import Permission, acts_for_some
from app.kernel.i18n import lazy_gettext as _l
from app.web.doors import may


class SignOutButton:
    """Made only where the frame shows it: a form needs a token, and a token a session."""

    def __html__(self) -> str:
        if not current_user.is_authenticated:
            return ""
        return current_app.jinja_env.get_template("accounts/sign_out_button.html").render()


def init_app(app: Flask) -> None:
    frame = app.extensions["layout"]
    frame.add_navigation(
        _l("Organisations"),
        "accounts.organisations",
        visible=lambda user: may(Permission.MANAGE_ORGANISATIONS),
        order=80,
    )
    frame.add_navigation(
        _l("People"),
        "accounts.people",
        visible=lambda user: may(Permission.SEE_PEOPLE),
        order=85,
    )
    frame.add_navigation(
        _l("Company"),
        "accounts.my_companies",
        visible=lambda user: user.is_authenticated and acts_for_some(user),
        order=20,
    )
    frame.add_navigation(
        _l("Companies"),
        "accounts.approvals",
        visible=lambda user: may(Permission.DECIDE_ON_COMPANIES),
        order=82,
        under=("/companies",),
    )
    frame.add_navigation(_l("Profile"), "accounts.profile", visible=_is_known, menu="account")
    frame.add_navigation(
        _l("Signed-in browsers"), "accounts.browsers", visible=_is_known, menu="account"
    )
    frame.add_navigation(_l("Sign in"), "accounts.sign_in", visible=_is_unknown, menu="account")
    frame.add_navigation(_l("Register"), "accounts.register", visible=_is_unknown, menu="account")
    app.context_processor(lambda: {"account_actions": SignOutButton()})


def _is_known(user: Any) -> bool:
    return bool(user.is_authenticated)


def _is_unknown(user: Any) -> bool:
    return not user.is_authenticated
