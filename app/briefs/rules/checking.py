"""What is still missing or wrong before a brief can be handed in, each at its field."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.briefs.rules.pay import PayFault, least_pay, minimum_wage, pay_fault
from app.briefs.rules.shape import GAPS, STEP_OF, TEXTS, Step, day_of, text_of, weeks_of
from app.briefs.rules.words import (
    Audience,
    DataClass,
    Kind,
    LegalClass,
    Nda,
    Ownership,
    Pay,
    Place,
    Takes,
)
from app.kernel.counties import COUNTIES
from app.kernel.i18n import LazyText
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.industries import INDUSTRIES

MOST_WEEKS = 104
MOST_TEAM = 12
NEEDED = _l("Please fill this in.")


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field."""

    field: str
    message: LazyText | str

    @property
    def step(self) -> Step:
        return STEP_OF[self.field]


def check(
    raw: Mapping[str, Any], kind: Kind, today: date, known_skills: Collection[str]
) -> list[Problem]:
    """Everything that keeps RAW from being handed in, in the order of the form.

    KNOWN_SKILLS are the keys of skills that can be shown now; TODAY is a day in Taipei.
    """
    found = [
        *_need(raw),
        *_work(raw, kind),
        *_people(raw, kind, today),
        *_skills(raw, kind, known_skills),
        *_terms(raw, kind, today),
        *_too_long(raw),
        *_gaps(raw),
    ]
    order = list(Step)
    return sorted(found, key=lambda problem: order.index(problem.step))


def _need(raw: Mapping[str, Any]) -> list[Problem]:
    found = [
        Problem(name, NEEDED) for name in ("title", "outcome", "context") if not text_of(raw, name)
    ]
    if raw["industry"] not in INDUSTRIES:
        found.append(Problem("industry", _l("Choose an industry.")))
    if raw["county"] not in COUNTIES and raw["place"] != Place.REMOTE:
        found.append(Problem("county", _l("Choose a county, or let the work be done anywhere.")))
    return found


def _work(raw: Mapping[str, Any], kind: Kind) -> list[Problem]:
    found = []
    if not text_of(raw, "deliverables"):
        found.append(Problem("deliverables", NEEDED))
    data = DataClass(raw["data_class"])
    if data is not DataClass.NONE and not text_of(raw, "data_words"):
        found.append(Problem("data_words", _l("Say which data there is, and how much.")))
    if data is DataClass.COMPANY and not text_of(raw, "data_rights"):
        found.append(Problem("data_rights", _l("Say what may be done with your data.")))
    if raw["personal_data"] and data in (DataClass.NONE, DataClass.SYNTHETIC):
        found.append(
            Problem("personal_data", _l("Data of people is never part of no data or made-up data."))
        )
    if raw["personal_data"] and not text_of(raw, "data_rights"):
        found.append(
            Problem(
                "data_rights",
                _l("Say how the data of people is made anonymous before students get it."),
            )
        )
    milestones = raw["milestones"]
    if not milestones and kind is Kind.PROJECT:
        found.append(Problem("milestones", _l("Write at least one milestone.")))
    weeks = weeks_of(raw)
    if weeks and any(not 1 <= row["week"] <= weeks for row in milestones):
        found.append(
            Problem("milestones", _l("The work lasts %(weeks)s weeks: no week after.", weeks=weeks))
        )
    if any(not any(row["words"].values()) for row in milestones):
        found.append(Problem("milestones", _l("Say what is reached at each milestone.")))
    return found


def _people(raw: Mapping[str, Any], kind: Kind, today: date) -> list[Problem]:
    found = []
    takes = Takes(raw["takes"])
    if kind is Kind.INTERNSHIP and takes is Takes.TEAMS:
        found.append(Problem("takes", _l("Interns are taken one by one.")))
    quota, minimum = raw["quota"], raw["minimum"]
    if quota is None or not 1 <= quota <= 500:
        found.append(Problem("quota", _l("Choose a number from 1 to 500.")))
    elif minimum is not None and not 0 <= minimum <= quota:
        found.append(Problem("minimum", _l("It cannot be more than the quota.")))
    if takes is Takes.TEAMS:
        least, most = raw["team_min"], raw["team_max"]
        if least is None or most is None or not 2 <= least <= most <= MOST_TEAM:
            found.append(
                Problem("team_min", _l("A team has from 2 to %(most)s people.", most=MOST_TEAM))
            )
    if raw["audience"] == Audience.COURSE and not raw["course"]:
        found.append(Problem("course", _l("Choose the course.")))
    hours = raw["hours_per_week"]
    if hours is None or not 1 <= hours <= 40:
        found.append(Problem("hours_per_week", _l("Choose a number from 1 to 40.")))
    return found + _days(raw, today)


def _days(raw: Mapping[str, Any], today: date) -> list[Problem]:
    apply_on, starts, ends = (day_of(raw, name) for name in ("apply_on", "starts_on", "ends_on"))
    found = [
        Problem(name, _l("Choose a day."))
        for name, day in (("apply_on", apply_on), ("starts_on", starts), ("ends_on", ends))
        if day is None
    ]
    if apply_on is not None and apply_on < today:
        found.append(Problem("apply_on", _l("This day is over.")))
    if apply_on is not None and starts is not None and starts <= apply_on:
        found.append(Problem("starts_on", _l("The work starts after the last day to apply.")))
    if starts is not None and ends is not None:
        if ends <= starts:
            found.append(Problem("ends_on", _l("The work ends after it starts.")))
        elif ends - starts > timedelta(weeks=MOST_WEEKS):
            found.append(Problem("ends_on", _l("It lasts two years at most.")))
    return found


def _skills(raw: Mapping[str, Any], kind: Kind, known: Collection[str]) -> list[Problem]:
    rows = raw["skills"]
    keys = [row["key"] for row in rows]
    if not rows and kind is not Kind.CHALLENGE:
        return [Problem("skills", _l("Choose at least one skill: it is what students see first."))]
    unknown = sorted(set(keys) - set(known))
    if unknown:
        return [Problem("skills", _l("There is no skill %(key)s any more.", key=unknown[0]))]
    if len(set(keys)) < len(keys):
        return [Problem("skills", _l("A skill is there twice."))]
    return []


def _terms(raw: Mapping[str, Any], kind: Kind, today: date) -> list[Problem]:
    found = []
    legal_class = LegalClass(raw["legal_class"]) if raw["legal_class"] else None
    pay, hours = Pay(raw["pay"]), raw["hours_per_week"] or 1
    day = day_of(raw, "starts_on") or today
    fault = pay_fault(kind, legal_class, pay, raw["pay_amount"], hours, day)
    if fault is not None:
        found.append(_pay_problem(fault, kind, pay, hours, day))
    nda = Nda(raw["nda"])
    if text_of(raw, "confidential") and nda is Nda.NONE:
        found.append(
            Problem("nda", _l("Something is confidential: choose what has to be promised first."))
        )
    if nda is Nda.OWN and not text_of(raw, "nda_words"):
        found.append(Problem("nda_words", NEEDED))
    if raw["ownership"] not in set(Ownership):
        found.append(Problem("ownership", NEEDED))
    return found


def _pay_problem(fault: PayFault, kind: Kind, pay: Pay, hours: int, day: date) -> Problem:
    match fault:
        case PayFault.CLASS_MISSING:
            return Problem("legal_class", _l("Say whether it is the general or the work type."))
        case PayFault.WAGE_OUTSIDE_WORK:
            if kind is Kind.INTERNSHIP:
                words = _l("A wage makes it employment: choose the work type, or an allowance.")
            else:
                words = _l(
                    "A wage makes it employment: offer an internship of the work type instead."
                )
            return Problem("pay", words)
        case PayFault.WORK_WITHOUT_WAGE:
            return Problem("pay", _l("The work type is employment: it is paid a wage."))
        case PayFault.AMOUNT_MISSING:
            return Problem("pay_amount", _l("Say how much, in New Taiwan dollars."))
        case PayFault.BELOW_MINIMUM:
            return Problem("pay_amount", below_minimum_words(pay, hours, day))


def below_minimum_words(pay: Pay, hours: int, day: date) -> str:
    """Why an amount is too little, with the law's figure and since when it holds."""
    least, since = least_pay(pay, hours, day), minimum_wage(day).since
    if pay is Pay.HOURLY:
        return _(
            "The minimum wage is NT$%(least)s an hour (since %(since)s).", least=least, since=since
        )
    return _(
        "For %(hours)s hours a week the minimum wage is NT$%(least)s a month (since %(since)s).",
        hours=hours, least=least, since=since,
    )  # fmt: skip


def _too_long(raw: Mapping[str, Any]) -> list[Problem]:
    return [
        Problem(name, _l("Use at most %(most)s characters.", most=most))
        for name, (_step, most) in TEXTS.items()
        if any(len(words) > most for words in (raw.get(name) or {}).values())
    ]


def _gaps(raw: Mapping[str, Any]) -> list[Problem]:
    """Templates leave gaps for what only the company knows."""
    return [
        Problem(name, _l("Fill the gap in “%(part)s”.", part=_around(words, gap)))
        for name in TEXTS
        for words in (raw.get(name) or {}).values()
        if (gap := next((mark for mark in GAPS if mark in words), None))
    ]


def _around(words: str, gap: str) -> str:
    at = words.index(gap)
    return words[max(0, at - 8) : at + len(gap) + 8].replace("\n", " ").strip()
