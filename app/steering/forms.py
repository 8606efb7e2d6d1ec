"""What officers write at the desk."""

from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.kernel.i18n import lazy_gettext as _l
from app.steering.rules import BODY_LETTERS, SUBJECT_LETTERS, Words
from app.web.forms import Form, stripped


def _at_most(most: int) -> Length:
    return Length(max=most, message=_l("At most %(most)s characters.", most=most))


class OwnerForm(Form):
    """Choices are today's officers, by id; empty: nobody."""

    owner = SelectField(_l("Who looks after it"))


class DueForm(Form):
    due_on = DateField(
        _l("Due on"), [Optional()], description=_l("Empty: as the rule of the queue says.")
    )


class MessageForm(Form):
    key = HiddenField()
    expected = HiddenField()
    audience = SelectField(_l("To whom"))
    subject_zh = StringField(
        _l("Subject in Chinese"), [_at_most(SUBJECT_LETTERS)], filters=[stripped]
    )
    body_zh = TextAreaField(_l("Text in Chinese"), [_at_most(BODY_LETTERS)], filters=[stripped])
    subject_en = StringField(
        _l("Subject in English"), [_at_most(SUBJECT_LETTERS)], filters=[stripped]
    )
    body_en = TextAreaField(
        _l("Text in English"),
        [_at_most(BODY_LETTERS)],
        filters=[stripped],
        description=_l("Whoever reads the other language gets what there is."),
    )

    @property
    def words(self) -> Words:
        return Words(
            self.subject_zh.data or "",
            self.subject_en.data or "",
            self.body_zh.data or "",
            self.body_en.data or "",
        )
