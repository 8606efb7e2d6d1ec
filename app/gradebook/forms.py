"""What people type about grades."""

from typing import Any

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from app.gradebook.rules.entries import Typed, TypedWrong, read
from app.kernel.i18n import lazy_gettext as _l
from app.web.forms import Form, stripped

REASON = Length(max=500, message=_l("At most 500 characters."))


class CellForm(Form):
    """One cell by hand, on a page of its own."""

    value = StringField(_l("Points"), filters=[stripped])
    reason = StringField(
        _l("Reason"),
        [REASON],
        filters=[stripped],
        description=_l("The student reads it. Needed when a number replaces what was computed."),
    )
    is_excused = BooleanField(_l("Excused: does not count"))
    adjustment = StringField(
        _l("Added to or taken from the points"),
        filters=[stripped],
        description=_l("For example 2 or -1.5; before lateness and curves."),
    )
    note = TextAreaField(
        _l("Note for the staff"), [Length(max=1000, message=_l("At most 1,000 characters."))]
    )
    revision = HiddenField()

    typed: Typed = Typed()

    def validate_value(self, field: Any) -> None:
        try:
            self.typed = read(field.data or "")
        except TypedWrong:
            raise ValidationError(
                _l("This is no number of points. “EX” excuses, nothing takes it away.")
            ) from None

    def validate_adjustment(self, field: Any) -> None:
        text = (field.data or "").strip()
        try:
            found = read(text.removeprefix("-"))
        except TypedWrong:
            raise ValidationError(_l("This is no number of points.")) from None
        value = found.value or 0
        self.change = -value if text.startswith("-") else value

    change: Any = 0


class CourseGradeForm(Form):
    """A whole grade by hand."""

    value = StringField(_l("Percent instead of what was computed"), filters=[stripped])
    reason = StringField(
        _l("Reason"), [REASON], filters=[stripped], description=_l("The student reads it.")
    )
    is_incomplete = BooleanField(_l("Incomplete: she has more time for the course"))
    note = TextAreaField(
        _l("Note for the staff"), [Length(max=1000, message=_l("At most 1,000 characters."))]
    )
    revision = HiddenField()

    typed: Typed = Typed()

    def validate_value(self, field: Any) -> None:
        try:
            self.typed = read(field.data or "")
        except TypedWrong:
            raise ValidationError(_l("This is no percent.")) from None
        if self.typed.is_excused or (self.typed.value or 0) > 1000:
            raise ValidationError(_l("This is no percent."))
