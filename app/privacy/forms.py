"""Forms of people's own data and of the office."""

from typing import Any

from wtforms import PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import Email, InputRequired, Length, Optional

from app.kernel.i18n import lazy_gettext as _l
from app.privacy.rules import REQUEST_NAMES, RequestKind
from app.web.forms import Form, stripped

IN_WORDS = (RequestKind.CORRECT, RequestKind.STOP)


class WordsForm(Form):
    kind = SelectField(_l("What do you ask for?"))
    words = TextAreaField(
        _l("In your words"),
        [InputRequired(_l("Please say in a sentence what it is about.")), Length(max=4000)],
        filters=[stripped],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.value, str(REQUEST_NAMES[kind])) for kind in IN_WORDS]


class EraseForm(Form):
    handle = StringField(_l("Your handle, to be sure"), [InputRequired()], filters=[stripped])
    password = PasswordField(_l("Your password"), [Optional()])


class AnswerForm(Form):
    words = TextAreaField(
        _l("What was done"),
        [InputRequired(_l("Please say what was done.")), Length(max=4000)],
        filters=[stripped],
    )


class RecordForm(Form):
    email = StringField(
        _l("Mail address of the person"),
        [InputRequired(), Email(_l("This is not a mail address.")), Length(max=254)],
        filters=[stripped],
    )
    kind = SelectField(_l("What is asked for?"))
    words = TextAreaField(
        _l("In her words, and how you made sure who she is"),
        [Length(max=4000)],
        filters=[stripped],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.value, str(name)) for kind, name in REQUEST_NAMES.items()]
