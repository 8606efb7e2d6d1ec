"""The room's blueprint and what its views share."""

from datetime import datetime

from flask import Blueprint, request, url_for

from app.kernel import clock
from app.kernel.i18n import gettext as _
from app.operations.policies import Permission
from app.web.doors import needs

bp = Blueprint("operations", __name__, template_folder="../templates")

operators = needs(Permission.OPERATE)


def asked_text(name: str) -> str:
    return request.args.get(name, "").strip()[:200]


def asked_page() -> int:
    return max(1, request.args.get("page", 1, int))


def is_live() -> bool:
    """Whether an open page asks for the part of itself that changes."""
    return request.headers.get("X-Requested-With") == "live"


def tabs() -> list[tuple[str, str, bool]]:
    """(label, address, is the reader there) of the room's pages."""
    pages = (
        (_("Running"), "operations.servers"),
        (_("Failed starts"), "operations.failures"),
        (_("Maintenance"), "operations.maintenance"),
        (_("Quotas"), "operations.quotas"),
        (_("Checks"), "operations.checks"),
    )
    return [(label, url_for(name), name == request.endpoint) for label, name in pages]


def ago(instant: datetime | None) -> str:
    """How long ago, in its largest unit."""
    if instant is None:
        return "–"
    seconds = max(0, int((clock.now() - instant).total_seconds()))
    if seconds < 60:
        return _("%(seconds)s s", seconds=seconds)
    if seconds < 3600:
        return _("%(minutes)s min", minutes=seconds // 60)
    return _("%(hours)s h %(minutes)s min", hours=seconds // 3600, minutes=seconds // 60 % 60)


bp.app_template_global("operations_tabs")(tabs)
bp.app_template_filter("ago")(ago)
