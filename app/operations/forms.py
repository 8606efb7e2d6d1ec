"""What operators type."""

from wtforms import FloatField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.learning.forms import InstantField, needed
from app.web.forms import Form, stripped


class StopForm(Form):
    note = StringField(
        _l("Why"),
        [Length(max=500, message=_l("At most 500 characters."))],
        filters=[stripped],
        description=_l("She reads this in her lab, in the site and by mail."),
    )


class DrainForm(Form):
    start = InstantField(
        _l("No new labs from"), description=_l("Empty: at once. Taipei time, as everywhere here.")
    )
    put_away = InstantField(
        _l("Running labs are put away at"), description=_l("Empty: ten minutes after that.")
    )
    until = InstantField(
        _l("Closed until"),
        [InputRequired(_l("Please fill this in."))],
        description=_l("What people are told. Labs open when you open them."),
    )
    message_zh = TextAreaField(
        _l("Why, in Chinese"), [needed(), Length(max=500)], filters=[stripped]
    )
    message_en = TextAreaField(_l("Why, in English"), [Length(max=500)], filters=[stripped])

    @property
    def message(self) -> LocalizedText:
        texts = {"zh-Hant-TW": self.message_zh.data or "", "en": self.message_en.data or ""}
        return LocalizedText(texts)


class QuotaForm(Form):
    name = StringField(
        _l("Section or course"),
        [needed(), Length(max=80)],
        filters=[stripped],
        description=_l("A section’s code, or a course’s name in its address: all its sections."),
    )
    servers_at_once = IntegerField(
        _l("Servers at once"),
        [Optional(), NumberRange(0, 100_000)],
        description=_l("Empty: no limit, here and below."),
    )
    memory_mb = IntegerField(
        _l("Memory of one server (MB)"), [Optional(), NumberRange(256, 1_048_576)]
    )
    idle_minutes = IntegerField(
        _l("Put away when unused for (minutes)"), [Optional(), NumberRange(5, 10_080)]
    )
    weekly_hours = FloatField(
        _l("Hours of one student in seven days"), [Optional(), NumberRange(0.1, 168)]
    )
