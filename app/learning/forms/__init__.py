"""What people type about offerings, sections and places."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    DateTimeLocalField,
    EmailField,
    FloatField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.kernel import clock
from app.kernel.i18n import LazyText
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.learning.rules import (
    AUTHORISATION_NAMES,
    KIND_NAMES,
    STAFF_NAMES,
    WAY_NAMES,
    Authorisation,
    OfferingKind,
    StaffRole,
    Way,
)
from app.web.forms import Form, stripped

FIRST_YEAR, LAST_YEAR = 100, 200
SEMESTERS = {"1": _l("First semester"), "2": _l("Second semester")}


def needed() -> DataRequired:
    return DataRequired(_l("Please fill this in."))


def taipei(value: datetime | None) -> datetime | None:
    """An instant as the wall clock in Taipei shows it, without zone, for a field."""
    return value and value.astimezone(clock.TAIPEI).replace(tzinfo=None)


def from_taipei(value: datetime | None) -> datetime | None:
    """What somebody typed in Taipei as an instant in UTC."""
    return value and value.replace(tzinfo=clock.TAIPEI).astimezone(UTC)


def words(names: Mapping[Any, LazyText]) -> Callable[[], dict[str, str]]:
    """The choices of a field, put into the reader's language when its form is made."""
    return lambda: {str(value): str(name) for value, name in names.items()}


class InstantField(DateTimeLocalField):
    """An instant, typed and shown in Taipei; ``instant`` is in UTC."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        super().__init__(label, validators or [Optional()], format=formats, **kwargs)

    def process_data(self, value: Any) -> None:
        super().process_data(taipei(value))

    @property
    def instant(self) -> datetime | None:
        return from_taipei(self.data)


class OfferingForm(Form):
    course = SelectField(_l("Course"), [needed()])
    school = SelectField(_l("School"), [needed()])
    academic_year = IntegerField(
        _l("Academic year (ROC)"),
        [InputRequired(_l("Please fill this in.")), NumberRange(FIRST_YEAR, LAST_YEAR)],
        description=_l("For example 114: it began in August 2025."),
    )
    semester = SelectField(_l("Semester"), choices=words(SEMESTERS))
    starts_on = DateField(_l("First day"), [needed()])
    ends_on = DateField(_l("Last day"), [needed()])
    credits = IntegerField(
        _l("Credits"), [InputRequired(_l("Please fill this in.")), NumberRange(0, 20)], default=0
    )
    kind = RadioField(
        _l("Kind"),
        choices=words(KIND_NAMES),
        default=OfferingKind.REGULAR.value,
        description=_l(
            "A lead course is taught for many schools. A mirror or satellite course belongs to "
            "another school’s lead course. A regular course is your school’s own."
        ),
    )
    authorisation = SelectField(
        _l("Authorisation (lead courses only)"),
        choices=words(AUTHORISATION_NAMES),
        default=Authorisation.CLOSED.value,
    )
    lead = SelectField(_l("Lead course (mirror and satellite courses only)"))

    def __init__(
        self,
        courses: Sequence[tuple[str, str]],
        schools: Sequence[tuple[str, str]],
        leads: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.course.choices = dict(courses)
        self.school.choices = dict(schools)
        self.lead.choices = {"": _("None"), **dict(leads)}


class OfferingSettingsForm(Form):
    starts_on = DateField(_l("First day"), [needed()])
    ends_on = DateField(_l("Last day"), [needed()])
    credits = IntegerField(
        _l("Credits"), [InputRequired(_l("Please fill this in.")), NumberRange(0, 20)]
    )
    authorisation = SelectField(
        _l("Authorisation (lead courses only)"),
        choices=words(AUTHORISATION_NAMES),
    )


class CopyForm(Form):
    academic_year = IntegerField(
        _l("Academic year (ROC)"),
        [InputRequired(_l("Please fill this in.")), NumberRange(FIRST_YEAR, LAST_YEAR)],
    )
    semester = SelectField(_l("Semester"), choices=words(SEMESTERS))
    starts_on = DateField(
        _l("First day"),
        [needed()],
        description=_l("Every date moves by as many days as the first day does."),
    )


class UpgradeForm(Form):
    version = SelectField(_l("Version"), [needed()])
    note = TextAreaField(
        _l("What learners should know"),
        [Length(max=500)],
        filters=[stripped],
        description=_l("They see it with the list of what changed."),
        render_kw={"rows": 3},
    )


class SectionForm(Form):
    capacity = IntegerField(
        _l("Places"), [InputRequired(_l("Please fill this in.")), NumberRange(1, 5000)], default=60
    )
    way = RadioField(
        _l("How students come in"),
        choices=words(WAY_NAMES),
        default=Way.SELF.value,
        description=_l(
            "You can load a roster in every case. When all places are taken, a waitlist begins."
        ),
    )
    enrolment_closes_at = InstantField(_l("Enrolment closes"))


class StaffForm(Form):
    email = EmailField(_l("Mail address"), [needed(), Length(max=254)], filters=[stripped])
    role = SelectField(_l("Role"), choices=words(STAFF_NAMES))

    @property
    def staff_role(self) -> StaffRole:
        return StaffRole(self.role.data)


class WithdrawalForm(Form):
    reason = TextAreaField(
        _l("Why do you withdraw?"),
        [needed(), Length(max=500)],
        filters=[stripped],
        description=_l("Your instructor and your department read it."),
        render_kw={"rows": 3},
    )


class RemovalForm(Form):
    reason = TextAreaField(
        _l("Why is the student withdrawn?"),
        [needed(), Length(max=500)],
        filters=[stripped],
        render_kw={"rows": 2},
    )


class SectionRosterForm(Form):
    file = FileField(
        _l("CSV file"),
        [FileRequired(_l("Please choose a file."))],
        description=_l(
            "Columns: student_number (學號), name (姓名), email (電子郵件). UTF-8 or Big5. "
            "Nothing changes before you have seen what would."
        ),
        render_kw={"accept": ".csv,text/csv"},
    )


class ExtensionForm(Form):
    item = SelectField(_l("Applies to"))
    due_at = InstantField(
        _l("Due on another date"), description=_l("Only for a single item. Time in Taipei.")
    )
    extra_days = IntegerField(_l("More days"), [Optional(), NumberRange(0, 365)], default=0)
    time_factor = FloatField(
        _l("More time in quizzes (times the usual time)"),
        [Optional(), NumberRange(1, 5)],
        default=1,
    )
    reason = StringField(_l("Reason"), [Length(max=500)], filters=[stripped])

    def __init__(self, items: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.item.choices = {"": _("Everything in this section"), **dict(items)}


class SessionForm(Form):
    title = StringField(_l("Topic"), [needed(), Length(max=200)], filters=[stripped])
    starts_at = InstantField(_l("Begins"), [needed()])
    minutes = IntegerField(
        _l("Minutes"), [InputRequired(_l("Please fill this in.")), NumberRange(5, 720)], default=100
    )
    place = StringField(_l("Room or address of the meeting"), [Length(max=300)], filters=[stripped])


class RecognitionForm(Form):
    enrolment = SelectField(_l("Completed course"), [needed()])
    school = SelectField(_l("School that is to recognise it"), [needed()])
    own_course = StringField(
        _l("Stands for which course of that school?"),
        [needed(), Length(max=200)],
        filters=[stripped],
    )
    message = TextAreaField(
        _l("What the department should know"),
        [Length(max=1000)],
        filters=[stripped],
        render_kw={"rows": 3},
    )

    def __init__(
        self,
        enrolments: Sequence[tuple[str, str]],
        schools: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.enrolment.choices = dict(enrolments)
        self.school.choices = dict(schools)


class RecognitionDecisionForm(Form):
    reason = TextAreaField(
        _l("Reason"),
        [Length(max=1000)],
        filters=[stripped],
        description=_l("Needed when you refuse; the student reads it."),
        render_kw={"rows": 3},
    )
