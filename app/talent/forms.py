"""What students say of themselves, and what companies ask."""

import re
import uuid
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.kernel.counties import COUNTIES
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.industries import INDUSTRIES
from app.talent.models import TalentProfile
from app.talent.operations import ProfileWords
from app.talent.rules import LANGUAGES, MOST_LINKS, MOST_STATEMENT
from app.web.forms import Form, stripped


def _short(most: int) -> Length:
    return Length(max=most, message=_l("At most %(most)s characters.", most=most))


def _several(label: Any, choices: Any) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        choices=[SelectChoice(key, name) for key, name in choices.items()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class ProfileForm(Form):
    headline = StringField(
        _l("One line about what you look for"),
        [_short(120)],
        filters=[stripped],
        description=_l(
            "Companies read it first. Leave your name out: it is told when you say yes."
        ),
    )
    statement = TextAreaField(
        _l("What you bring and what you want to learn"),
        [_short(MOST_STATEMENT)],
        filters=[stripped],
    )
    counties = _several(_l("Where you would work"), COUNTIES)
    is_remote = BooleanField(_l("Also from afar"))
    languages = _several(_l("Languages that you work in"), LANGUAGES)
    industries = _several(_l("Industries that interest you"), INDUSTRIES)
    hours = IntegerField(
        _l("Hours a week"), [Optional(), NumberRange(0, 60, _l("Between 0 and 60."))], default=0
    )
    available_from = DateField(_l("From"), [Optional()])
    available_until = DateField(_l("Until"), [Optional()])
    links = TextAreaField(
        _l("Links"),
        [_short(1500)],
        filters=[stripped],
        description=_l("One address a line; at most five."),
    )

    def validate_available_until(self, field: Any) -> None:
        if field.data and self.available_from.data and field.data < self.available_from.data:
            raise ValidationError(_l("The last day is not before the first."))

    def validate_links(self, field: Any) -> None:
        lines = (field.data or "").split()
        if len(lines) > MOST_LINKS:
            raise ValidationError(_l("One address a line; at most five."))
        for line in lines:
            if not re.fullmatch(r"https?://[^\s<>\"']{3,400}", line):
                raise ValidationError(
                    _("“%(address)s” is not a web address: it begins with https://.", address=line)
                )

    def said(self, sent: MultiDict[str, str]) -> ProfileWords:
        return ProfileWords(
            headline=self.headline.data or "",
            statement=self.statement.data or "",
            counties=tuple(self.counties.data or ()),
            is_remote=self.is_remote.data,
            languages=tuple(self.languages.data or ()),
            industries=tuple(self.industries.data or ()),
            hours=self.hours.data or 0,
            available_from=self.available_from.data,
            available_until=self.available_until.data,
            links=tuple(
                (line.partition("://")[2].rstrip("/"), line)
                for line in (self.links.data or "").split()
            ),
            file_ids=tuple(dict.fromkeys(_ids(sent.getlist("file")))),
        )

    @staticmethod
    def data_of(profile: TalentProfile | None) -> dict[str, Any]:
        if profile is None:
            return {}
        names = (
            "headline", "statement", "counties", "is_remote", "languages", "industries", "hours",
            "available_from", "available_until",
        )  # fmt: skip
        return {name: getattr(profile, name) for name in names} | {
            "links": "\n".join(link["url"] for link in profile.links)
        }


def _ids(texts: list[str]) -> list[uuid.UUID]:
    found = []
    for text in texts[:50]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


class AskForm(Form):
    words = TextAreaField(
        _l("What you would like to talk about"),
        [DataRequired(_l("Please fill this in.")), _short(2000)],
        filters=[stripped],
        description=_l("She or he reads this before saying yes or no."),
    )


class AnswerForm(Form):
    answer = TextAreaField(_l("A few words to the company"), [_short(1000)], filters=[stripped])
    consent = BooleanField(_l("I have read this and consent to it"))


class SaveForm(Form):
    name = StringField(
        _l("Name of the search"),
        [DataRequired(_l("Please fill this in.")), _short(80)],
        filters=[stripped],
    )
