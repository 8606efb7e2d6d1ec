"""Pages of credentials."""

from typing import Any

from flask import Flask, current_app

from app.accounts.policies import is_officer, is_operator
from app.credentials import queries
from app.credentials.policies import GRANTS, Permission
from app.credentials.rules import KIND_NAMES, REASON_NAMES, STATE_NAMES
from app.credentials.rules.checks import CHECK_NAMES, OUTCOMES
from app.credentials.views import (  # noqa: F401 (each adds its routes)
    blueprint,
    issuing,
    mine,
    public,
    ruling,
    verifying,
)
from app.credentials.views.blueprint import bp
from app.kernel.i18n import LazyText
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.web.layout import layout

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    with app.app_context():
        frame = layout()
        frame.add_navigation(
            _l("My credentials"), "credentials.mine", visible=_is_known, menu="account", order=36
        )
        frame.add_navigation(
            _l("Verify a credential"), "credentials.verify", visible=_is_unknown, order=60
        )
        frame.add_banner(_moved)
        frame.add_navigation(_l("Credentials"), "credentials.issuers", visible=_issues, order=40)
    app.jinja_env.filters["achievement_kind"] = KIND_NAMES.__getitem__
    app.jinja_env.filters["revocation_reason"] = REASON_NAMES.__getitem__
    app.jinja_env.filters["award_state"] = STATE_NAMES.__getitem__
    app.jinja_env.filters["check_name"] = _check_name
    app.jinja_env.filters["check_outcome"] = _check_outcome
    app.jinja_env.globals["state_of_award"] = issuing.state_of


_fixed: list[str] = []
"""The address in credentials, once there is one: it never changes."""


def _moved(user: Any) -> str:
    """What operators read on every page while the site has another address than its credentials."""
    if not (is_operator(user) or is_officer(user)):
        return ""
    if not _fixed:
        found = queries.fixed_address()
        if found is None or current_app.testing:
            return _warning(found)
        _fixed.append(found)
    return _warning(_fixed[0])


def _warning(fixed: str | None) -> str:
    if fixed is None or fixed == blueprint.house().site_url:
        return ""
    return _(
        "Credentials were issued under %(fixed)s, but this site is %(now)s now. Nothing is issued "
        "until BANYAN_URL is set back.",
        fixed=fixed, now=blueprint.house().site_url,
    )  # fmt: skip


def _is_known(user: Any) -> bool:
    return bool(user.is_authenticated)


def _is_unknown(user: Any) -> bool:
    return not user.is_authenticated


def _issues(user: Any) -> bool:
    return bool(user.is_authenticated) and any(
        all(holds(user) for holds in alternative)
        for alternative in GRANTS[Permission.ISSUE_CREDENTIALS]
    )


def _check_name(name: str) -> LazyText | str:
    return CHECK_NAMES.get(name, name)


def _check_outcome(check: Any) -> LazyText | str:
    return OUTCOMES.get((check.name, check.state), "")
