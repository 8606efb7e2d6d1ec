"""How this room's values look."""

from app.accounts.rules import KIND_NAMES, PROOF_NAMES, ROLE_NAMES, OrganisationKind, Proof, Role
from app.accounts.views.blueprint import bp
from app.kernel.i18n import gettext as _


@bp.app_template_filter("role_name")
def role_name(role: str) -> str:
    return str(ROLE_NAMES[Role(role)])


@bp.app_template_filter("kind_name")
def kind_name(kind: str) -> str:
    return str(KIND_NAMES[OrganisationKind(kind)])


@bp.app_template_filter("proof_name")
def proof_name(proof: str) -> str:
    return str(PROOF_NAMES[Proof(proof)])


BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@bp.app_template_filter("browser_name")
def browser_name(user_agent: str) -> str:
    """What a person would call the browser that says USER_AGENT."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), None)
    if browser is None and "Safari/" in user_agent:
        browser = "Safari"
    system = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("Unknown browser")
