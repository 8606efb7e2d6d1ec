"""What she writes: of herself, of a page, of its parts, and to whom it is shown."""

import re
import uuid
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Email, Length, Optional
from wtforms.widgets import HiddenInput

from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.portfolio.models import PortfolioBlock, PortfolioFile, PortfolioPage, PortfolioProfile
from app.portfolio.operations import BlockWords, PageWords, ProfileWords
from app.portfolio.rules import (
    CHOOSING,
    MOST_BODY,
    MOST_FILES_IN_A_BLOCK,
    MOST_LINKS,
    MOST_TITLE,
    SHOWS,
    BlockKind,
    Chosen,
    Content,
    FileUse,
    Link,
    SeenBy,
    is_address,
)
from app.web.forms import Form, stripped

SEEN_BY_NAMES = {
    SeenBy.EVERYBODY: _l("Everybody who sees the page"),
    SeenBy.COMPANIES: _l("Only companies that I named"),
    SeenBy.NOBODY: _l("Only me"),
}


def _short(most: int) -> Length:
    return Length(max=most, message=_l("At most %(most)s characters.", most=most))


def _text(label: Any, most: int, **options: Any) -> StringField:
    return StringField(label, [_short(most)], filters=[stripped], **options)


def _revision() -> IntegerField:
    return IntegerField(validators=[Optional()], widget=HiddenInput())


def _seen_by(label: Any) -> SelectField:
    return SelectField(
        label, choices=[SelectChoice(key.value, name) for key, name in SEEN_BY_NAMES.items()]
    )


def _both(form: Form, name: str) -> LocalizedText | None:
    """The two fields NAME_zh and NAME_en as one text; None when both are empty."""
    text = LocalizedText(
        {"zh-Hant-TW": form[f"{name}_zh"].data or "", "en": form[f"{name}_en"].data or ""}
    )
    return text or None


def _parts(name: str, text: LocalizedText | None) -> dict[str, str]:
    text = text or LocalizedText({})
    return {f"{name}_zh": text.get("zh-Hant-TW", ""), f"{name}_en": text.get("en", "")}


class _Linked(Form):
    """A form with rows of links: ``link_label`` and ``link_url``, as often as there are."""

    sent_links: tuple[Link, ...] | None = None

    def read_links(self, sent: MultiDict[str, str]) -> tuple[Link, ...]:
        """The rows that are not empty. A row that is no web address is an error of the form."""
        rows = list(zip(sent.getlist("link_label"), sent.getlist("link_url"), strict=False))
        links = []
        for label, url in rows[: MOST_LINKS + 1]:
            label, url = label.strip()[:120], url.strip()
            if not url and not label:
                continue
            if url and "://" not in url and re.fullmatch(r"[\w.-]+\.[a-z]{2,}(/\S*)?", url):
                url = f"https://{url}"
            if not is_address(url):
                self.form_errors.append(
                    _("“%(address)s” is not a web address: it begins with https://.", address=url)
                )
                continue
            links.append(Link(label or url.partition("://")[2].rstrip("/"), url))
        self.sent_links = tuple(links[:MOST_LINKS])
        return self.sent_links


class ProfileForm(_Linked):
    revision = _revision()
    name_zh = _text(_l("Name in Chinese"), 60)
    name_en = _text(_l("Name in English"), 60)
    headline_zh = _text(_l("One line about you in Chinese"), 160)
    headline_en = _text(_l("One line about you in English"), 160)
    place_zh = _text(_l("Where you are, in Chinese"), 80)
    place_en = _text(_l("Where you are, in English"), 80)
    email = StringField(
        _l("Mail address to show"),
        [Optional(), Email(_l("This is not a mail address.")), _short(254)],
        filters=[stripped],
        description=_l("Your account's address is never shown by itself."),
    )
    picture = SelectField(_l("Picture of you"), validate_choice=False)

    def validate_name_en(self, field: Any) -> None:
        if not (field.data or self.name_zh.data):
            raise ValidationError(_l("Please write your name in at least one language."))

    def words(self, sent: MultiDict[str, str], picture: PortfolioFile | None) -> ProfileWords:
        return ProfileWords(
            name=_both(self, "name") or LocalizedText({}),
            headline=_both(self, "headline"),
            place=_both(self, "place"),
            email=self.email.data or None,
            links=self.sent_links or (),
            picture=picture,
        )

    @staticmethod
    def data_of(profile: PortfolioProfile | None, name: str) -> dict[str, Any]:
        if profile is None:
            return {"revision": 0, "name_zh": name}
        return {
            "revision": profile.revision,
            **_parts("name", profile.name),
            **_parts("headline", profile.headline),
            **_parts("place", profile.place),
            "email": profile.email or "",
            "picture": str(profile.picture_id or ""),
        }


class PageForm(Form):
    revision = _revision()
    title_zh = _text(_l("Title in Chinese"), MOST_TITLE)
    title_en = _text(_l("Title in English"), MOST_TITLE)
    lede_zh = TextAreaField(_l("Opening words in Chinese"), [_short(600)], filters=[stripped])
    lede_en = TextAreaField(_l("Opening words in English"), [_short(600)], filters=[stripped])
    contact = _seen_by(_l("Mail address and place"))
    picture = _seen_by(_l("Picture of you"))

    def validate_title_en(self, field: Any) -> None:
        if not (field.data or self.title_zh.data):
            raise ValidationError(_l("Please write a title in at least one language."))

    def words(self) -> PageWords:
        return PageWords(
            title=_both(self, "title") or LocalizedText({}),
            lede=_both(self, "lede"),
            contact=SeenBy(self.contact.data),
            picture=SeenBy(self.picture.data),
        )

    @staticmethod
    def data_of(page: PortfolioPage) -> dict[str, Any]:
        return {
            "revision": page.revision,
            **_parts("title", page.title),
            **_parts("lede", page.lede),
            "contact": page.contact.value,
            "picture": page.picture.value,
        }


class NewPageForm(Form):
    title_zh = _text(_l("Title in Chinese"), MOST_TITLE)
    title_en = _text(_l("Title in English"), MOST_TITLE)

    validate_title_en = PageForm.validate_title_en

    def words(self) -> PageWords:
        return PageWords(title=_both(self, "title") or LocalizedText({}))


class BlockForm(_Linked):
    revision = _revision()
    heading_zh = _text(_l("Heading in Chinese"), MOST_TITLE)
    heading_en = _text(_l("Heading in English"), MOST_TITLE)
    body_zh = TextAreaField(_l("Text in Chinese"), [_short(MOST_BODY)], filters=[stripped])
    body_en = TextAreaField(_l("Text in English"), [_short(MOST_BODY)], filters=[stripped])
    seen_by = _seen_by(_l("Who sees this part"))
    role = _text(_l("Your part in it"), 120)
    begun = _text(_l("From"), 7)
    ended = _text(_l("Until"), 7)

    def validate_begun(self, field: Any) -> None:
        if field.data and not re.fullmatch(r"(19|20)\d\d(-(0[1-9]|1[0-2]))?", field.data):
            raise ValidationError(_l("A year or a month, as 2026 or 2026-02."))

    validate_ended = validate_begun

    def words(self, kind: BlockKind, sent: MultiDict[str, str]) -> BlockWords:
        return BlockWords(
            heading=_both(self, "heading"),
            body=_both(self, "body"),
            content=Content(
                chosen=_chosen(kind, sent) if kind in CHOOSING else (),
                links=self.sent_links or (),
                files=_files(sent),
                role=self.role.data or "",
                begun=self.begun.data or "",
                ended=self.ended.data or "",
            ),
            seen_by=SeenBy(self.seen_by.data),
        )

    @staticmethod
    def data_of(block: PortfolioBlock) -> dict[str, Any]:
        holds = block.holds
        return {
            "revision": block.revision,
            **_parts("heading", block.heading),
            **_parts("body", block.body),
            "seen_by": block.seen_by.value,
            "role": holds.role,
            "begun": holds.begun,
            "ended": holds.ended,
        }


def _chosen(kind: BlockKind, sent: MultiDict[str, str]) -> tuple[Chosen, ...]:
    """The things that are ticked, in the order of the form, each with what is ticked under it."""
    shown = set(sent.getlist("shows"))
    refs = dict.fromkeys(ref[:200] for ref in sent.getlist("chosen")[:200])
    return tuple(
        Chosen(ref, tuple(what for what in SHOWS.get(kind, ()) if f"{ref}|{what}" in shown))
        for ref in refs
    )


def _files(sent: MultiDict[str, str]) -> tuple[FileUse, ...]:
    uses = []
    for text in dict.fromkeys(sent.getlist("file")[:MOST_FILES_IN_A_BLOCK]):
        try:
            file_id = str(uuid.UUID(text))
        except ValueError:
            continue
        uses.append(FileUse(file_id, sent.get(f"words-{file_id}", "").strip()[:300]))
    return tuple(uses)


class ShareForm(Form):
    """A way to show a page; ``until`` is the last day."""

    audience = RadioField(
        _l("To whom"),
        choices=[
            SelectChoice("link", _l("Anyone who has the link")),
            SelectChoice("company", _l("A company that I name")),
            SelectChoice("public", _l("Everybody")),
        ],
        default="link",
    )
    label = StringField(
        _l("For whom is the link? (only you see this)"), [_short(80)], filters=[stripped]
    )
    organisation = SelectField(_l("Company"), validate_choice=False)
    consent = BooleanField(_l("I consent to this"))
    is_indexed = BooleanField(_l("Search engines may list this page"))
    until = DateField(
        _l("Last day"), [Optional()], description=_l("Empty: until you take it back.")
    )
