"""Short answers: a new brief, a verdict, a promise, a change, closing."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from app.briefs.rules import KIND_NAMES, Side
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.web.forms import Form, stripped

NEEDED = _l("Please fill this in.")


def _words(label: Any, most: int, **options: Any) -> TextAreaField:
    return TextAreaField(
        label,
        [Length(max=most, message=_l("Use at most %(most)s characters.", most=most))],
        filters=[stripped],
        **options,
    )


class NewBriefForm(Form):
    kind = RadioField(
        _l("What do you offer?"),
        [InputRequired(_l("Choose one."))],
        choices=[SelectChoice(kind.value, name) for kind, name in KIND_NAMES.items()],
        default="project",
    )
    begin = SelectField(_l("Begin from"), validate_choice=False)

    def offer(
        self, templates: Sequence[tuple[str, str]], pain_points: Sequence[tuple[str, str]]
    ) -> None:
        """Each (value, words)."""
        self.begin.choices = [
            SelectChoice("", _("An empty form")),
            *(SelectChoice(key, words, optgroup=_("A pain point")) for key, words in pain_points),
            *(SelectChoice(key, words, optgroup=_("A template")) for key, words in templates),
        ]


class VerdictForm(Form):
    side = RadioField(_l("I review as"), [InputRequired(_l("Choose one."))])
    reason = _words(
        _l("What has to change, or a note"),
        2000,
        description=_l("The company reads it. Needed when you return the brief."),
    )
    supervises = BooleanField(_l("I look after whoever works on it (supervising teacher)"))

    def offer(self, sides: Sequence[tuple[Side, str]]) -> None:
        self.side.choices = [SelectChoice(side.value, words) for side, words in sides]
        if len(sides) == 1:
            self.side.data = self.side.data or sides[0][0].value


class PromiseForm(Form):
    agreed = BooleanField(
        _l("I have read this and promise it. I sign electronically with my name."),
        [DataRequired(_l("Without the promise it stays closed."))],
    )
    name = StringField(
        _l("Your name, as in your account"),
        [DataRequired(NEEDED), Length(max=120)],
        filters=[stripped],
    )


class ProposalForm(Form):
    reason = TextAreaField(
        _l("Why?"),
        [DataRequired(NEEDED), Length(max=1000)],
        filters=[stripped],
        description=_l("The other side and everybody who applied read it."),
    )


class AnswerForm(Form):
    words = _words(_l("Your answer"), 1000, description=_l("Needed when you do not agree."))


class CloseForm(Form):
    reason = TextAreaField(
        _l("Why is it closed?"),
        [DataRequired(NEEDED), Length(max=1000)],
        filters=[stripped],
        description=_l("Everybody who applied reads it."),
    )
