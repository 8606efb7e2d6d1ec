"""What is typed about challenges."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from app.challenges.models import Challenge
from app.challenges.operations import EvaluationSettings, Settings
from app.challenges.rules import (
    KIND_NAMES,
    METRICS,
    OWN,
    OWN_NAME,
    SHOWN_NAMES,
    ShownSkill,
    skills_in,
)
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.learning.forms import InstantField, needed
from app.learning.models import GroupSet
from app.skills import queries as frameworks
from app.web.forms import Form, stripped

LONG = 20_000


def _title(label: Any) -> StringField:
    return StringField(label, [needed(), Length(max=200)], filters=[stripped])


def _text(label: Any, most: int, **kwargs: Any) -> TextAreaField:
    return TextAreaField(label, [needed(), Length(max=most)], filters=[stripped], **kwargs)


class EntryForm(Form):
    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])


class NameForm(Form):
    shown_as = RadioField(
        _l("On the leaderboard I am called"),
        choices=[SelectChoice(value.value, name) for value, name in SHOWN_NAMES.items()],
    )


class ChallengeForm(Form):
    slug = StringField(
        _l("Address"),
        [needed(), Length(max=60)],
        filters=[stripped],
        description=_l("Small letters, digits and hyphens; it stays."),
    )
    title_zh = _title(_l("Title in Chinese"))
    title_en = _title(_l("Title in English"))
    summary_zh = _text(_l("Summary in Chinese"), 500)
    summary_en = _text(_l("Summary in English"), 500)
    description_zh = _text(
        _l("Description in Chinese"),
        LONG,
        description=_l("Markdown: the question, columns, rules."),
    )
    description_en = _text(_l("Description in English"), LONG)
    data = TextAreaField(
        _l("Open data sets"),
        [Length(max=2000)],
        description=_l(
            "One NAME/VERSION a line: what to learn from, and the rows to predict without their"
            " answers."
        ),
    )
    skills = TextAreaField(
        _l("Skills that it shows"),
        [Length(max=2000)],
        filters=[stripped],
        description=_l(
            "One a line: the skill’s key and the final score that shows it, then its level and its"
            " weight where they are not 1."
        ),
    )
    opens_at = InstantField(_l("Opens"), [InputRequired(_l("Please fill this in."))])
    ends_at = InstantField(_l("Ends"), [InputRequired(_l("Please fill this in."))])
    attempts_per_day = IntegerField(
        _l("Attempts a day"), [InputRequired(_l("Please fill this in.")), NumberRange(1, 100)],
        default=5,
    )  # fmt: skip
    group_set = SelectField(_l("Who hands in"))
    takes_notebooks = BooleanField(
        _l("Notebooks are taken too: they run here and write predictions.csv"), default=True
    )
    takes_late = BooleanField(_l("What comes late is scored, out of competition"))
    metric = SelectField(
        _l("Metric"),
        choices=[
            *(SelectChoice(name, metric.name) for name, metric in METRICS.items()),
            SelectChoice(OWN, OWN_NAME),
        ],
    )
    program = FileField(
        _l("Program of your own metric"),
        description=_l(
            "Python with a function score(answers, predictions): two lists in the same order; it"
            " returns a number and runs apart from every participant’s code."
        ),
    )
    kind = SelectField(
        _l("For your own metric, a prediction is"),
        choices=[SelectChoice(name, words) for name, words in KIND_NAMES.items()],
    )
    higher = BooleanField(_l("For your own metric, more is better"))
    answers = FileField(
        _l("Hidden answers"),
        description=_l("CSV in UTF-8, at most 8 MB. No notebook and no page ever shows them."),
    )
    id_column = StringField(
        _l("Column that names a row"), [needed(), Length(max=100)], filters=[stripped], default="id"
    )
    target_column = StringField(
        _l("Column to predict"), [needed(), Length(max=100)], filters=[stripped]
    )
    public_percent = IntegerField(
        _l("Percent of the answers behind the public leaderboard"),
        [InputRequired(_l("Please fill this in.")), NumberRange(5, 95)],
        default=30,
        description=_l(
            "The others decide in the end. Which are which is settled by a secret seed."
        ),
    )

    def __init__(self, sets: Sequence[GroupSet], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sets = {str(row.id): row for row in sets}
        self.group_set.choices = [
            SelectChoice("", _("Everybody alone")),
            *(SelectChoice(key, _("Groups: %(name)s", name=row.name))
              for key, row in self.sets.items()),
        ]  # fmt: skip

    @classmethod
    def of(cls, challenge: Challenge, sets: Sequence[GroupSet]) -> "ChallengeForm":
        """The form with what holds now."""
        now = challenge.evaluation
        given: dict[str, Any] = {
            "slug": challenge.slug,
            "data": "\n".join(challenge.data),
            "skills": "\n".join(_line(one) for one in skills_in(challenge.skills)),
            "opens_at": challenge.opens_at,
            "ends_at": challenge.ends_at,
            "attempts_per_day": challenge.attempts_per_day,
            "takes_notebooks": challenge.takes_notebooks,
            "takes_late": challenge.takes_late,
            "group_set": str(challenge.group_set_id or ""),
            "metric": now.metric,
            "kind": now.kind,
            "higher": now.higher,
            "id_column": now.id_column,
            "target_column": now.target_column,
            "public_percent": round(now.public_share * 100),
        }
        for name in ("title", "summary", "description"):
            texts = getattr(challenge, name)
            given |= {f"{name}_zh": texts.get("zh-Hant-TW", ""), f"{name}_en": texts.get("en", "")}
        form = cls(sets, data=given)
        del form.slug
        return form

    def validate_skills(self, field: TextAreaField) -> None:
        """Every line says a skill that there is, and numbers that can be."""
        try:
            named = _skills(field.data or "")
        except (ValueError, InvalidOperation, TypeError):
            raise ValidationError(
                _("Write a key and a score on each line: %(example)s", example=EXAMPLE)
            ) from None
        for key in frameworks.unknown_keys(one.key for one in named):
            raise ValidationError(_("There is no skill %(key)s.", key=key))

    @property
    def settings(self) -> Settings:
        """What a valid form says of the challenge."""
        return Settings(
            title=self._both("title"),
            summary=self._both("summary"),
            description=self._both("description"),
            opens_at=_instant(self.opens_at),
            ends_at=_instant(self.ends_at),
            data=(self.data.data or "").split(),
            attempts_per_day=self.attempts_per_day.data or 1,
            takes_notebooks=bool(self.takes_notebooks.data),
            takes_late=bool(self.takes_late.data),
            group_set=self.sets.get(self.group_set.data or ""),
            skills=_skills(self.skills.data or ""),
        )

    @property
    def evaluation(self) -> EvaluationSettings:
        """What a valid form says of how entries are scored."""
        return EvaluationSettings(
            metric=self.metric.data or "",
            id_column=self.id_column.data or "",
            target_column=self.target_column.data or "",
            answers=_content(self.answers),
            program=_content(self.program),
            kind=self.kind.data,
            higher=bool(self.higher.data),
            public_share=(self.public_percent.data or 0) / 100,
        )

    def _both(self, name: str) -> LocalizedText:
        return LocalizedText(
            {"zh-Hant-TW": self[f"{name}_zh"].data or "", "en": self[f"{name}_en"].data or ""}
        )


EXAMPLE = "model-evaluation 0.85 2 0.5"


def _skills(text: str) -> list[ShownSkill]:
    """What lines say: key, score to reach, level, weight. Raises ValueError and the like."""
    return [_skill(*line.split()) for line in text.splitlines() if line.strip()]


def _skill(key: str, reach: str, level: str = "1", weight: str = "1") -> ShownSkill:
    return ShownSkill(key, float(reach), int(level), Decimal(weight))


def _line(one: ShownSkill) -> str:
    words = [one.key, f"{one.reach:g}"]
    if one.level != 1 or one.weight != 1:
        words.append(str(one.level))
    if one.weight != 1:
        words.append(f"{one.weight.normalize():f}")
    return " ".join(words)


def _instant(field: InstantField) -> datetime:
    found = field.instant
    assert found is not None  # it is required
    return found


def _content(field: FileField) -> bytes | None:
    sent = field.data
    return sent.stream.read() or None if getattr(sent, "filename", "") else None
