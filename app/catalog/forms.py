"""Forms of the people who write courses."""

import uuid

from wtforms import (
    BooleanField,
    DecimalField,
    EmailField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from app.catalog.folder_specs import LANGUAGES
from app.catalog.folder_yaml import SLUG
from app.catalog.operations import CoursePlan
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.web.forms import Form, stripped


class NewCourseForm(Form):
    """What a course begins with."""

    title_zh = StringField(
        _l("Title in Chinese"), filters=[stripped], validators=[Optional(), Length(max=200)]
    )
    title_en = StringField(
        _l("Title in English"), filters=[stripped], validators=[Optional(), Length(max=200)]
    )
    slug = StringField(
        _l("Address"),
        description=_l("Small letters, digits and hyphens, as in intro-to-vision. It stays."),
        filters=[stripped],
        validators=[
            DataRequired(),
            Length(max=80),
            Regexp(
                rf"^{SLUG.pattern}$",
                message=_l("An address is made of small letters, digits and single hyphens."),
            ),
        ],
    )
    cluster = SelectField(_l("Course cluster"), validators=[InputRequired()])
    school = SelectField(_l("School that leads the course"), validators=[InputRequired()])
    hours = IntegerField(
        _l("Hours of work"),
        description=_l("The whole work load of a student."),
        default=20,
        validators=[InputRequired(), NumberRange(1, 400)],
    )
    credits = DecimalField(_l("Credits"), places=1, validators=[Optional(), NumberRange(0, 30)])
    in_english = BooleanField(
        _l("Also taught in English"),
        default=True,
        description=_l("Then every text needs English, too, before it can be published."),
    )

    def validate_title_en(self, field: StringField) -> None:
        if not field.data and not self.title_zh.data:
            raise ValidationError(_("Give the course a title in at least one language."))

    def plan(self) -> CoursePlan:
        """The plan that a valid form describes."""
        titles = {"zh-Hant-TW": self.title_zh.data or "", "en": self.title_en.data or ""}
        return CoursePlan(
            slug=self.slug.data or "",
            titles=titles,
            cluster_id=uuid.UUID(self.cluster.data),
            school_id=uuid.UUID(self.school.data),
            languages=LANGUAGES if self.in_english.data else LANGUAGES[:1],
            hours=self.hours.data or 1,
            credits=float(self.credits.data) if self.credits.data is not None else None,
        )


class EditorForm(Form):
    """Another instructor who may write the course."""

    email = EmailField(
        _l("Mail address of an instructor"), filters=[stripped], validators=[DataRequired()]
    )


class CommentForm(Form):
    """A comment on the draft."""

    words = TextAreaField(
        _l("Comment"), filters=[stripped], validators=[DataRequired(), Length(max=4000)]
    )


class PublishForm(Form):
    """The note of a version."""

    note = StringField(
        _l("What is new"),
        description=_l("One sentence for those who teach and take the course."),
        filters=[stripped],
        validators=[Optional(), Length(max=500)],
    )
