"""Where items are met, and how they are called."""

from flask import url_for

from app.catalog.models import CourseItem
from app.catalog.rules import ItemForm, ItemKind
from app.kernel.i18n import gettext as _
from app.learning.models import Section


def item_url(section: Section, item: CourseItem) -> str:
    """Where an item of a section is met."""
    if item.kind is ItemKind.LAB:
        return url_for("grading.lab", code=section.code, slug=item.slug)
    if item.kind is ItemKind.QUIZ:
        return url_for("quizzes.quiz", code=section.code, slug=item.slug)
    return url_for("learning.lesson", code=section.code, slug=item.slug)


def item_icon(item: CourseItem) -> str:
    """The name of the sign that stands before an item."""
    if item.kind is ItemKind.LAB:
        return "lab"
    if item.kind is ItemKind.QUIZ:
        return "receipt"
    return {ItemForm.FILE: "download", ItemForm.LINK: "external"}.get(item.form, "book")


def item_word(item: CourseItem) -> str:
    """What kind of thing an item is, in a word."""
    if item.kind is ItemKind.LAB:
        return _("Lab")
    if item.kind is ItemKind.QUIZ:
        return _("Quiz")
    return {ItemForm.FILE: _("File"), ItemForm.LINK: _("Link")}.get(item.form, _("Lesson"))
