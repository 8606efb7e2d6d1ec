"""The room's blueprint and what its views share."""

from flask import Blueprint, request, url_for

from app.kernel.i18n import gettext as _
from app.steering.policies import Permission
from app.steering.queries import Row
from app.web.doors import needs

bp = Blueprint("steering", __name__, template_folder="../templates")

officers = needs(Permission.STEER)
auditors = needs(Permission.READ_AUDIT)


def asked_text(name: str, most: int = 200) -> str:
    return request.args.get(name, "").strip().replace("\0", "")[:most]


def asked_page() -> int:
    return max(1, request.args.get("page", 1, int))


def kept_query(*names: str) -> dict[str, str]:
    """What a list was narrowed to, for the address of its export."""
    return {name: request.args[name] for name in names if request.args.get(name)}


def tabs() -> list[tuple[str, str, bool]]:
    """(label, address, is the reader there) of the room's pages."""
    pages = (
        (_("What waits"), "steering.desk", ("steering.desk", "steering.item")),
        (
            _("Messages to many"),
            "steering.messages",
            ("steering.messages", "steering.new_message", "steering.message"),
        ),
        (_("Log of decisions"), "steering.audit", ("steering.audit",)),
    )
    return [(label, url_for(name), request.endpoint in those) for label, name, those in pages]


def item_url(row: Row) -> str:
    """Where a thing is decided."""
    return url_for(row.item.endpoint, **row.item.values)


bp.app_template_global("steering_tabs")(tabs)
bp.app_template_global("steering_item_url")(item_url)
