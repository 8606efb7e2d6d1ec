"""Forms of the people who write courses."""

import uuid
from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DecimalField,
    EmailField,
    IntegerField,
    SelectChoice,
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
from app.catalog.models import Course
from app.catalog.operations import CoursePlan, ImportPlan
from app.catalog.rules import INDUSTRIES
from app.kernel.i18n import LOCALE_NAMES
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


class ClusterForm(Form):
    """What a cluster says; its outcomes and partners are rows beside it."""

    title_zh = StringField(
        _l("Title in Chinese"), filters=[stripped], validators=[DataRequired(), Length(max=120)]
    )
    title_en = StringField(
        _l("Title in English"), filters=[stripped], validators=[DataRequired(), Length(max=120)]
    )
    industry = SelectField(_l("Field of industry"), validators=[InputRequired()])
    summary_zh = TextAreaField(
        _l("Summary in Chinese"), filters=[stripped], validators=[DataRequired(), Length(max=600)]
    )
    summary_en = TextAreaField(
        _l("Summary in English"), filters=[stripped], validators=[DataRequired(), Length(max=600)]
    )
    body_zh = TextAreaField(
        _l("Text in Chinese"),
        filters=[stripped],
        validators=[DataRequired(), Length(max=20_000)],
    )
    body_en = TextAreaField(
        _l("Text in English"),
        filters=[stripped],
        validators=[DataRequired(), Length(max=20_000)],
    )
    picture = FileField(
        _l("A picture, 640 × 360"), description=_l("SVG, PNG, JPEG or WebP. Without one it stays.")
    )
    alt_zh = StringField(
        _l("What the picture shows, in Chinese"), filters=[stripped], validators=[Length(max=300)]
    )
    alt_en = StringField(
        _l("What the picture shows, in English"), filters=[stripped], validators=[Length(max=300)]
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.industry.choices = [(key, str(name)) for key, name in INDUSTRIES.items()]


class NewClusterForm(ClusterForm):
    slug = StringField(
        _l("Address"),
        description=_l("Small letters, digits and hyphens, as in smart-farming. It stays."),
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


class ImportForm(Form):
    """Where an import goes: a course of hers, or a new one."""

    language = SelectField(
        _l("Language of its texts"),
        description=_l("What it holds is in one language; the other is written here afterwards."),
        choices=[SelectChoice(code, name) for code, name in LOCALE_NAMES.items()],
    )
    into = SelectField(
        _l("Where it goes"), description=_l("Into a course that is there it goes as new modules.")
    )
    title = StringField(
        _l("Title of the new course"), filters=[stripped], validators=[Length(max=200)]
    )
    slug = StringField(
        _l("Address"),
        description=_l("Small letters, digits and hyphens, as in intro-to-vision. It stays."),
        filters=[stripped],
        validators=[Length(max=80)],
    )
    cluster = SelectField(_l("Course cluster"))
    school = SelectField(_l("School that leads the course"))
    hours = IntegerField(
        _l("Hours of work"),
        description=_l("The whole work load of a student."),
        default=20,
        validators=[Optional(), NumberRange(1, 400)],
    )
    both = BooleanField(
        _l("Taught in both languages"),
        description=_l("Then what is missing in the other language is marked in the outline."),
    )

    def validate_title(self, field: StringField) -> None:
        if not self.into.data and not field.data:
            raise ValidationError(_("Give the course a title in at least one language."))

    def validate_slug(self, field: StringField) -> None:
        if not self.into.data and not SLUG.fullmatch(field.data or ""):
            raise ValidationError(
                _("An address is made of small letters, digits and single hyphens.")
            )

    def plan(self, into: Course | None) -> ImportPlan:
        """The plan that a valid form describes; fields that a folder needs not may be gone."""
        language = self.language.data if "language" in self else LANGUAGES[0]
        both = "both" in self and self.both.data
        return ImportPlan(
            language=language,
            languages=LANGUAGES if both else (language,),
            into=into,
            slug=(self.slug.data or "") if "slug" in self else "",
            title=(self.title.data or "") if "title" in self else "",
            hours=(self.hours.data or 20) if "hours" in self else 20,
            cluster_id=uuid.UUID(self.cluster.data) if self.cluster.data else None,
            school_id=uuid.UUID(self.school.data) if self.school.data else None,
        )
