"""What is said of a data set when it is kept."""

from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Regexp

from app.datasets.rules import MOST_NAME, NAME, Access
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.web.forms import Form, stripped


def _needed() -> DataRequired:
    return DataRequired(_l("Please fill this in."))


class DataSetForm(Form):
    files = MultipleFileField(
        _l("Files"),
        description=_l(
            "Up to 20 GB each. What breaks off goes on where it stopped when you choose the same"
            " file again. Without scripts: at most 25 MB together."
        ),
    )
    name = StringField(
        _l("Name"),
        [
            _needed(),
            Length(max=MOST_NAME, message=_l("At most %(most)s characters.", most=MOST_NAME)),
            Regexp(
                f"^{NAME.pattern}$",
                message=_l(
                    "A data set is called by small letters, digits and single hyphens, at most 60"
                    " of them."
                ),
            ),
        ],
        filters=[stripped],
        description=_l(
            "Part of its address in labs: small letters, digits, hyphens. The name of a set of"
            " yours makes its next version."
        ),
    )
    title_zh = StringField(_l("Title in Chinese"), [_needed(), Length(max=200)], filters=[stripped])
    title_en = StringField(_l("Title in English"), [_needed(), Length(max=200)], filters=[stripped])
    description_zh = TextAreaField(
        _l("Description in Chinese"), [Length(max=5000)], filters=[stripped]
    )
    description_en = TextAreaField(
        _l("Description in English"), [Length(max=5000)], filters=[stripped]
    )
    licence = StringField(
        _l("Licence"),
        [_needed(), Length(max=200)],
        filters=[stripped],
        description=_l("For example CC BY 4.0, or “for this course only, by contract”."),
    )
    source = TextAreaField(
        _l("Where the data come from"),
        [_needed(), Length(max=1000)],
        filters=[stripped],
        description=_l("Who collected them, when, how, and what was changed since."),
    )
    access = RadioField(
        _l("Who reads it"),
        choices=[
            SelectChoice(
                Access.OPEN.value,
                _l("Open: everybody in her labs, and everybody here by download"),
            ),
            SelectChoice(
                Access.HIDDEN.value,
                _l("Hidden: no notebook ever, such as the answers of a challenge"),
            ),
        ],
        default=Access.OPEN.value,
    )

    @property
    def title(self) -> LocalizedText:
        return _both(self.title_zh, self.title_en)

    @property
    def words(self) -> LocalizedText | None:
        found = _both(self.description_zh, self.description_en)
        return found if len(found) else None


def _both(chinese: Any, english: Any) -> LocalizedText:
    return LocalizedText({"zh-Hant-TW": chinese.data or "", "en": english.data or ""})
