"""What people type about organisations."""

from collections.abc import Mapping
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import Length, Optional, ValidationError

from app.accounts.forms.people import email_field, needed
from app.accounts.models import CompanyContact, Organisation
from app.accounts.operations.companies import Application
from app.accounts.rules import (
    APPLICANT_KINDS,
    KIND_NAMES,
    STEP_NAMES,
    OrganisationKind,
    Step,
    is_tax_id,
)
from app.kernel.counties import COUNTIES
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.industries import INDUSTRIES
from app.kernel.localized import LocalizedText
from app.web.forms import Form, stripped


def tax_number(form: Any, field: Any) -> None:
    """Validator: eight digits whose checksum is right (see ``rules.is_tax_id``)."""
    if field.data and not is_tax_id(field.data):
        raise ValidationError(
            _("This number cannot exist: look at it digit by digit on your registration.")
        )


def digits(value: Any) -> Any:
    """Filter: a number as people write it, with spaces or hyphens, in full-width digits too."""
    if not isinstance(value, str):
        return value
    return "".join(c for c in value if c not in " -－　\t").translate(
        str.maketrans("０１２３４５６７８９", "0123456789")
    )


def web_address(value: Any) -> Any:
    """Filter: people leave https:// away."""
    if not isinstance(value, str) or not value.strip():
        return None
    value = value.strip()
    return value if "://" in value else f"https://{value}"


def county_field() -> SelectField:
    return SelectField(_l("County or city"))


def fill_lists(form: Any) -> None:
    """The choices that depend on the reader's language."""
    form.county.choices = [("", _("Choose …")), *((k, str(v)) for k, v in COUNTIES.items())]
    form.industry.choices = [("", _("Choose …")), *((k, str(v)) for k, v in INDUSTRIES.items())]


class CompanyForm(Form):
    """Signing up, and correcting what was signed up with."""

    kind = RadioField(_l("Kind of organisation"), default=OrganisationKind.COMPANY.value)
    chinese = StringField(
        _l("Name in Chinese"),
        [needed(), Length(max=120)],
        filters=[stripped],
        description=_l("As registered, with 股份有限公司 and the like."),
        render_kw={"autocomplete": "organization", "lang": "zh-Hant-TW"},
    )
    english = StringField(
        _l("Name in English"),
        [Optional(), Length(max=120)],
        filters=[stripped],
        description=_l("If it has one. It makes the address of your page."),
        render_kw={"lang": "en"},
    )
    tax_id = StringField(
        _l("Unified business number"),
        [Optional(), tax_number],
        filters=[digits],
        description=_l("Eight digits. Companies need it; associations and agencies if they have."),
        render_kw={"inputmode": "numeric", "maxlength": 12},
    )
    county = county_field()
    industry = SelectField(_l("Industry"))
    website = URLField(
        _l("Website"),
        [Optional(), Length(max=300)],
        filters=[web_address],
        render_kw={"autocomplete": "url", "placeholder": "https://"},
    )
    email = email_field(
        _l("Your mail address there"),
        description=_l(
            "An address of your organisation's own domain proves by itself that you belong to it. "
            "With an address that anybody can have, add documents on the next page."
        ),
        render_kw={"autocomplete": "email"},
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [(kind.value, str(KIND_NAMES[kind])) for kind in APPLICANT_KINDS]
        fill_lists(self)

    @classmethod
    def of(cls, organisation: Organisation, contact: CompanyContact | None) -> "CompanyForm":
        """Filled with what was said before."""
        return cls(
            kind=str(organisation.kind),
            chinese=organisation.name.get("zh-Hant-TW", ""),
            english=organisation.name.get("en", ""),
            tax_id=organisation.tax_id,
            county=organisation.county or "",
            industry=organisation.industry or "",
            website=organisation.website,
            email=contact.email if contact else "",
        )

    def validate_tax_id(self, field: Any) -> None:
        if not field.data and self.kind.data == OrganisationKind.COMPANY.value:
            raise ValidationError(_("A company has a unified business number of eight digits."))

    def application(self) -> Application:
        return Application(
            kind=OrganisationKind(self.kind.data),
            chinese=self.chinese.data or "",
            english=self.english.data or "",
            tax_id=self.tax_id.data or None,
            county=self.county.data or None,
            industry=self.industry.data or None,
            website=self.website.data or None,
            contact_email=self.email.data,
        )


class CompanyPageForm(Form):
    """The public page."""

    english = StringField(
        _l("Name in English"), [Optional(), Length(max=120)], filters=[stripped],
        render_kw={"lang": "en"},
    )  # fmt: skip
    about_zh = TextAreaField(
        _l("About us, in Chinese"),
        [Optional(), Length(max=4000)],
        filters=[stripped],
        description=_l("What you make or serve, for whom, with how many people."),
        render_kw={"rows": 6, "lang": "zh-Hant-TW"},
    )
    about_en = TextAreaField(
        _l("About us, in English"),
        [Optional(), Length(max=4000)],
        filters=[stripped],
        render_kw={"rows": 6, "lang": "en"},
    )
    website = URLField(
        _l("Website"),
        [Optional(), Length(max=300)],
        filters=[web_address],
        render_kw={"autocomplete": "url", "placeholder": "https://"},
    )
    county = county_field()
    industry = SelectField(_l("Industry"))
    logo = FileField(
        _l("Logo"),
        description=_l("PNG, JPEG or WebP. It is made smaller."),
        render_kw={"accept": "image/png,image/jpeg,image/webp"},
    )
    no_logo = BooleanField(_l("Show no logo"))

    def __init__(self, organisation: Organisation, **kwargs: Any) -> None:
        about: Mapping[str, str] = organisation.about or {}
        super().__init__(
            english=organisation.name.get("en", ""),
            about_zh=about.get("zh-Hant-TW", ""),
            about_en=about.get("en", ""),
            website=organisation.website,
            county=organisation.county or "",
            industry=organisation.industry or "",
            **kwargs,
        )
        fill_lists(self)

    @property
    def about(self) -> LocalizedText:
        return LocalizedText(
            {"zh-Hant-TW": self.about_zh.data or "", "en": self.about_en.data or ""}
        )


class ContactForm(Form):
    email = email_field(
        _l("Mail address"),
        description=_l("Of your organisation's own domain. We send a link to it."),
    )


class DocumentForm(Form):
    file = FileField(
        _l("File"),
        [FileRequired(_l("Please choose a file."))],
        description=_l(
            "PDF, PNG or JPEG, at most 10 MB: the company's registration, a business licence, an "
            "invoice with its name. Only the programme's officers and your organisation see it."
        ),
        render_kw={"accept": ".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg"},
    )


class DecisionForm(Form):
    step = RadioField(_l("Decision"), [needed(_l("Choose a decision."))])
    reason = TextAreaField(
        _l("Reason"),
        [Length(max=2000)],
        filters=[stripped],
        description=_l(
            "The organisation reads it: what is missing, why not, what has to change. An approval "
            "needs one only where no mail domain proves who applied."
        ),
        render_kw={"rows": 4},
    )

    def __init__(self, steps: list[Step], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.step.choices = [(step.value, str(STEP_VERBS[step])) for step in steps]


STEP_VERBS = {
    **STEP_NAMES,
    Step.APPROVED: _l("Approve"),
    Step.RETURNED: _l("Return: something is missing"),
    Step.REFUSED: _l("Do not approve"),
    Step.SUSPENDED: _l("Suspend"),
    Step.REINSTATED: _l("Reinstate"),
}


class JoinForm(Form):
    role = SelectField(_l("As"))
    words = TextAreaField(
        _l("What the owner should know"),
        [Length(max=500)],
        filters=[stripped],
        description=_l("Who you are there. Owners see your name and mail address."),
        render_kw={"rows": 3},
    )

    def __init__(self, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = roles
