"""What people type about themselves and others."""

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, ValidationError

from app.accounts.rules import normalise_name, weakness_of
from app.accounts.rules.passwords import LONGEST, SHORTEST
from app.kernel.i18n import LOCALE_NAMES
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.web.forms import Form, stripped


def needed(message: Any = None) -> DataRequired:
    return DataRequired(message or _l("Please fill this in."))


def mail_address(form: Any, field: Any) -> None:
    """Validator: a mail address that can exist; it is not looked up."""
    text = field.data or ""
    if any(ord(letter) < 32 for letter in text):
        raise ValidationError(_("This is not a mail address. It should look like name@school.edu."))
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        raise ValidationError(
            _("This is not a mail address. It should look like name@school.edu.")
        ) from None


def person_name(form: Any, field: Any) -> None:
    """Validator: something remains of the name after normalisation."""
    if not normalise_name(field.data or ""):
        raise ValidationError(_("Please give the name that others should see."))
    if "://" in field.data:
        raise ValidationError(_("A name cannot contain an address."))


class NewPassword:
    """Validator: not easy to guess, given the form's (or the person's) name and address."""

    def __call__(self, form: Any, field: Any) -> None:
        person = getattr(form, "person", None)
        name = form.name.data if "name" in form else getattr(person, "name", "")
        email = form.email.data if "email" in form else getattr(person, "email", "")
        weakness = weakness_of(field.data or "", name=name or "", email=email or "")
        if weakness:
            raise ValidationError(str(weakness))


def new_password_field(label: Any) -> PasswordField:
    return PasswordField(
        label,
        [needed(), Length(max=LONGEST), NewPassword()],
        description=_l(
            "At least %(count)s characters. Three or four unrelated words are easy to remember "
            "and hard to guess.",
            count=SHORTEST,
        ),
        render_kw={"autocomplete": "new-password", "minlength": SHORTEST},
    )


def email_field(label: Any = None, **kwargs: Any) -> EmailField:
    return EmailField(
        label or _l("Mail address"),
        [needed(), Length(max=254), mail_address],
        filters=[stripped],
        **kwargs,
    )


class SignInForm(Form):
    email = EmailField(
        _l("Mail address"),
        [needed(), Length(max=254)],
        filters=[stripped],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    password = PasswordField(
        _l("Password"), [needed()], render_kw={"autocomplete": "current-password"}
    )
    remember = BooleanField(
        _l("Keep me signed in on this device for 30 days"),
        description=_l("Leave this off on a shared computer."),
    )
    next = HiddenField()


class RegistrationForm(Form):
    name = StringField(
        _l("Your name"),
        [needed(), Length(max=120), person_name],
        filters=[stripped],
        description=_l("As your instructors know you."),
        render_kw={"autocomplete": "name"},
    )
    email = email_field(
        description=_l("Your school's or company's address shows at once where you belong."),
        render_kw={"autocomplete": "username"},
    )
    password = new_password_field(_l("Password"))
    next = HiddenField()


class ConfirmationForm(Form):
    """The password, to verify an address from another browser than the one that registered."""

    password = PasswordField(
        _l("Password"),
        [needed()],
        description=_l("The one that you chose when you registered."),
        render_kw={"autocomplete": "current-password"},
    )


class ForgottenForm(Form):
    email = email_field(render_kw={"autocomplete": "username"})


class ResetForm(Form):
    password = new_password_field(_l("New password"))

    def __init__(self, person: Any, **kwargs: Any) -> None:
        self.person = person
        super().__init__(**kwargs)


class ChangePasswordForm(ResetForm):
    present = PasswordField(
        _l("Present password"), [needed()], render_kw={"autocomplete": "current-password"}
    )


class ProfileForm(Form):
    name = StringField(
        _l("Your name"),
        [needed(), Length(max=120), person_name],
        filters=[stripped],
        render_kw={"autocomplete": "name"},
    )
    locale = RadioField(_l("Language"), choices=dict(LOCALE_NAMES))


class InvitationForm(Form):
    email = email_field(description=_l("The letter goes to this address."))
    role = SelectField(_l("Role"))

    def __init__(self, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = dict(roles)


class RosterForm(Form):
    file = FileField(
        _l("CSV file"),
        [FileRequired(_l("Please choose a file."))],
        description=_l(
            "Columns: student_number (學號), name (姓名), email (電子郵件), department (系所). "
            "UTF-8 or Big5. Nothing changes before you have seen what would."
        ),
        render_kw={"accept": ".csv,text/csv"},
    )


class ClaimForm(Form):
    school = SelectField(_l("School"))
    student_number = StringField(
        _l("Student number"), [needed(), Length(max=30)], filters=[stripped]
    )

    def __init__(self, schools: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.school.choices = dict(schools)


class CodeForm(Form):
    code = StringField(
        _l("Code from the mail"),
        [needed(), Length(max=20)],
        filters=[stripped],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class SuspensionForm(Form):
    reason = TextAreaField(
        _l("Reason"),
        [needed(), Length(max=500)],
        filters=[stripped],
        description=_l("For the record; the person does not see it."),
        render_kw={"rows": 3},
    )
