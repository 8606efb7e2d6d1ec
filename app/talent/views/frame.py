"""What this room puts into the frame, and the words of its templates."""

from typing import Any

from flask import request, url_for
from flask_login import current_user

from app.accounts.models import Organisation
from app.evidence.rules import VOUCHING_NAMES
from app.kernel.counties import county_name
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.industries import industry_name
from app.talent.policies import has_a_profile, may_search
from app.talent.rules import LANGUAGES, TALENT_CONTACT, ContactState
from app.web.layout import layout

STATE_NAMES = {
    ContactState.WAITING: _l("Waiting for an answer"),
    ContactState.ACCEPTED: _l("Said yes"),
    ContactState.DECLINED: _l("Said no"),
    ContactState.EXPIRED: _l("Over"),
}
TONES = {
    ContactState.WAITING: "waiting",
    ContactState.ACCEPTED: "done",
    ContactState.DECLINED: "closed",
    ContactState.EXPIRED: "closed",
}


def words() -> dict[str, Any]:
    return {
        "vouching_names": VOUCHING_NAMES,
        "language_names": LANGUAGES,
        "county_name": county_name,
        "industry_name": industry_name,
        "state_names": STATE_NAMES,
        "state_tones": TONES,
        "contact_purpose": TALENT_CONTACT.name,
    }


def _tab(organisation: Organisation) -> tuple[str, str, bool] | None:
    if not may_search(current_user, organisation.id):
        return None
    return (
        _("Find students"),
        url_for("talent.search", slug=organisation.slug),
        request.blueprint == "talent",
    )


def fill() -> None:
    frame = layout()
    frame.add_part("company-tabs", _tab, order=40)
    frame.add_navigation(
        _l("Being found by companies"),
        "talent.profile",
        visible=lambda user: user.is_authenticated and has_a_profile(user),
        order=32,
        menu="account",
    )
    frame.add_navigation(
        _l("What suits me"),
        "talent.recommended",
        visible=lambda user: user.is_authenticated and has_a_profile(user),
        order=27,
        menu="account",
    )
