"""What people type about credentials."""

from decimal import Decimal
from typing import Any

from wtforms import (
    BooleanField,
    DecimalField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.credentials.rules import KIND_NAMES, REASON_NAMES, AchievementKind, Condition, Reason
from app.kernel.i18n import lazy_gettext as _l
from app.web.forms import Form, stripped

BY_RULE = (AchievementKind.SKILL, AchievementKind.COURSE, AchievementKind.CLUSTER)
VOUCHING_NAMES = {
    "autograded": _l("autograded"),
    "confirmed": _l("confirmed by an instructor"),
    "supervised": _l("repeated under supervision"),
}
WORDS = Length(max=500, message=_l("At most 500 characters."))


class RevocationForm(Form):
    reason = SelectField(
        _l("Reason"),
        choices=lambda: {
            r.value: str(REASON_NAMES[r])
            for r in (Reason.MISTAKE, Reason.MISCONDUCT, Reason.WITHDRAWN)
        },
    )
    note = TextAreaField(
        _l("Your words on it"), [InputRequired(), WORDS], filters=[stripped],
        description=_l("Its holder reads it."),
    )  # fmt: skip


class KeyForm(Form):
    reason = StringField(_l("Reason"), [WORDS], filters=[stripped])


class RuleForm(Form):
    """When something is awarded."""

    kind = SelectField(
        _l("Kind of achievement"), choices=lambda: {k.value: str(KIND_NAMES[k]) for k in BY_RULE}
    )
    subject = StringField(
        _l("Of which one"), [Length(max=200)], filters=[stripped],
        description=_l("The short name in its address; empty means all that have no rule."),
    )  # fmt: skip
    is_on = BooleanField(_l("It is awarded"), default=True)
    least_percent = DecimalField(
        _l("Course: least final grade in percent"), [Optional(), NumberRange(0, 100)],
        description=_l("Empty: the grade has to be a passing one."),
    )  # fmt: skip
    needs_every_item = BooleanField(_l("Course: every item is done"), default=True)
    least_level = IntegerField(_l("Skill: least level"), [Optional(), NumberRange(1, 9)], default=1)
    vouching = SelectField(
        _l("Skill: vouched for at least as"),
        choices=lambda: {key: str(name) for key, name in VOUCHING_NAMES.items()},
    )

    @property
    def condition(self) -> Condition:
        percent: Any = self.least_percent.data
        return Condition(
            AchievementKind(self.kind.data),
            Decimal(percent) if percent is not None else None,
            bool(self.needs_every_item.data),
            self.least_level.data or 1,
            self.vouching.data,
        )


class RunForm(Form):
    kind = SelectField(
        _l("Kind of achievement"),
        choices=lambda: {
            k.value: str(KIND_NAMES[k]) for k in (AchievementKind.CLUSTER, AchievementKind.COURSE)
        },
    )
    subject = StringField(
        _l("Of which one"), [InputRequired(), Length(max=200)], filters=[stripped],
        description=_l("The short name in its address."),
    )  # fmt: skip
