"""Where items are met."""

from flask import url_for

from app.catalog.models import CourseItem
from app.catalog.rules import ItemKind
from app.learning.models import Section


def item_url(section: Section, item: CourseItem) -> str:
    """Where an item of a section is met."""
    if item.kind is ItemKind.LAB:
        return url_for("grading.lab", code=section.code, slug=item.slug)
    return url_for("learning.lesson", code=section.code, slug=item.slug)
