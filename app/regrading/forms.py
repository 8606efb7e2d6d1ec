"""What students and graders type about requests and regrades."""

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    DecimalField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.regrading.rules import MOST_CHARACTERS, MOST_DAYS, WHICH_NAMES, Decision, Which
from app.web.forms import Form, stripped

TOO_LONG = Length(max=MOST_CHARACTERS, message=_l("Use at most 2,000 characters."))


def _plain_lines(text: str | None) -> str | None:
    """Browsers send line ends as two characters and count them as one."""
    return text.replace("\r\n", "\n") if text else text


class AskForm(Form):
    reason = TextAreaField(
        _l("What should be looked at again, and why?"),
        description=_l(
            "The graders of your section read it. Say which part you mean and what you think is "
            "right. At most 2,000 characters."
        ),
        filters=[_plain_lines, stripped],
        validators=[
            InputRequired(_l("Say what you think is not right: the graders need to know.")),
            TOO_LONG,
        ],
    )


class AnswerForm(Form):
    decision = RadioField(
        _l("Your reply"),
        choices=[
            SelectChoice(Decision.ACCEPTED.value, _l("Give other points")),
            SelectChoice(Decision.DECLINED.value, _l("The points stay")),
        ],
        validators=[InputRequired(_l("Choose one of the two."))],
    )
    points = DecimalField(
        _l("New points"),
        description=_l("Only when you give other points."),
        validators=[Optional(), NumberRange(min=0)],
    )
    words = TextAreaField(
        _l("What you write to the student"),
        description=_l("She reads this. Needed when the points stay."),
        filters=[_plain_lines, stripped],
        validators=[Optional(), TOO_LONG],
    )


class TermsForm(Form):
    days = IntegerField(
        _l("Days in which students may ask"),
        description=_l("From the moment at which they could know the points."),
        validators=[InputRequired(), NumberRange(0, MOST_DAYS)],
    )
    most_open = IntegerField(
        _l("Requests of one student that may wait at a time"),
        validators=[InputRequired(), NumberRange(1, 100)],
    )
    is_closed = BooleanField(
        _l("Take no requests"), description=_l("Those that wait already are still answered.")
    )


class RegradeForm(Form):
    """What shall be graded again. Choices are the lab's."""

    version = SelectField(_l("Grade by"))
    which = RadioField(
        _l("Which submissions"),
        choices=[SelectChoice(which.value, name) for which, name in WHICH_NAMES.items()],
        default=Which.COUNTING.value,
    )
    failed_cell = SelectField(_l("Only those without all points of"), validators=[Optional()])
    cells = SelectMultipleField(
        _l("Tests that get new points"),
        description=_l("None chosen: all of them."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    never_lower = BooleanField(
        _l("Nobody’s score becomes lower"),
        description=_l("Where it would, what counted goes on counting, and this page says so."),
    )
    reason = StringField(
        _l("Why"),
        description=_l("The students whose points change read it, and so do their histories."),
        filters=[stripped],
        validators=[
            InputRequired(_l("Say why it is graded again: the students read it.")),
            Length(max=400),
        ],
    )

    def __init__(
        self, versions: Sequence[tuple[str, str]], cells: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.version.choices = [*versions]
        self.failed_cell.choices = [("", _("(does not matter)")), *((c, c) for c in cells)]
        self.cells.choices = [(cell, cell) for cell in cells]
