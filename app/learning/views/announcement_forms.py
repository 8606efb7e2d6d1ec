"""What people type when they announce something."""

import uuid
from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.models import Organisation
from app.accounts.rules import ROLE_NAMES
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.learning.forms import InstantField
from app.learning.models import Announcement, Offering
from app.learning.operations.announcements import MOST_LETTERS, Told
from app.learning.rules import OfferingKind
from app.web.forms import Form, stripped

TITLE = [Length(max=200, message=_l("A title may have 200 characters."))]
BODY = [Length(max=MOST_LETTERS, message=_l("A text may have 20,000 characters."))]


def cleaned(value: Any) -> Any:
    value = stripped(value)
    return value.replace("\0", "").replace("\r\n", "\n") if isinstance(value, str) else value


class AnnouncementForm(Form):
    title_zh = StringField(_l("Chinese title"), TITLE, filters=[cleaned])
    title_en = StringField(_l("English title"), TITLE, filters=[cleaned])
    body_zh = TextAreaField(_l("Text in Chinese"), BODY, filters=[cleaned])
    body_en = TextAreaField(
        _l("Text in English"),
        BODY,
        filters=[cleaned],
        description=_l("Markdown. One language is enough; who reads the other sees this one."),
    )
    publish_at = InstantField(
        _l("Publish at"), description=_l("Empty: at once. Times are those of Taipei.")
    )
    pinned_until = InstantField(
        _l("Keep at the top until"), description=_l("Empty: it moves down as newer ones come.")
    )
    with_followers = BooleanField(_l("Also for the schools that follow this lead course"))
    school_ids = SelectMultipleField(
        _l("Schools"),
        description=_l("None chosen: people of every school."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    roles = SelectMultipleField(
        _l("Roles"),
        description=_l("None chosen: people of every role."),
        choices=lambda: [(role.value, str(name)) for role, name in ROLE_NAMES.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    key = HiddenField(default=lambda: str(uuid.uuid4()))

    def __init__(
        self,
        *,
        offering: Offering | None = None,
        schools: Sequence[Organisation] | None = None,
        **given: Any,
    ) -> None:
        """OFFERING: whose sections hear it. SCHOOLS: to choose from, for the whole site."""
        super().__init__(**given)
        if offering is None or offering.kind is not OfferingKind.LEAD:
            del self.with_followers
        if schools is None:
            del self.school_ids
            del self.roles
        else:
            self.school_ids.choices = [(str(one.id), str(one.name)) for one in schools]

    @classmethod
    def of(cls, announcement: Announcement) -> "AnnouncementForm":
        """For changing what ANNOUNCEMENT says; whom it is for stays."""
        made = cls(
            title_zh=announcement.title.get("zh-Hant-TW"),
            title_en=announcement.title.get("en"),
            body_zh=announcement.body.get("zh-Hant-TW"),
            body_en=announcement.body.get("en"),
            publish_at=announcement.publish_at,
            pinned_until=announcement.pinned_until,
        )
        return made

    @property
    def told(self) -> Told:
        def chosen(name: str) -> Any:
            field = self._fields.get(name)
            return field.data if field is not None else None

        return Told(
            title=_both(self.title_zh.data, self.title_en.data),
            body=_both(self.body_zh.data, self.body_en.data),
            publish_at=self.publish_at.instant if self.publish_at else None,
            pinned_until=self.pinned_until.instant,
            with_followers=bool(chosen("with_followers")),
            school_ids=tuple(chosen("school_ids") or ()),
            roles=tuple(chosen("roles") or ()),
        )

    @property
    def once(self) -> uuid.UUID:
        try:
            return uuid.UUID(self.key.data or "")
        except ValueError:
            return uuid.uuid4()


def _both(chinese: str | None, english: str | None) -> LocalizedText:
    return LocalizedText({"zh-Hant-TW": chinese or "", "en": english or ""})
