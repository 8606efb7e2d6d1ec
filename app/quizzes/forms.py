"""What staff type about quizzes."""

from collections.abc import Sequence
from typing import Any

from wtforms import DecimalField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.learning.forms import InstantField, needed
from app.web.forms import Form, stripped


class MarkForm(Form):
    question = HiddenField(validators=[InputRequired()])
    points = DecimalField(_l("Points"), [InputRequired(_l("The points must be a number."))])
    comment = TextAreaField(_l("Comment for the student"), [Optional(), Length(max=5000)])


class ReopenForm(Form):
    reason = StringField(_l("Reason"), [needed(), Length(max=500)], filters=[stripped])
    closes_at = InstantField(
        _l("Closes later"), description=_l("Needed when the quiz has closed. Time in Taipei.")
    )


class AccommodationForm(Form):
    quiz = SelectField(_l("Applies to"))
    extra_percent = IntegerField(
        _l("More time, in per cent"),
        [Optional(), NumberRange(0, 400)],
        default=0,
        description=_l("25 makes 75 minutes of 60."),
    )
    extra_minutes = IntegerField(
        _l("More time, in minutes"), [Optional(), NumberRange(0, 1440)], default=0
    )
    extra_attempts = IntegerField(_l("More attempts"), [Optional(), NumberRange(0, 20)], default=0)
    closes_at = InstantField(_l("Closes later"), description=_l("Time in Taipei."))
    reason = StringField(
        _l("Reason"),
        [needed(), Length(max=500)],
        filters=[stripped],
        description=_l("Kept on record; the student does not read it."),
    )

    def __init__(self, quizzes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.quiz.choices = {"": _("Every quiz of this section"), **dict(quizzes)}
