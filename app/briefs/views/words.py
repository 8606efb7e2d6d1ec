"""Names of choices, and what companies wrote as safe HTML, for templates."""

from typing import Any

from flask import Flask, url_for
from markupsafe import Markup

from app.briefs import rules
from app.briefs.rules import (
    ACT_NAMES,
    AUDIENCE_NAMES,
    CLASS_NAMES,
    DATA_NAMES,
    KIND_NAMES,
    OWNERSHIP_NAMES,
    PLACE_NAMES,
    SIDE_NAMES,
    STATE_NAMES,
    TAKES_NAMES,
    Audience,
    DataClass,
    LegalClass,
    Ownership,
    Pay,
    Place,
    State,
    Takes,
)
from app.evidence.queries import Proof
from app.kernel.counties import county_name
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.i18n import ngettext
from app.kernel.industries import industry_name
from app.kernel.localized import LocalizedText
from app.web import markdown
from app.web.filters import day

LOOKS = {
    State.DRAFT: "draft",
    State.SUBMITTED: "submitted",
    State.RETURNED: "due",
    State.PUBLISHED: "published",
    State.CLOSED: "closed",
    State.ARCHIVED: "withdrawn",
}
"""States of the design system that ours look like."""

FIELD_NAMES = {
    "title": _l("Title"),
    "outcome": _l("What shall be better"),
    "context": _l("How it is done today"),
    "industry": _l("Industry"),
    "county": _l("County or city"),
    "deliverables": _l("What comes out of it"),
    "milestones": _l("Milestones"),
    "data_class": _l("Data for the work"),
    "data_words": _l("Which data there is"),
    "data_rights": _l("What may be done with the data"),
    "personal_data": _l("Data of people"),
    "takes": _l("Who applies"),
    "team_min": _l("Smallest team"),
    "team_max": _l("Largest team"),
    "quota": _l("Quota"),
    "minimum": _l("At least"),
    "audience": _l("Who may apply"),
    "course": _l("Course"),
    "skills": _l("Skills"),
    "hours_per_week": _l("Hours a week"),
    "place": _l("Where it is done"),
    "place_words": _l("Where exactly"),
    "mentoring": _l("Who helps"),
    "apply_on": _l("Last day to apply"),
    "starts_on": _l("First day of the work"),
    "ends_on": _l("Last day of the work"),
    "pay": _l("Pay"),
    "pay_amount": _l("Amount"),
    "pay_words": _l("What else is given"),
    "legal_class": _l("Legal class"),
    "ownership": _l("Who owns what comes out"),
    "ownership_words": _l("On ownership"),
    "nda": _l("Promise of silence (NDA)"),
    "nda_words": _l("Words of the promise"),
    "confidential": _l("Confidential part"),
}


def words_html(text: LocalizedText | str | None) -> Markup:
    """What a company wrote in Markdown, marked with its language when it is another one."""
    if not text:
        return Markup("")
    if isinstance(text, str):
        return Markup(markdown.render(text, pictures=None, part="brief"))
    made = Markup(markdown.render(str(text), pictures=None, part="brief"))
    return Markup('<div lang="{}">{}</div>').format(text.language(), made)


def pay_words(pay: str, amount: int | None) -> str:
    """NT$196 an hour."""
    if Pay(pay) is not Pay.NONE and not amount:
        return "–"
    money = f"{amount or 0:,}"
    match Pay(pay):
        case Pay.NONE:
            return _("No pay")
        case Pay.ALLOWANCE:
            return _("Allowance of NT$%(money)s in all", money=money)
        case Pay.HOURLY:
            return _("Wage of NT$%(money)s an hour", money=money)
        case Pay.MONTHLY:
            return _("Wage of NT$%(money)s a month", money=money)


def takes_words(takes: str, quota: int, least: int | None, most: int | None) -> str:
    """2 teams of 3 to 5 people; 4 students."""
    if Takes(takes) is Takes.INDIVIDUALS:
        return ngettext("%(num)s student", "%(num)s students", quota or 0)
    return ngettext(
        "%(num)s team of %(least)s to %(most)s people",
        "%(num)s teams of %(least)s to %(most)s people",
        quota or 0, least=least, most=most,
    )  # fmt: skip


def count_words(count: int) -> str:
    """A number of students as it may be told."""
    if count == 0:
        return _("fewer than 5 students")
    return _("at least %(count)s students", count=count)


def proof_url(proof: Proof) -> str:
    """Where the course with a lab or quiz that proves a skill is."""
    return url_for("learning.course", slug=proof.course_slug)


def field_words(says: Any, name: str) -> Any:
    """One field of a document as people read it, for comparing two of them."""
    value = says.get(name)
    if name in rules.TEXTS:
        return rules.text_of(says, name)
    if name == "milestones":
        return "\n".join(f"{row['week']}. {LocalizedText(row['words'])}" for row in value)
    if name == "skills":
        return "\n".join(
            f"{row['key']} · {row['level']} · "
            f"{_('required') if row['required'] else _('wished for')}"
            for row in value
        )
    if not value and value != 0:
        return "–"
    names: dict[str, Any] = {
        "place": lambda: PLACE_NAMES[Place(value)],
        "takes": lambda: TAKES_NAMES[Takes(value)],
        "audience": lambda: AUDIENCE_NAMES[Audience(value)],
        "legal_class": lambda: CLASS_NAMES[LegalClass(value)],
        "data_class": lambda: DATA_NAMES[DataClass(value)],
        "ownership": lambda: OWNERSHIP_NAMES[Ownership(value)],
        "pay": lambda: rules.PAY_NAMES[Pay(value)],
        "nda": lambda: rules.NDA_NAMES[rules.Nda(value)],
        "industry": lambda: industry_name(value),
        "county": lambda: county_name(value),
        "personal_data": lambda: _("Yes"),
    }
    return str(names[name]()) if name in names else str(value)


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        {
            "brief_kind": lambda kind: str(KIND_NAMES[kind]),
            "brief_state": lambda state: str(STATE_NAMES[state]),
            "brief_look": lambda state: LOOKS[state],
            "brief_act": lambda act: str(ACT_NAMES[act]),
            "brief_side": lambda side: str(SIDE_NAMES[side]),
            "brief_words": words_html,
            "brief_count": count_words,
            "brief_field": lambda name: str(FIELD_NAMES[name]),
            "brief_place": lambda place: str(PLACE_NAMES[Place(place)]),
            "brief_data": lambda one: str(DATA_NAMES[DataClass(one)]),
            "brief_ownership": lambda one: str(OWNERSHIP_NAMES[Ownership(one)]),
            "brief_last_day": lambda until: day(until - rules.ONE_DAY),
            "brief_class": lambda one: str(CLASS_NAMES[LegalClass(one)]),
        }
    )
    app.jinja_env.globals.update(
        brief_pay=pay_words,
        brief_takes=takes_words,
        brief_proof_url=proof_url,
        brief_value=field_words,
    )
