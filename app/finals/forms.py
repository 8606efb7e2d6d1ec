"""What people type about final grades."""

from decimal import Decimal
from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from app.finals.rules.sheets import LAYOUT_NAMES
from app.gradebook.rules.entries import TypedWrong, read
from app.kernel.i18n import lazy_gettext as _l
from app.web.forms import Form, stripped

WORDS = Length(max=1000, message=_l("At most 1,000 characters."))


class ChangeForm(Form):
    """Another grade in the place of a final one."""

    percent = StringField(
        _l("Percent"), filters=[stripped], description=_l("0–100; the scale says which mark it is.")
    )
    reason = TextAreaField(
        _l("Reason"), [WORDS], filters=[stripped], description=_l("The student reads it.")
    )
    attachment = TextAreaField(
        _l("What shows that it is right"),
        [Length(max=8000, message=_l("At most 8,000 characters."))],
        filters=[stripped],
        description=_l("For whoever decides: a calculation, what was overlooked, a link."),
    )

    value: Decimal = Decimal(0)

    def validate_percent(self, field: Any) -> None:
        try:
            typed = read(field.data or "")
        except TypedWrong:
            raise ValidationError(_l("This is no percent.")) from None
        if typed.value is None or typed.value > 1000:
            raise ValidationError(_l("This is no percent."))
        self.value = typed.value


class DecisionForm(Form):
    words = TextAreaField(
        _l("Your words on it"), [WORDS], filters=[stripped],
        description=_l("Needed to refuse; whoever proposed it reads them."),
    )  # fmt: skip


class ExportForm(Form):
    layout = SelectField(
        _l("Columns"), choices=lambda: {k.value: str(v) for k, v in LAYOUT_NAMES.items()}
    )
    kind = SelectField(_l("File"), choices={"csv": "CSV", "xlsx": "XLSX"})
