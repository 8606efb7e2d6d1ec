"""What people type in discussions."""

import uuid
from collections.abc import Mapping
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.conversations.operations import Words
from app.conversations.places import Subject
from app.conversations.rules import (
    KIND_NAMES,
    MOST_LETTERS,
    REASON_LETTERS,
    TITLE_LETTERS,
    ThreadKind,
)
from app.kernel.i18n import lazy_gettext as _l
from app.web.forms import Form, stripped

MARKDOWN_HELP = _l(
    "Markdown: **bold**, `code`, lists with -, links as [text](address), formulas between $ signs."
)


def needed() -> DataRequired:
    return DataRequired(_l("Please fill this in."))


class PostForm(Form):
    """The text of a post. The hidden key makes one post of a form that is sent twice."""

    body = TextAreaField(
        _l("Text"),
        [needed(), Length(max=MOST_LETTERS, message=_l("A post may have 20,000 characters."))],
        filters=[stripped],
        description=MARKDOWN_HELP,
    )
    key = HiddenField(default=lambda: str(uuid.uuid4()))

    @property
    def words(self) -> Words:
        try:
            key = uuid.UUID(self.key.data or "")
        except ValueError:
            key = uuid.uuid4()
        return Words(self.body.data or "", key)


class ReplyForm(PostForm):
    body = TextAreaField(
        _l("Your reply"),
        [needed(), Length(max=MOST_LETTERS, message=_l("A post may have 20,000 characters."))],
        filters=[stripped],
        description=MARKDOWN_HELP,
    )


class TitledForm(PostForm):
    title = StringField(
        _l("Title"),
        [needed(), Length(max=TITLE_LETTERS, message=_l("A title may have 200 characters."))],
        filters=[stripped],
    )


class ThreadForm(TitledForm):
    subject = SelectField(_l("About"))
    kind = RadioField(
        _l("Kind"),
        choices=lambda: {str(kind): str(name) for kind, name in KIND_NAMES.items()},
        default=ThreadKind.QUESTION.value,
    )

    def __init__(self, subjects: Mapping[str, Subject], **given: Any) -> None:
        super().__init__(**given)
        self.subject.choices = [(one.key, one.title) for one in subjects.values()]


class ReasonForm(Form):
    reason = TextAreaField(
        _l("Reason"),
        [needed(), Length(max=REASON_LETTERS, message=_l("A reason may have 500 characters."))],
        filters=[stripped],
    )
