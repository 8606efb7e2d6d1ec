"""What is typed about applications."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length

from app.applications.models import MOST_REASON, MOST_WORDS, Application
from app.applications.operations import Words
from app.kernel import clock
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.learning.forms import InstantField
from app.teams.models import Team
from app.web.forms import Form, stripped

MOST_LINKS = 5


def links_in(text: str) -> list[dict[str, str]]:
    """``ADDRESS WORDS`` on each line, as ``{"title", "url"}``. Raises ValueError with the line."""
    found = []
    for line in text.splitlines():
        url, _space, title = line.strip().partition(" ")
        if not url:
            continue
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or len(url) > 500:
            raise ValueError(line.strip())
        found.append({"url": url, "title": title.strip()[:120]})
    return found


class ApplicationForm(Form):
    """What goes along, and the consent. ``team`` only where teams apply."""

    team = SelectField(_l("The team that applies"), validate_choice=False)
    statement = TextAreaField(
        _l("What you want to say to the company"),
        [Length(max=MOST_WORDS)],
        filters=[stripped],
        description=_l("Why this, what you would begin with, what you want to learn."),
    )
    links = TextAreaField(
        _l("Links"),
        [Length(max=3000)],
        filters=[stripped],
        description=_l("One on each line: the address, then what it is. At most five."),
    )
    files = MultipleFileField(
        _l("Files"), description=_l("At most 5 files of 10 MB each: a plan, a sample of your work.")
    )
    is_nameless = BooleanField(_l("Neither these files nor their pictures tell who I am"))
    consents = BooleanField(_l("I agree that this company sees my application, as the notice says"))

    def __init__(self, teams: Sequence[Team], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.team.choices = [
            SelectChoice("", _("Choose a team")),
            *(SelectChoice(str(team.id), team.name) for team in teams),
        ]

    def validate_links(self, field: Field) -> None:
        try:
            found = links_in(field.data or "")
        except ValueError as error:
            raise ValidationError(
                _("This is no address of a page: %(line)s", line=str(error))
            ) from error
        if len(found) > MOST_LINKS:
            raise ValidationError(_("At most five links."))

    @property
    def words(self) -> Words:
        return Words(self.statement.data or "", links_in(self.links.data or ""))

    @staticmethod
    def data_of(application: Application | None) -> dict[str, Any]:
        if application is None:
            return {}
        lines = [f"{link['url']} {link['title']}".strip() for link in application.links]
        return {"statement": application.statement, "links": "\n".join(lines)}


class ReasonForm(Form):
    """A move that says why. ``seen`` is where the application stood on the page."""

    seen = HiddenField()
    reason = TextAreaField(
        _l("Reason"), [Length(max=MOST_REASON)], filters=[stripped],
        description=_l("The other side reads it."),
    )  # fmt: skip


class OfferForm(Form):
    seen = HiddenField()
    until = InstantField(_l("The offer holds until"), [InputRequired(_l("Please fill this in."))])
    words = TextAreaField(
        _l("Words to the applicant"),
        [Length(max=MOST_REASON)],
        filters=[stripped],
        description=_l("When it begins, whom to ask, what comes next."),
    )

    @staticmethod
    def usual_end() -> datetime:
        """In a week, at the end of the day in Taipei."""
        day = (clock.now() + timedelta(days=7)).astimezone(clock.TAIPEI)
        return day.replace(hour=23, minute=59, second=0, microsecond=0)


class TagForm(Form):
    tag = StringField(_l("New tag"), [Length(max=30)], filters=[stripped])


class NoteForm(Form):
    body = TextAreaField(
        _l("New note"),
        [Length(max=2000)],
        filters=[stripped],
        description=_l(
            "Your colleagues read it. It is data about a person: she gets it with a copy of her"
            " data."
        ),
    )
