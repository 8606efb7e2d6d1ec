"""What people type about their teams."""

from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Email, Length, NumberRange, Optional

from app.kernel.i18n import lazy_gettext as _l
from app.teams.models import Team
from app.teams.operations import TeamWords
from app.teams.rules import LARGEST, MOST_NAME, MOST_WORDS
from app.web.forms import Form, stripped

NEEDED = DataRequired(_l("Please fill this in."))


def _short(most: int) -> Length:
    return Length(max=most, message=_l("At most %(most)s characters.", most=most))


def _size(label: Any, default: int) -> IntegerField:
    return IntegerField(
        label,
        [NumberRange(1, LARGEST, _l("Between 1 and %(most)s.", most=LARGEST))],
        default=default,
    )


def _words(label: Any, description: Any = "") -> TextAreaField:
    return TextAreaField(label, [_short(MOST_WORDS)], filters=[stripped], description=description)


class TeamForm(Form):
    """``subject`` names what it forms for; sizes are then those of the subject."""

    name = StringField(_l("Name of the team"), [NEEDED, _short(MOST_NAME)], filters=[stripped])
    about = _words(_l("What you want to do together"))
    least = _size(_l("Fewest members"), 2)
    most = _size(_l("Most members"), 5)
    subject = HiddenField()
    consent = BooleanField(_l("I have read this and consent to it"))

    def validate_most(self, field: Any) -> None:
        if field.data and self.least.data and field.data < self.least.data:
            raise ValidationError(_l("The most is not less than the fewest."))

    def words(self) -> TeamWords:
        return TeamWords(
            self.name.data or "",
            self.about.data or "",
            self.least.data or 1,
            self.most.data or LARGEST,
            self.subject.data or "",
        )

    @staticmethod
    def data_of(team: Team) -> dict[str, Any]:
        return {
            "name": team.name,
            "about": team.about,
            "least": team.least,
            "most": team.most,
            "subject": team.subject_key,
        }


class InviteForm(Form):
    """One of the two: a handle or an address."""

    handle = StringField(
        _l("Handle"), [_short(31)], filters=[stripped], description=_l("As mei, without the @.")
    )
    email = StringField(
        _l("Mail address"),
        [Optional(), Email(_l("This is not a mail address.")), _short(254)],
        filters=[stripped],
    )
    words = _words(_l("A few words to her or him"))

    def validate_handle(self, field: Any) -> None:
        if not field.data and not self.email.data:
            raise ValidationError(_l("Write a handle or a mail address."))


class CallForm(Form):
    call = _words(
        _l("Whom you look for"),
        _l("Students who are signed in read this. The names of the members are not shown."),
    )


class AskForm(Form):
    words = _words(_l("A few words to the team"))


class SeekForm(Form):
    words = _words(_l("What you would like to work on, and what you bring"))
    subject = HiddenField()
    consent = BooleanField(_l("I have read this and consent to it"))


class JoinForm(Form):
    consent = BooleanField(_l("I have read this and consent to it"))
