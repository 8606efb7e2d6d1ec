"""Forms of grading."""

from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import FloatField, HiddenField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.grading.rules import MOST_ANSWER_CHARACTERS, MOST_REASON_CHARACTERS, CaseDecision
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


def _plain_lines(text: str | None) -> str | None:
    """Browsers send line ends as two characters and count them as one."""
    return text.replace("\r\n", "\n") if text else text


class AnswerForm(Form):
    answer = TextAreaField(
        _l("Your answer"),
        description=_l("At most 2,000 characters. You can change it until the decision."),
        filters=[_plain_lines],
        validators=[
            InputRequired(_l("Write what you want to say first.")),
            Length(max=MOST_ANSWER_CHARACTERS, message=_l("Use at most 2,000 characters.")),
        ],
    )


class DecisionForm(Form):
    decision = RadioField(
        _l("Decision"),
        choices=[
            SelectChoice(CaseDecision.CLEARED.value, _l("Nothing was wrong: the attempt counts")),
            SelectChoice(
                CaseDecision.CONFIRMED.value,
                _l("The attempt interfered with the tests: no score"),
            ),
        ],
        validators=[InputRequired(_l("Choose one of the two."))],
    )
    reason = TextAreaField(
        _l("What you write to the student"),
        description=_l("She reads this. Needed when the attempt gets no score."),
        filters=[_plain_lines],
        validators=[
            Optional(),
            Length(max=MOST_REASON_CHARACTERS, message=_l("Use at most 2,000 characters.")),
        ],
    )
