"""The steps of the guided form. Whatever is typed is kept; what is missing is said at the end."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional

from app.briefs import rules
from app.briefs.rules import (
    AUDIENCE_NAMES,
    CHOICES,
    CLASS_NAMES,
    DATA_NAMES,
    DAYS,
    MOST_MILESTONES,
    MOST_SKILLS,
    NDA_NAMES,
    NUMBERS,
    OWNERSHIP_NAMES,
    PAY_NAMES,
    PLACE_NAMES,
    STEP_OF,
    TAKES_NAMES,
    TEXTS,
    Kind,
    LegalClass,
    Pay,
    Raw,
    Step,
)
from app.kernel.counties import COUNTIES
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.industries import INDUSTRIES
from app.skills.models import Skill
from app.web.forms import Form, stripped

LANGUAGES = {"zh": "zh-Hant-TW", "en": "en"}


class Both:
    """A text in both languages: two fields, ``NAME_zh`` and ``NAME_en``."""

    def __init__(self, label: LazyText, rows: int = 0, help: LazyText | str = "") -> None:
        self.label, self.rows, self.help = label, rows, help


class StepForm(Form):
    """One step. ``texts`` are its texts in both languages, in the order of the page."""

    step: ClassVar[Step]
    texts: ClassVar[Mapping[str, Both]] = {}

    @classmethod
    def of(cls, raw: Mapping[str, Any], kind: Kind, **chosen: Any) -> "StepForm":
        """The form with what RAW says, or with what was sent."""
        form = cls(data=cls.data_of(raw))
        form.suit(kind, **chosen)
        return form

    def suit(self, kind: Kind, **chosen: Any) -> None:
        """Let the choices be those that a brief of KIND has."""

    @classmethod
    def data_of(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for name in cls.texts:
            for short, code in LANGUAGES.items():
                data[f"{name}_{short}"] = (raw.get(name) or {}).get(code, "")
        for name, step in STEP_OF.items():
            if step is cls.step and name not in TEXTS:
                data[name] = rules.day_of(raw, name) if name in DAYS else raw.get(name)
        return data

    def merged(self, raw: Mapping[str, Any], sent: MultiDict[str, str]) -> Raw:
        """RAW with what was sent; a field that cannot be read keeps what RAW says."""
        made = dict(raw)
        for name in self.texts:
            made[name] = {
                code: text
                for short, code in LANGUAGES.items()
                if (text := (self[f"{name}_{short}"].data or "").replace("\r\n", "\n"))
            }
        for name, step in STEP_OF.items():
            if step is not self.step or name in TEXTS or name not in self:
                continue
            field = self[name]
            if field.errors:
                continue
            made[name] = _plain(name, field)
        return made


def _plain(name: str, field: Field) -> Any:
    if name in DAYS:
        return field.data.isoformat() if field.data else ""
    if name in NUMBERS or name == "personal_data":
        return field.data
    return field.data or ""


def _pair(name: str, about: Both) -> dict[str, Field]:
    """The two fields of a text."""
    most = TEXTS[name][1]
    kind = TextAreaField if about.rows else StringField
    check = Length(max=most, message=_l("Use at most %(most)s characters.", most=most))
    return {
        f"{name}_{short}": kind(about.label, [check], filters=[stripped]) for short in LANGUAGES
    }


def _with_texts(form: type[StepForm]) -> type[StepForm]:
    for name, about in form.texts.items():
        for key, field in _pair(name, about).items():
            setattr(form, key, field)
    return form


def _choices(names: Mapping[Any, LazyText]) -> list[SelectChoice]:
    return [SelectChoice(key.value, words) for key, words in names.items()]


def _number(label: LazyText, most: int, description: LazyText | str = "") -> IntegerField:
    return IntegerField(
        label,
        [Optional(), NumberRange(0, most, _l("Choose a number up to %(most)s.", most=most))],
        description=description,
    )


def _day(label: LazyText, description: LazyText | str = "") -> DateField:
    return DateField(label, [Optional()], description=description)


@_with_texts
class NeedForm(StepForm):
    step: ClassVar[Step] = Step.NEED
    texts: ClassVar[Mapping[str, Both]] = {
        "title": Both(_l("Title"), 0, _l("What it is about, in a few words.")),
        "outcome": Both(
            _l("What shall be better afterwards?"), 3,
            _l("One or two sentences, with a figure if there is one."),
        ),
        "context": Both(
            _l("How is it done today, and where does it hurt?"), 8,
            _l("Numbers help: how often, how long, how much is lost. Markdown is understood."),
        ),
    }  # fmt: skip
    industry = SelectField(_l("Industry"))
    county = SelectField(_l("County or city"))

    def suit(self, kind: Kind, **chosen: Any) -> None:
        none = SelectChoice("", "–")
        self.industry.choices = [none, *(SelectChoice(k, str(v)) for k, v in INDUSTRIES.items())]
        self.county.choices = [none, *(SelectChoice(k, str(v)) for k, v in COUNTIES.items())]


@_with_texts
class WorkForm(StepForm):
    step: ClassVar[Step] = Step.WORK
    texts: ClassVar[Mapping[str, Both]] = {
        "deliverables": Both(
            _l("What do you want to hold in your hands in the end?"), 5,
            _l("One thing a line, such as: a trial program, a report, a presentation."),
        ),
        "data_words": Both(
            _l("Which data is there?"), 3, _l("What, since when, how much, in which form.")
        ),
        "data_rights": Both(
            _l("What may be done with the data?"), 3,
            _l("Where it may be used, whether results may be shown, when it is deleted."),
        ),
    }  # fmt: skip
    data_class = RadioField(_l("Data for the work"), choices=_choices(DATA_NAMES))
    personal_data = BooleanField(
        _l("There is data of people in it (names, numbers, faces, health)"),
        description=_l("It has to be made anonymous before students get it."),
    )

    def merged(self, raw: Mapping[str, Any], sent: MultiDict[str, str]) -> Raw:
        made = super().merged(raw, sent)
        made["milestones"] = read_milestones(sent)
        return made


@_with_texts
class PeopleForm(StepForm):
    step: ClassVar[Step] = Step.PEOPLE
    texts: ClassVar[Mapping[str, Both]] = {
        "place_words": Both(
            _l("Where exactly?"), 2, _l("Address, days on site, how to get there.")
        ),
        "mentoring": Both(
            _l("Who helps, and how often?"), 2,
            _l("Whom students can ask, and how many hours a week that person has."),
        ),
    }  # fmt: skip
    takes = RadioField(_l("Who applies?"), choices=_choices(TAKES_NAMES))
    team_min = _number(_l("Smallest team"), 12)
    team_max = _number(_l("Largest team"), 12)
    quota = _number(_l("How many are taken?"), 500, _l("Teams, where teams apply."))
    minimum = _number(
        _l("At least how many?"), 500,
        _l("With fewer it does not take place. 0: it does with one already."),
    )  # fmt: skip
    audience = RadioField(_l("Who may apply?"), choices=_choices(AUDIENCE_NAMES))
    course = SelectField(_l("Course"), validate_choice=False)
    hours_per_week = _number(_l("Hours a week, for each person"), 40)
    place = RadioField(_l("Where is it done?"), choices=_choices(PLACE_NAMES))
    apply_on = _day(_l("Last day to apply"))
    starts_on = _day(_l("First day of the work"))
    ends_on = _day(_l("Last day of the work"))

    def suit(self, kind: Kind, **chosen: Any) -> None:
        courses: Sequence[tuple[str, str]] = chosen.get("courses", ())
        self.course.choices = [
            SelectChoice("", "–"), *(SelectChoice(key, words) for key, words in courses)
        ]  # fmt: skip
        if self.course.data and self.course.data not in {key for key, _words in courses}:
            self.course.data = ""

    def merged(self, raw: Mapping[str, Any], sent: MultiDict[str, str]) -> Raw:
        made = super().merged(raw, sent)
        made["skills"] = read_skills(sent)
        return made


@_with_texts
class TermsForm(StepForm):
    step: ClassVar[Step] = Step.TERMS
    texts: ClassVar[Mapping[str, Both]] = {
        "pay_words": Both(
            _l("What else do you give?"), 2,
            _l("Meals, travel, equipment, a prize; when the money is paid."),
        ),
        "ownership_words": Both(
            _l("Anything to add on ownership?"), 2,
            _l("For example: a licence, a right to publish."),
        ),
        "confidential": Both(
            _l("What is confidential?"), 6,
            _l("Only those read it who promised silence. Never write it in the other fields."),
        ),
        "nda_words": Both(_l("Your own words of the promise"), 6),
    }  # fmt: skip
    legal_class = RadioField(
        _l("Legal class of the internship"),
        choices=[SelectChoice("", _l("Not chosen yet")), *_choices(CLASS_NAMES)],
        validate_choice=False,
    )
    pay = RadioField(_l("What do you pay?"), choices=_choices(PAY_NAMES))
    pay_amount = _number(_l("Amount in New Taiwan dollars"), 1_000_000)
    ownership = RadioField(_l("Who owns what comes out of it?"), choices=_choices(OWNERSHIP_NAMES))
    nda = RadioField(
        _l("Is a part of it confidential?"),
        choices=_choices(NDA_NAMES),
        description=_l("Students promise silence (NDA) before that part opens to them."),
    )

    def suit(self, kind: Kind, **chosen: Any) -> None:
        if kind is not Kind.INTERNSHIP:
            del self.legal_class
            paid = [Pay.NONE, Pay.ALLOWANCE]
            if self.pay.data in (Pay.HOURLY, Pay.MONTHLY):
                paid.append(Pay(self.pay.data))  # it stays to be seen, and is said to be wrong
            self.pay.choices = [SelectChoice(key.value, PAY_NAMES[key]) for key in paid]

    def merged(self, raw: Mapping[str, Any], sent: MultiDict[str, str]) -> Raw:
        made = super().merged(raw, sent)
        if made["legal_class"] not in ("", *(one.value for one in LegalClass)):
            made["legal_class"] = ""
        return made


FORMS: dict[Step, type[StepForm]] = {
    form.step: form for form in (NeedForm, WorkForm, PeopleForm, TermsForm)
}


def read_milestones(sent: MultiDict[str, str]) -> list[dict[str, Any]]:
    """The rows that say something, by week."""
    rows = zip(
        sent.getlist("milestone_week"),
        sent.getlist("milestone_zh"),
        sent.getlist("milestone_en"),
        strict=False,
    )
    found = []
    for week, chinese, english in rows:
        words = {
            code: text.strip()[:200]
            for code, text in (("zh-Hant-TW", chinese), ("en", english))
            if text.strip()
        }
        if words or week.strip():
            found.append({"week": _int(week), "words": words})
    return sorted(found[:MOST_MILESTONES], key=lambda row: row["week"])


def read_skills(sent: MultiDict[str, str]) -> list[dict[str, Any]]:
    """The rows with a skill, in their order; a skill that is there twice counts once."""
    rows = zip(
        sent.getlist("skill_key"),
        sent.getlist("skill_level"),
        sent.getlist("skill_need"),
        strict=False,
    )
    found: dict[str, dict[str, Any]] = {}
    for key, level, need in rows:
        key = key.strip()[:200].replace("\0", "")
        if key:
            row = {"key": key, "level": max(1, min(9, _int(level))), "required": need != "wished"}
            found.setdefault(key, row)
    return list(found.values())[:MOST_SKILLS]


def _int(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def skill_groups(skills: Sequence[Skill]) -> list[tuple[str, list[Skill]]]:
    """Skills under the node above them, for a choice."""
    groups: dict[str, list[Skill]] = {}
    for skill in skills:
        groups.setdefault(str(skill.parent.title) if skill.parent else "", []).append(skill)
    return list(groups.items())


assert set(CHOICES) <= {  # every choice is asked somewhere
    name for form in FORMS.values() for name in dir(form)
}
