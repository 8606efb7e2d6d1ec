"""What staff type about attention and similar parts."""

import uuid
from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from app.insights.rules.risk import Thresholds
from app.insights.rules.steps import MOST_WORDS
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.learning.forms import needed
from app.web.forms import Form, stripped

LONG = Length(max=MOST_WORDS, message=_l("At most 2,000 characters."))


class KeyedForm(Form):
    """A form that is one deed, however often it is sent."""

    key = HiddenField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not self.key.data:
            self.key.data = str(uuid.uuid4())

    def validate_key(self, field: Any) -> None:
        try:
            self.deed = uuid.UUID(field.data)
        except ValueError:
            raise ValidationError(_l("Load the page again.")) from None

    deed = uuid.UUID(int=0)


class NoteForm(KeyedForm):
    note = TextAreaField(
        _l("Note"),
        [needed(), LONG],
        filters=[stripped],
        description=_l("For the staff of this section; the student does not read it."),
    )


class MessageForm(KeyedForm):
    subject = StringField(_l("Subject"), [needed(), Length(max=200)], filters=[stripped])
    text = TextAreaField(
        _l("Message"),
        [needed(), LONG],
        filters=[stripped],
        description=_l("The student gets it in the site and, as she chose, by mail."),
    )


class TimeForm(KeyedForm):
    item = SelectField(_l("For"))
    more_days = IntegerField(
        _l("More days"), [InputRequired(_l("Please fill this in.")), NumberRange(1, 365)], default=3
    )
    reason = StringField(_l("Reason"), [Length(max=500)], filters=[stripped])

    def __init__(self, items: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.item.choices = {"": _("Everything in this section"), **dict(items)}


class StateForm(KeyedForm):
    """Taken care of, put off, taken up again: the button says which."""

    days = IntegerField(_l("Days"), [NumberRange(1, 90)], default=7)


class ThresholdsForm(Form):
    missing = IntegerField(
        _l("Items that are due and for which nothing came"),
        [InputRequired(_l("Please fill this in.")), NumberRange(0, 100)],
        description=_l("From so many on. 0 turns the rule off."),
    )
    stuck = IntegerField(
        _l("Submissions in a row in which the same test is not passed"),
        [InputRequired(_l("Please fill this in.")), NumberRange(0, 100)],
        description=_l("From so many on, at least 2. 0 turns the rule off."),
    )
    absent_days = IntegerField(
        _l("Days without opening anything of this course"),
        [InputRequired(_l("Please fill this in.")), NumberRange(0, 365)],
        description=_l("From so many on. 0 turns the rule off."),
    )
    falling = BooleanField(_l("Each of the last three results is lower than the one before"))
    below_pass = BooleanField(_l("The grade so far is below the pass mark"))

    def validate_stuck(self, field: Any) -> None:
        if field.data == 1:
            raise ValidationError(_l("One submission is not stuck yet: 2 or more, or 0."))

    @property
    def thresholds(self) -> Thresholds:
        """What was typed into a valid form."""
        return Thresholds(
            missing=self.missing.data or 0,
            falling=bool(self.falling.data),
            stuck=self.stuck.data or 0,
            absent_days=self.absent_days.data or 0,
            below_pass=bool(self.below_pass.data),
        )
