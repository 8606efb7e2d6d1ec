"""What somebody says about herself."""

from typing import Any

from flask import flash, redirect, request, url_for

from app.accounts import operations, queries
from app.accounts.forms import ProfileForm
from app.accounts.session import me
from app.accounts.views.blueprint import bp, shown
from app.kernel.i18n import gettext as _
from app.kernel.i18n import set_locale
from app.web import languages
from app.web.doors import signed_in
from app.web.views import YEAR_SECONDS


@bp.route("/account", methods=["GET", "POST"])
@signed_in
def profile() -> Any:
    form = ProfileForm(obj=me())
    if not form.validate_on_submit():
        return shown(
            form,
            "accounts/profile.html",
            memberships=queries.live_memberships_of(me()),
            invitations=queries.open_invitations_for(me()),
            schools=queries.schools_with_roster(),
        )
    operations.change_profile(me(), name=form.name.data, locale=form.locale.data)
    set_locale(form.locale.data)
    flash(_("Your profile is saved."), "success")
    response = redirect(url_for("accounts.profile"))
    response.set_cookie(
        languages.COOKIE,
        form.locale.data,
        max_age=YEAR_SECONDS,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response
