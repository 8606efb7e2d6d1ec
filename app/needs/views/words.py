"""How this room's values are called in templates."""

from typing import Any

from app.accounts.queries import organisations
from app.kernel.counties import COUNTIES, county_name
from app.kernel.i18n import LazyText
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.industries import INDUSTRIES, industry_name
from app.kernel.localized import LocalizedText
from app.needs import rules
from app.needs.rules import (
    MEASURE_NAMES,
    RECORDING_CONSENT_NAMES,
    SOURCE_NAMES,
    TECHNOLOGIES,
    Source,
)
from app.needs.views.blueprint import bp

FIELD_NAMES: dict[str, LazyText] = {
    "organisation_id": _l("Company"),
    "company_name": _l("Name of the company"),
    "tax_id": _l("Unified business number"),
    "contact_name": _l("Who was asked"),
    "contact_title": _l("Her position"),
    "contact_email": _l("Her mail address"),
    "held_on": _l("Day"),
    "place": _l("Location"),
    "industry": _l("Industry"),
    "county": _l("County"),
    "process": _l("How the work is done today"),
    "figures": _l("Numbers that were said"),
    "notes": _l("Notes of the interview"),
    "recording_consent": _l("Recording"),
    "recording_name": _l("Recording or transcript"),
    "title": _l("Title"),
    "description": _l("Description"),
    "measure": _l("What it costs"),
    "now_value": _l("Value today"),
    "target_value": _l("Target"),
    "unit": _l("Unit"),
    "industries": _l("Industries"),
    "technologies": _l("Technologies that could help"),
    "company_count": _l("How many companies have it"),
    "people_count": _l("How many people’s work it touches"),
}


@bp.app_template_filter("need_field")
def field_name(name: str) -> str:
    return str(FIELD_NAMES.get(name, name))


@bp.app_template_filter("need_value")
def value_name(value: Any, name: str) -> str:
    """A value as the history keeps it, in words."""
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, dict):
        return str(LocalizedText(value))
    if isinstance(value, list):
        return ", ".join(value_name(one, name) for one in value)
    return {
        "industry": industry_name,
        "industries": industry_name,
        "county": county_name,
        "technologies": technology_name,
        "measure": _from(MEASURE_NAMES),
        "recording_consent": _from(RECORDING_CONSENT_NAMES),
        "organisation_id": _organisation_name,
    }.get(name, str)(value)


def _from(names: Any) -> Any:
    return lambda value: str(names.get(value, value))


def _organisation_name(value: str) -> str:
    return next((str(row.name) for row in organisations() if str(row.id) == value), "–")


@bp.app_template_filter("technology_name")
def technology_name(key: str) -> str:
    return str(TECHNOLOGIES.get(key, key))


@bp.app_template_global("need_filters")
def filters(which: str, steers: bool) -> list[dict[str, Any]]:
    """The filters of a list: ``pain_points`` or ``interviews``."""
    everything = [("", _("All"))]
    found: list[dict[str, Any]] = [
        {
            "name": "industry",
            "label": _("Industry"),
            "options": everything + [(key, str(name)) for key, name in INDUSTRIES.items()],
        },
        {
            "name": "county",
            "label": _("County"),
            "options": everything + [(key, str(name)) for key, name in COUNTIES.items()],
        },
    ]
    if which == "interviews":
        sources = [(row.value, str(SOURCE_NAMES[row])) for row in Source]
        states = [*everything, *sources, ("removed", _("Removed"))]
        return [*found, {"name": "state", "label": _("How it came"), "options": states}]
    found += [
        {
            "name": "measure",
            "label": _("What it costs"),
            "options": everything + [(key.value, str(name)) for key, name in MEASURE_NAMES.items()],
        },
        {
            "name": "technology",
            "label": _("Technology"),
            "options": everything + [(key, str(name)) for key, name in TECHNOLOGIES.items()],
        },
    ]
    if steers:
        states = [("", _("That stand for themselves")), ("merged", _("Merged"))]
        found.append({"name": "state", "label": _("Which ones"), "options": states})
    return found


bp.app_template_filter("measured_number")(rules.number_name)
bp.app_template_filter("measure_name")(_from(MEASURE_NAMES))
bp.app_template_filter("need_source")(_from(SOURCE_NAMES))
bp.app_template_filter("need_consent")(_from(RECORDING_CONSENT_NAMES))
