"""Forms of grading."""

from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import FloatField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.kernel.i18n import lazy_gettext as _l
from app.web.forms import Form


class UploadForm(Form):
    files = MultipleFileField(
        _l("Notebook (.ipynb) and other files"),
        validators=[FileRequired(_l("Choose at least one file."))],
    )

    def contents(self) -> dict[str, bytes]:
        """The uploaded files by name. Browsers send no folders, and none are taken."""
        return {
            (upload.filename or "").replace("\\", "/").rsplit("/", 1)[-1]: upload.read()
            for upload in self.files.data
            if upload and upload.filename
        }


class ScoreForm(Form):
    notebook = HiddenField(validators=[InputRequired()])
    grade_id = HiddenField(validators=[InputRequired()])
    score = FloatField(_l("Points"), validators=[InputRequired()])
    comment = TextAreaField(
        _l("Comment for the student"), validators=[Optional(), Length(max=5000)]
    )
