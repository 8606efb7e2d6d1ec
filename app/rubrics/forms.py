"""Reading what was typed: a rubric in the editor, a judgement beside somebody's work."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.kernel.i18n import LOCALES, LazyText
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.rubrics.models import RubricJudgement, RubricVersion, SavedComment
from app.rubrics.rules import Assessment, BadPoints, Mark, Raw, assess, plain, points_of, tidy
from app.web.forms import Form, stripped

__all__ = [
    "CommentForm", "Entry", "JudgementInput", "entry_of", "read_judgement", "read_raw",
]  # fmt: skip

PREFIX = "rubric."
MOST_PARTS = 40


def read_raw(form: Mapping[str, str]) -> Raw:
    """The raw rubric that the editor's fields hold, in their order."""
    return tidy(
        {
            **_texts(form, ""),
            "scoring": form.get("scoring"),
            "criteria": [
                {
                    "id": form[f"{at}id"],
                    **_texts(form, at),
                    "points": form.get(f"{at}points"),
                    "critical": f"{at}critical" in form,
                    "least": form.get(f"{at}least"),
                    "levels": [
                        {
                            "id": form[f"{level}id"],
                            **_texts(form, level),
                            "points": form.get(f"{level}points"),
                        }
                        for level in _parts(form, f"{at}levels.")
                    ],
                }
                for at in _parts(form, "criteria.")
            ],
        }
    )


def _parts(form: Mapping[str, str], at: str) -> list[str]:
    prefixes = (f"{at}{number}." for number in range(MOST_PARTS))
    return [prefix for prefix in prefixes if f"{prefix}id" in form]


def _texts(form: Mapping[str, str], at: str) -> Raw:
    return {
        name: {code: form.get(f"{at}{name}.{code}", "") for code in LOCALES}
        for name in ("title", "description")
    }


@dataclass(frozen=True)
class Entry:
    """What stands in the fields of one criterion."""

    level: str = ""
    points: str = ""
    comment: str = ""
    error: LazyText | str = ""


@dataclass(frozen=True)
class JudgementInput:
    """What was typed into the form of a rubric. Hand ``marks`` and the rest to operations.judge;
    hand all of it back to the macro ``form`` when that refuses, and nothing typed is lost."""

    marks: dict[str, Mark]
    comment: str
    used: tuple[uuid.UUID, ...] = ()
    """Kept comments that were inserted."""
    unreadable: dict[str, LazyText] = field(default_factory=dict)
    """Criteria whose points are no number."""
    entries: dict[str, Entry] = field(default_factory=dict)

    @property
    def is_readable(self) -> bool:
        return not self.unreadable

    def with_faults(self, assessment: Assessment, *, is_final: bool = True) -> "JudgementInput":
        """The same, with what ASSESSMENT finds wrong (and, if final, missing) at its criterion."""
        found: dict[str, LazyText | str] = {w.criterion: w.message for w in assessment.wrong}
        if is_final:
            missing = {criterion.id: _("Not judged yet.") for criterion in assessment.missing}
            found = {**missing, **found}
        found.update(self.unreadable)
        entries = {
            name: Entry(entry.level, entry.points, entry.comment, found.get(name, ""))
            for name, entry in self.entries.items()
        }
        return JudgementInput(self.marks, self.comment, self.used, self.unreadable, entries)


def read_judgement(
    version: RubricVersion,
    formdata: Any,
    prefix: str = PREFIX,
    comments: Sequence[SavedComment] = (),
) -> JudgementInput:
    """What the macro ``form`` with the same PREFIX was filled in with.

    COMMENTS are what was offered to insert; a chosen one is appended (without script, a select).
    """
    scale = version.scale
    bank = {str(comment.id): comment for comment in comments}
    marks: dict[str, Mark] = {}
    entries: dict[str, Entry] = {}
    unreadable: dict[str, LazyText] = {}
    used = set(_ids(formdata.getlist(f"{prefix}used")))
    for criterion in scale.criteria:
        at = f"{prefix}{criterion.id}."
        level = formdata.get(f"{at}level", "")
        typed = formdata.get(f"{at}points", "").strip()
        comment = formdata.get(f"{at}comment", "").replace("\r\n", "\n").replace("\0", "").strip()
        chosen = bank.get(formdata.get(f"{at}bank", ""))
        if chosen is not None:
            used.add(chosen.id)
            if str(chosen.text) not in comment:
                comment = f"{comment}\n{chosen.text}".strip()
        points: Decimal | None = None
        try:
            points = points_of(typed)
        except BadPoints:
            unreadable[criterion.id] = _l("Points are a number, as 7 or 7.5.")
        if level or points is not None or comment:
            marks[criterion.id] = Mark(level or None, points, comment)
        entries[criterion.id] = Entry(level, typed, comment, unreadable.get(criterion.id, ""))
    return JudgementInput(
        marks=marks,
        comment=formdata.get(f"{prefix}comment", "").replace("\0", "").strip(),
        used=tuple(used),
        unreadable=unreadable,
        entries=entries,
    )


def _ids(texts: Sequence[str]) -> list[uuid.UUID]:
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def entry_of(judgement: RubricJudgement | JudgementInput | None, criterion_id: str) -> Entry:
    """What the fields of a criterion begin with."""
    if isinstance(judgement, JudgementInput):
        return judgement.entries.get(criterion_id, Entry())
    if judgement is None:
        return Entry()
    kept = judgement.marks.get(criterion_id)
    if kept is None:
        return Entry()
    row = judgement.assessment.row(criterion_id)
    return Entry(kept["level"] or "", plain(row.points), kept["comment"])


def assessed(version: RubricVersion, given: JudgementInput) -> Assessment:
    """What GIVEN comes to, so far."""
    return assess(version.scale, given.marks)


def assessment_of(
    version: RubricVersion, judgement: RubricJudgement | JudgementInput | None
) -> Assessment:
    """What the fields of a form that begins with JUDGEMENT come to."""
    if judgement is None:
        return assess(version.scale, {})
    if isinstance(judgement, JudgementInput):
        return assessed(version, judgement)
    return judgement.assessment


class CommentForm(Form):
    """A comment to use again."""

    zh = TextAreaField(
        _l("Comment in Chinese"), filters=[stripped], validators=[Optional(), Length(max=2000)]
    )
    en = TextAreaField(
        _l("Comment in English"), filters=[stripped], validators=[Optional(), Length(max=2000)]
    )
    tags = StringField(
        _l("Tags"),
        description=_l("Words to find it by, with commas between them."),
        filters=[stripped],
        validators=[Optional(), Length(max=300)],
    )
    organisation = SelectField(_l("Who may insert it"))

    def offer(self, organisations: Sequence[tuple[str, str]]) -> None:
        """Let her choose among ORGANISATIONS (id and name), or herself alone."""
        self.organisation.choices = [("", _("Only I")), *organisations]

    @property
    def text(self) -> LocalizedText:
        return LocalizedText({"zh-Hant-TW": self.zh.data or "", "en": self.en.data or ""})

    @property
    def tag_list(self) -> list[str]:
        return (self.tags.data or "").replace("，", ",").replace("、", ",").split(",")

    @property
    def organisation_id(self) -> uuid.UUID | None:
        return uuid.UUID(self.organisation.data) if self.organisation.data else None
