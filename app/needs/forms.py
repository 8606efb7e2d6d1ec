"""What is written of an interview, and of a pain point."""

import unicodedata
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    DateField,
    EmailField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from app.kernel.counties import COUNTIES
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.industries import INDUSTRIES
from app.kernel.localized import LocalizedText
from app.needs.models import Interview, PainPoint
from app.needs.operations import FigureWords, InterviewWords, PainWords
from app.needs.rules import (
    MEASURE_NAMES,
    MOST_FIGURES,
    RECORDING_CONSENT_NAMES,
    SHORT_LETTERS,
    TECHNOLOGIES,
    TEXT_LETTERS,
    TITLE_LETTERS,
    Measure,
    RecordingConsent,
    number_name,
)
from app.web.forms import Form, stripped

MOST_VALUE = Decimal(10) ** 15
SPARE_FIGURES = 3


class NumberField(StringField):
    """A decimal as people type it: 1,200 or １２００ or 3.5; at most three places."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw = valuelist[0].strip() if valuelist else ""
        text = unicodedata.normalize("NFKC", self.raw).replace(",", "").replace(" ", "")
        self.data: Any = None
        if not text:
            return
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or abs(value) >= MOST_VALUE:
            raise ValueError(_l("Write a number, such as 1,200 or 3.5."))
        self.data = value.quantize(Decimal("0.001"))

    def _value(self) -> str:
        if getattr(self, "raw", ""):
            return self.raw
        return number_name(self.data) if isinstance(self.data, Decimal) else ""


def _needed() -> DataRequired:
    return DataRequired(_l("Please fill this in."))


def _short(most: int = SHORT_LETTERS) -> Length:
    return Length(max=most, message=_l("At most %(most)s characters.", most=most))


def _many(label: Any, choices: Any, **more: Any) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        choices=[SelectChoice(value, name) for value, name in choices.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        **more,
    )


def _one(label: Any, choices: Any, **more: Any) -> SelectField:
    return SelectField(
        label,
        [_needed()],
        choices=[
            SelectChoice("", _l("Please choose")),
            *(SelectChoice(value, name) for value, name in choices.items()),
        ],
        **more,
    )


class FigureForm(PlainForm):
    label = StringField(_l("What is counted"), [_short()], filters=[stripped])
    value = NumberField(_l("Number"))
    unit = StringField(_l("Unit"), [_short(40)], filters=[stripped])

    def validate_value(self, field: Any) -> None:
        if field.data is None and (self.label.data or self.unit.data) and not field.errors:
            raise ValidationError(_l("Write a number, such as 1,200 or 3.5."))
        if field.data is not None and not self.label.data:
            raise ValidationError(_l("Say what the number counts."))


class Figures(FieldList):
    """Lines of numbers; their errors are sentences, as those of every other field."""

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        super().validate(form, extra_validators)
        self.errors = [
            str(said)
            for line in self.entries
            for errors in (line.errors or {}).values()
            for said in errors
        ]
        return not self.errors


class InterviewForm(Form):
    key = HiddenField()
    revision = HiddenField()
    recorded_for = SelectField(_l("In whose name"), validate_choice=True)
    organisation = SelectField(_l("Company"))
    company_name = StringField(
        _l("Name of the company"),
        [_short()],
        filters=[stripped],
        description=_l("Only when it has not signed up here."),
    )
    tax_id = StringField(
        _l("Unified business number"),
        [_short(8)],
        filters=[stripped],
        description=_l("If you know it: the record becomes the company’s own once it signs up."),
    )
    contact_name = StringField(_l("Who was asked"), [_short()], filters=[stripped])
    contact_title = StringField(_l("Her position"), [_short()], filters=[stripped])
    contact_email = EmailField(
        _l("Her mail address"),
        [Optional(), Email(_l("This is no mail address.")), _short(254)],
        filters=[stripped],
    )
    held_on = DateField(_l("Day"), [InputRequired(_l("Please fill this in."))])
    place = StringField(_l("Location"), [_short(200)], filters=[stripped])
    industry = _one(_l("Industry"), INDUSTRIES)
    county = _one(_l("County"), COUNTIES)
    work = TextAreaField(
        _l("How the work is done today"), [Length(max=TEXT_LETTERS)], filters=[stripped]
    )
    figures = Figures(
        FormField(FigureForm), label=_l("Numbers that were said"), max_entries=MOST_FIGURES
    )
    recording_consent = RadioField(
        _l("Recording"),
        choices=[SelectChoice(row.value, name) for row, name in RECORDING_CONSENT_NAMES.items()],
        default=RecordingConsent.NOT_ASKED.value,
        description=_l("A file can be kept only of somebody who agreed."),
    )
    notes = TextAreaField(
        _l("Notes of the interview"),
        [Length(max=TEXT_LETTERS)],
        filters=[stripped],
        description=_l("The company reads them, too."),
    )

    def show(self, interview: Interview) -> None:
        """Put what stands there into the fields."""
        for name in (
            *("company_name", "tax_id", "contact_name", "contact_title", "contact_email"),
            *("held_on", "place", "industry", "county", "notes", "revision"),
        ):
            self[name].data = getattr(interview, name)
        self.work.data = interview.process
        self.organisation.data = str(interview.organisation_id or "")
        self.recording_consent.data = interview.recording_consent.value
        for row in interview.figures:
            self.figures.append_entry({"label": row.label, "value": row.value, "unit": row.unit})

    def spare_figures(self) -> None:
        """Empty lines after what was written."""
        empty = sum(1 for row in self.figures if not row.form.label.data)
        for _index in range(min(SPARE_FIGURES - empty, MOST_FIGURES - len(self.figures))):
            self.figures.append_entry()

    def figure_words(self) -> tuple[FigureWords, ...]:
        return tuple(
            FigureWords(row.form.label.data, row.form.value.data, row.form.unit.data or "")
            for row in self.figures
            if row.form.label.data and row.form.value.data is not None
        )

    def words(self) -> InterviewWords:
        chosen = self.organisation.data or ""
        return InterviewWords(
            organisation_id=uuid.UUID(chosen) if chosen else None,
            company_name=self.company_name.data or "",
            tax_id=self.tax_id.data or None,
            contact_name=self.contact_name.data or "",
            contact_title=self.contact_title.data or "",
            contact_email=(self.contact_email.data or "").lower(),
            held_on=self.held_on.data,
            place=self.place.data or "",
            industry=self.industry.data,
            county=self.county.data,
            process=self.work.data or "",
            notes=self.notes.data or "",
            figures=self.figure_words(),
            recording_consent=RecordingConsent(self.recording_consent.data),
        )


class PainFields(PlainForm):
    """What hurts; also part of the form by which a company writes its own need."""

    title_zh = StringField(_l("Title in Chinese"), [_short(TITLE_LETTERS)], filters=[stripped])
    title_en = StringField(_l("Title in English"), [_short(TITLE_LETTERS)], filters=[stripped])
    description_zh = TextAreaField(
        _l("Description in Chinese"), [Length(max=TEXT_LETTERS)], filters=[stripped]
    )
    description_en = TextAreaField(
        _l("Description in English"), [Length(max=TEXT_LETTERS)], filters=[stripped]
    )
    step = StringField(
        _l("At which step of the work"),
        [_short()],
        filters=[stripped],
        description=_l("For example ordering ingredients, closing the till, checking parts."),
    )
    measure = RadioField(
        _l("What it costs"),
        choices=[SelectChoice(row.value, name) for row, name in MEASURE_NAMES.items()],
        validators=[InputRequired(_l("Please choose"))],
    )
    now_value = NumberField(_l("Value today"))
    target_value = NumberField(_l("Target"))
    unit = StringField(
        _l("Unit"),
        [_short(40)],
        filters=[stripped],
        description=_l("Of both numbers, for example minutes a day, NT$ a month, % of parts."),
    )
    industries = _many(
        _l("Industries"), INDUSTRIES, description=_l("None chosen: that of the interview.")
    )
    technologies = _many(_l("Technologies that could help"), TECHNOLOGIES)
    people_count = IntegerField(
        _l("How many people’s work it touches"),
        [Optional(), NumberRange(0, 1_000_000, _l("People are counted from 0."))],
    )
    company_count = IntegerField(
        _l("How many companies have it"),
        [Optional(), NumberRange(1, 100_000, _l("At least one company has it."))],
        description=_l("More than 1 when an association speaks for its members."),
    )

    def validate_title_zh(self, field: Any) -> None:
        if not field.data and not self.title_en.data:
            raise ValidationError(_l("Write a title in at least one language."))

    def show_pain(self, pain_point: PainPoint) -> None:
        self.title_zh.data = pain_point.title.get("zh-Hant-TW", "")
        self.title_en.data = pain_point.title.get("en", "")
        told = pain_point.description or LocalizedText({})
        self.description_zh.data = told.get("zh-Hant-TW", "")
        self.description_en.data = told.get("en", "")
        self.step.data = pain_point.process
        self.measure.data = pain_point.measure.value
        for name in (
            *("now_value", "target_value", "unit", "industries", "technologies"),
            *("people_count", "company_count"),
        ):
            self[name].data = getattr(pain_point, name)

    def pain_words(self, industry: str) -> PainWords:
        """INDUSTRY is the interview's, for when none was chosen."""
        return PainWords(
            title=_both(self.title_zh, self.title_en) or LocalizedText({}),
            description=_both(self.description_zh, self.description_en),
            process=self.step.data or "",
            measure=Measure(self.measure.data),
            now_value=self.now_value.data,
            target_value=self.target_value.data,
            unit=self.unit.data or "",
            industries=tuple(self.industries.data or ()) or (industry,),
            technologies=tuple(self.technologies.data or ()),
            company_count=self.company_count.data or 1,
            people_count=self.people_count.data,
        )


class PainForm(Form, PainFields):
    key = HiddenField()
    revision = HiddenField()


class NeedForm(Form, PainFields):
    """A company's own need: where, how the work is done, and what hurts, at once."""

    key = HiddenField()
    recorded_for = SelectField(_l("Company"))
    industry = _one(_l("Industry"), INDUSTRIES)
    county = _one(_l("County"), COUNTIES)
    place = StringField(_l("Location"), [_short(200)], filters=[stripped])
    work = TextAreaField(
        _l("How the work is done today"), [Length(max=TEXT_LETTERS)], filters=[stripped]
    )
    figures = Figures(
        FormField(FigureForm), label=_l("Numbers that were said"), max_entries=MOST_FIGURES
    )

    spare_figures = InterviewForm.spare_figures
    figure_words = InterviewForm.figure_words


class RecordingForm(Form):
    recording = FileField(
        _l("Recording or transcript"),
        description=_l("M4A, MP3, OGG, WAV, MP4, WebM or PDF, at most 25 MB."),
    )


class ImportForm(Form):
    file = FileField(_l("CSV file"))
    recorded_for = SelectField(_l("In whose name"))


def _both(chinese: Any, english: Any) -> LocalizedText | None:
    made = LocalizedText({"zh-Hant-TW": chinese.data or "", "en": english.data or ""})
    return made if len(made) else None
