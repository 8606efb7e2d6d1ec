"""How this room's values look."""

from app.accounts.rules import (
    KIND_NAMES,
    PROOF_NAMES,
    PROOF_OF_MAIL,
    ROLE_NAMES,
    STANDING_NAMES,
    STEP_NAMES,
    MailProof,
    OrganisationKind,
    Proof,
    Role,
    Standing,
    Step,
)
from app.accounts.views.blueprint import bp
from app.kernel.counties import county_name
from app.kernel.i18n import gettext as _
from app.kernel.industries import industry_name

bp.add_app_template_filter(county_name)
bp.add_app_template_filter(industry_name)


@bp.app_template_filter("role_name")
def role_name(role: str) -> str:
    return str(ROLE_NAMES[Role(role)])


@bp.app_template_filter("kind_name")
def kind_name(kind: str) -> str:
    return str(KIND_NAMES[OrganisationKind(kind)])


@bp.app_template_filter("proof_name")
def proof_name(proof: str) -> str:
    return str(PROOF_NAMES[Proof(proof)])


@bp.app_template_filter("standing_name")
def standing_name(standing: str) -> str:
    return str(STANDING_NAMES[Standing(standing)])


@bp.app_template_filter("step_name")
def step_name(step: str) -> str:
    return str(STEP_NAMES[Step(step)])


@bp.app_template_filter("mail_proof")
def mail_proof(state: str) -> str:
    return str(PROOF_OF_MAIL[MailProof(state)])


STANDING_TONES = {
    Standing.WAITING: "waiting",
    Standing.RETURNED: "due",
    Standing.REFUSED: "rejected",
    Standing.APPROVED: "done",
    Standing.SUSPENDED: "suspended",
}


@bp.app_template_filter("standing_tone")
def standing_tone(standing: str) -> str:
    """The look of its badge."""
    return STANDING_TONES[Standing(standing)]


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
