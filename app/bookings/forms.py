"""What people say when they offer time, and when they give it back."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    DateField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.bookings.rules import AHEAD, MOST_WORDS, Span, spans_of_days
from app.kernel.i18n import lazy_gettext as _l
from app.web.forms import Form, stripped

ZONES = (
    "Asia/Taipei", "Asia/Tokyo", "Asia/Singapore", "Asia/Kolkata", "Europe/London",
    "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Australia/Sydney", "UTC",
)  # fmt: skip
WEEKDAYS = (
    _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"),
    _l("Sunday"),
)  # fmt: skip
NEEDED = DataRequired(_l("Please fill this in."))


def _short(most: int) -> Length:
    return Length(max=most, message=_l("At most %(most)s characters.", most=most))


class OfferForm(Form):
    """Hours on some days, cut into slots."""

    first_day = DateField(_l("First day"), [NEEDED])
    last_day = DateField(
        _l("Last day"), [Optional()], description=_l("Empty: on the first day alone.")
    )
    weekdays = SelectMultipleField(
        _l("On these weekdays"),
        choices=[SelectChoice(str(n), name) for n, name in enumerate(WEEKDAYS)],
        default=["0", "1", "2", "3", "4"],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    begin = TimeField(_l("From"), [NEEDED])
    end = TimeField(_l("Until"), [NEEDED])
    minutes = IntegerField(
        _l("Minutes of each slot"),
        [NumberRange(10, 480, _l("Between 10 and 480 minutes."))],
        default=30,
    )
    pause = IntegerField(
        _l("Minutes between two slots"),
        [NumberRange(0, 480, _l("Between 0 and 480 minutes."))],
        default=0,
    )
    zone = SelectField(
        _l("Time zone"), choices=[SelectChoice(zone, zone) for zone in ZONES], default=ZONES[0]
    )
    place = StringField(_l("Place of the meeting"), [_short(300)], filters=[stripped])
    link = StringField(
        _l("Video link"),
        [_short(500)],
        filters=[stripped],
        description=_l("Only who booked the time sees it."),
    )
    note = TextAreaField(
        _l("What they should know before"), [_short(MOST_WORDS)], filters=[stripped]
    )

    def validate_link(self, field: Any) -> None:
        if field.data and not field.data.startswith("https://"):
            raise ValidationError(_l("A link begins with https://."))

    def validate_last_day(self, field: Any) -> None:
        if field.data and self.first_day.data and field.data < self.first_day.data:
            raise ValidationError(_l("The last day is not before the first."))
        if field.data and self.first_day.data and field.data - self.first_day.data > AHEAD:
            raise ValidationError(_l("Time is offered for the next 180 days."))

    def days(self) -> list[date]:
        """The first day whatever weekday it is when it stands alone, else those of the weekdays."""
        first, last = self.first_day.data, self.last_day.data
        if last is None or last == first:
            return [first]
        wanted = {int(number) for number in self.weekdays.data or ()}
        span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return [day for day in span if day.weekday() in wanted]

    def spans(self) -> list[Span]:
        """Raises BadTimes."""
        return spans_of_days(
            self.days(),
            self.begin.data,
            self.end.data,
            minutes=self.minutes.data,
            pause=self.pause.data or 0,
            zone=ZoneInfo(self.zone.data),
        )


class CancelForm(Form):
    reason = TextAreaField(
        _l("What should the others know?"), [_short(MOST_WORDS)], filters=[stripped]
    )
