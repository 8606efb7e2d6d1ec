"""What staff of a section fill in."""

from decimal import Decimal

from wtforms import DecimalField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from app.kernel.i18n import lazy_gettext as _l
from app.learning.forms import InstantField
from app.web.forms import Form, stripped

NEEDED = _l("Please fill this in.")


class RepeatForm(Form):
    """A supervised repeat: which lab, where, from when to when (Taipei)."""

    lab = SelectField(_l("Lab"), [InputRequired(NEEDED)])
    place = StringField(
        _l("Place"),
        [InputRequired(NEEDED), Length(max=200, message=_l("Use at most 200 characters."))],
        filters=[stripped],
    )
    starts_at = InstantField(_l("Begins"), [InputRequired(NEEDED)])
    ends_at = InstantField(_l("Ends"), [InputRequired(NEEDED)])


class MappingForm(Form):
    """An item of the course proves a skill."""

    item = SelectField(_l("Lab or quiz"), [InputRequired(NEEDED)])
    skill = StringField(
        _l("Skill"),
        [InputRequired(NEEDED), Length(max=200, message=_l("Use at most 200 characters."))],
        filters=[stripped],
        description=_l("Its key, as on the page of skills."),
    )
    level = IntegerField(
        _l("Skill level"),
        [InputRequired(NEEDED), NumberRange(1, 9, _l("Choose a level of the skill."))],
        default=1,
    )
    weight = DecimalField(
        _l("Weight"),
        [
            InputRequired(NEEDED),
            NumberRange(Decimal("0.05"), 1, _l("Choose a number from 0.05 to 1.")),
        ],
        default=1,
        description=_l("1: it is enough by itself. 0.5: two of the kind are needed."),
    )
