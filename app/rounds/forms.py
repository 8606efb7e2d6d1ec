"""What people type about rounds."""

from typing import Any

from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Regexp

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.learning.forms import InstantField
from app.learning.models import Section
from app.rounds.models import MOST_CHOICES, Round
from app.rounds.operations import Plan, TopicPlan
from app.rounds.rules import Kind, Windows
from app.web.forms import Form, stripped

__all__ = [
    "ByHandForm", "PostponeForm", "ReasonForm", "RoundForm", "SupervisorForm", "TopicForm",
]  # fmt: skip

FILL_IN = _l("Please fill this in.")
KIND_NAMES = {
    Kind.PROJECTS: _l("Projects of companies: both sides rank"),
    Kind.TEAMS: _l("Teams of a section: students rank its topics"),
}


def _text(label: Any, **kwargs: Any) -> StringField:
    return StringField(label, [Length(max=120)], filters=[stripped], **kwargs)


def both(chinese: Any, english: Any) -> LocalizedText:
    return LocalizedText({"zh-Hant-TW": chinese.data or "", "en": english.data or ""})


class RoundForm(Form):
    title_zh = _text(_l("Title in Chinese"))
    title_en = _text(_l("Title in English"))
    code = StringField(
        _l("Code in its address"),
        [
            DataRequired(FILL_IN),
            Length(max=60),
            Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=_l("Small letters, digits and hyphens.")),
        ],
        filters=[stripped],
    )
    kind = RadioField(
        _l("What is matched"),
        choices=lambda: {one.value: str(name) for one, name in KIND_NAMES.items()},
        default=Kind.PROJECTS.value,
    )
    section = SelectField(
        _l("Section"),
        description=_l("Only its students take part. Needed for teams."),
        default="",
    )
    opens_at = InstantField(_l("The ranking opens"), [InputRequired(FILL_IN)])
    closes_at = InstantField(_l("The ranking closes"), [InputRequired(FILL_IN)])
    publishes_at = InstantField(
        _l("Results at the latest"),
        [InputRequired(FILL_IN)],
        description=_l("Whoever keeps the round can publish earlier."),
    )
    answer_hours = IntegerField(
        _l("Hours to answer an offer"),
        [InputRequired(FILL_IN), NumberRange(1, 720)],
        default=72,
    )
    ends_at = InstantField(
        _l("The round ends"),
        [InputRequired(FILL_IN)],
        description=_l("From then on free places do not move any more."),
    )
    most_choices = IntegerField(
        _l("How many projects somebody may rank"),
        [InputRequired(FILL_IN), NumberRange(1, MOST_CHOICES)],
        default=10,
    )
    words_zh = TextAreaField(_l("Further rules in Chinese"), [Length(max=8000)], filters=[stripped])
    words_en = TextAreaField(_l("Further rules in English"), [Length(max=8000)], filters=[stripped])

    def validate_title_zh(self, field: Any) -> None:
        if not field.data and not self.title_en.data:
            field.errors.append(FILL_IN)

    def validate_section(self, field: Any) -> None:
        if self.kind.data == Kind.TEAMS.value and not field.data:
            field.errors.append(_l("Choose the section whose students form teams."))

    def plan(self, section: Section | None) -> Plan:
        assert self.opens_at.instant
        assert self.closes_at.instant
        assert self.publishes_at.instant
        assert self.ends_at.instant
        return Plan(
            code=self.code.data or "",
            title=both(self.title_zh, self.title_en),
            words=both(self.words_zh, self.words_en),
            windows=Windows(
                self.opens_at.instant,
                self.closes_at.instant,
                self.publishes_at.instant,
                self.answer_hours.data or 0,
                self.ends_at.instant,
            ),
            most_choices=self.most_choices.data or 0,
            kind=Kind(self.kind.data),
            section=section,
        )

    @staticmethod
    def data_of(round_: Round) -> dict[str, Any]:
        return {
            "title_zh": round_.title.get("zh-Hant-TW", ""),
            "title_en": round_.title.get("en", ""),
            "words_zh": round_.words.get("zh-Hant-TW", ""),
            "words_en": round_.words.get("en", ""),
            "code": round_.code,
            "kind": round_.kind.value,
            "section": round_.section.code if round_.section else "",
            "opens_at": round_.opens_at,
            "closes_at": round_.closes_at,
            "publishes_at": round_.publishes_at,
            "answer_hours": round_.answer_hours,
            "ends_at": round_.ends_at,
            "most_choices": round_.most_choices,
        }


class TopicForm(Form):
    title_zh = _text(_l("Topic in Chinese"))
    title_en = _text(_l("Topic in English"))
    text_zh = TextAreaField(_l("About it, in Chinese"), [Length(max=4000)], filters=[stripped])
    text_en = TextAreaField(_l("About it, in English"), [Length(max=4000)], filters=[stripped])
    smallest = IntegerField(
        _l("Smallest team"), [InputRequired(FILL_IN), NumberRange(1, 50)], default=3
    )
    largest = IntegerField(
        _l("Largest team"), [InputRequired(FILL_IN), NumberRange(1, 50)], default=5
    )
    skills = TextAreaField(
        _l("Skills that a team needs together"),
        [Length(max=2000)],
        filters=[stripped],
        description=_l("Keys of skills, one a line. Each is shown by some member."),
    )
    must_run = SelectField(
        _l("If few choose it"),
        choices=lambda: {"": str(_l("It is left out")), "1": str(_l("It has a team all the same"))},
        default="",
    )

    def validate_title_zh(self, field: Any) -> None:
        if not field.data and not self.title_en.data:
            field.errors.append(FILL_IN)

    def plan(self, skill_ids: list[Any]) -> TopicPlan:
        text = both(self.text_zh, self.text_en)
        return TopicPlan(
            both(self.title_zh, self.title_en),
            self.smallest.data or 0,
            self.largest.data or 0,
            text if text else None,
            skill_ids,
            bool(self.must_run.data),
        )


class SupervisorForm(Form):
    handle = StringField(_l("Instructor’s handle"), [DataRequired(FILL_IN)], filters=[stripped])
    quota = IntegerField(
        _l("Applicants at most, over all projects"),
        [InputRequired(FILL_IN), NumberRange(0, 1000)],
    )


class PostponeForm(Form):
    closes_at = InstantField(_l("The ranking closes"), [InputRequired(FILL_IN)])
    reason = TextAreaField(_l("Reason"), [Length(max=1000)], filters=[stripped])


class ReasonForm(Form):
    reason = TextAreaField(_l("Reason"), [Length(max=1000)], filters=[stripped])


class ByHandForm(Form):
    """One change of a published result; the page says first what it makes of it."""

    what = SelectField(
        _l("What changes"),
        choices=lambda: {
            "move": str(_l("Somebody’s place")),
            "quota": str(_l("A project’s quota")),
            "limit": str(_l("A supervisor’s limit")),
        },
    )
    entry = SelectField(_l("Applicant"), default="")
    project = SelectField(_l("Project"), default="")
    supervisor = SelectField(_l("Supervisor"), default="")
    count = StringField(_l("New number"), [Length(max=4)], filters=[stripped])
    reason = TextAreaField(
        _l("Reason"),
        [Length(max=1000)],
        filters=[stripped],
        description=_l("Those whom it concerns read it."),
    )
