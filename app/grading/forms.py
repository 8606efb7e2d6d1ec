"""Forms of grading."""

from collections.abc import Sequence

from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import (
    BooleanField,
    FloatField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.grading.models import HandInRule
from app.grading.operations import RuleSettings
from app.grading.rules import (
    MOST_ANSWER_CHARACTERS,
    MOST_LIMIT,
    MOST_REASON_CHARACTERS,
    CaseDecision,
)
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.learning.forms.ai_use import AiRuleForm, plain_lines
from app.learning.models import GroupSet
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


class AnswerForm(Form):
    answer = TextAreaField(
        _l("Your answer"),
        description=_l("At most 2,000 characters. You can change it until the decision."),
        filters=[plain_lines],
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
        filters=[plain_lines],
        validators=[
            Optional(),
            Length(max=MOST_REASON_CHARACTERS, message=_l("Use at most 2,000 characters.")),
        ],
    )


class HandInRuleForm(AiRuleForm):
    group_set = SelectField(_l("Handed in by"), [Optional()])
    may_be_alone = BooleanField(_l("Who is in no group may hand in alone"))
    most_submissions = IntegerField(
        _l("How often at most"),
        [Optional(), NumberRange(1, MOST_LIMIT)],
        description=_l("For each person, or each team. Empty: as often as they like."),
    )

    @classmethod
    def of(cls, rule: HandInRule | None, sets: Sequence[GroupSet]) -> "HandInRuleForm":
        """The form with what holds now."""
        form = cls(
            rule,
            group_set=str(rule.group_set_id or "") if rule else "",
            may_be_alone=rule.may_be_alone if rule else True,
            most_submissions=rule.most_submissions if rule else None,
        )
        form.group_set.choices = [
            ("", _("Everybody for herself")),
            *((str(one.id), _("Teams: %(name)s", name=one.name)) for one in sets),
        ]
        if rule is not None and rule.group_set is not None and rule.group_set not in sets:
            # Its groups have ended: it stays until something else is chosen.
            form.group_set.choices.append(
                (str(rule.group_set_id), _("Teams: %(name)s", name=rule.group_set.name))
            )
        return form

    def settings(self, sets: Sequence[GroupSet]) -> RuleSettings:
        """What is to hold from now on."""
        return RuleSettings(
            next((one for one in sets if str(one.id) == self.group_set.data), None),
            bool(self.may_be_alone.data),
            self.most_submissions.data,
            self.ai_rule(),
        )
