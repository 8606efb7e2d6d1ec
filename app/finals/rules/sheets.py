"""The sheets that a registrar gets: which columns, in which order, under which heads. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.finals.rules.grades import Grade
from app.gradebook.rules import number
from app.kernel.i18n import LazyText
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText

__all__ = ["LAYOUT_NAMES", "Layout", "Line", "heads", "values"]


class Layout(StrEnum):
    GENERIC = "generic"
    """Heads in the language of whoever exports."""
    REGISTRAR = "registrar"
    """The columns that registrars in Taiwan take in, with Chinese heads."""


LAYOUT_NAMES: dict[Layout, LazyText] = {
    Layout.GENERIC: _l("All columns"),
    Layout.REGISTRAR: _l("For the registrar (heads in Chinese)"),
}


@dataclass(frozen=True)
class Line:
    """One student's final grade with all that a sheet says of it."""

    number: str
    name: str
    year: int
    semester: int
    course_code: str
    course: LocalizedText
    section: str
    credits: int
    grade: Grade
    is_corrected: bool
    on: date
    """The day on which the grade became what it is."""
    digest: str


_GENERIC = ("number", "name", "course_code", "course", "section", "credits", "percent", "letter",
            "status", "date", "digest")  # fmt: skip
_REGISTRAR = {
    "year": "學年度", "semester": "學期", "course_code": "課程代碼", "course": "課程名稱",
    "section": "班別", "credits": "學分", "number": "學號", "name": "姓名", "percent": "百分成績",
    "letter": "等第", "status": "狀態", "date": "日期", "digest": "查核碼",
}  # fmt: skip
_PASSED = {True: "及格", False: "不及格", None: "未完成"}


def heads(layout: Layout) -> list[str]:
    """The first row."""
    if layout is Layout.REGISTRAR:
        return list(_REGISTRAR.values())
    names = {
        "number": _("Student number"), "name": _("Name"), "course_code": _("Course code"),
        "course": _("Course"), "section": _("Section"), "credits": _("Credits"),
        "percent": _("Percent"), "letter": _("Letter"), "status": _("Status"), "date": _("Date"),
        "digest": _("Digest"),
    }  # fmt: skip
    return [names[column] for column in _GENERIC]


def values(layout: Layout, lines: Sequence[Line]) -> list[list[Any]]:
    """The other rows: numbers as int or Decimal, all else as text."""
    columns = tuple(_REGISTRAR) if layout is Layout.REGISTRAR else _GENERIC
    return [[_value(layout, column, line) for column in columns] for line in lines]


def _value(layout: Layout, column: str, line: Line) -> Any:
    if column == "percent":
        rounded = line.grade.rounded
        return "" if rounded is None else Decimal(number(rounded))
    if column == "letter":
        return line.grade.mark or ""
    if column == "status":
        return _status(layout, line)
    if column == "date":
        return line.on.isoformat()
    if column == "course":
        names = line.course
        return names.in_language("zh-Hant-TW" if layout is Layout.REGISTRAR else None)
    return getattr(line, column)


def _status(layout: Layout, line: Line) -> str:
    grade = line.grade
    if layout is Layout.REGISTRAR:
        text = _PASSED[None if grade.is_incomplete else grade.is_passed]
        return f"{text}（更正）" if line.is_corrected else text
    if grade.is_incomplete:
        text = _("incomplete")
    else:
        text = _("passed") if grade.is_passed else _("not passed")
    return _("%(status)s, corrected", status=text) if line.is_corrected else text
