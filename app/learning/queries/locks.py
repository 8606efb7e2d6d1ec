"""Why an item is locked, and what opens it, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.catalog.models import CourseItem, CourseVersion
from app.kernel import clock
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.learning.rules.conditions import Tree, to_blocks

if TYPE_CHECKING:
    from app.learning.queries.sections import SectionView


@dataclass(frozen=True)
class Need:
    """One thing that is missing, in the reader's language, and the item to go to for it."""

    text: str
    item: CourseItem | None = None


@dataclass(frozen=True)
class Lock:
    """The part of an item's condition that does not hold."""

    missing: Tree

    def needs(self, version: CourseVersion) -> list[list[Need]]:
        """Alternatives, each a list of what is missing: all of some list opens the item."""
        return needs_of(self.missing, version)


class ItemLocked(Refused):
    """An item is not open to this student now. Carries what tells her why."""

    def __init__(self, view: SectionView, item: CourseItem, lock: Lock) -> None:
        self.view, self.item, self.lock = view, item, lock
        roads = [_(", ").join(need.text for need in road) for road in lock.needs(view.version)]
        super().__init__(
            _l(
                "“%(item)s” is locked. What opens it: %(needs)s.",
                item=str(item.title),
                needs=f" – {_('or')} ".join(roads),
            )
        )


def needs_of(tree: Tree, version: CourseVersion) -> list[list[Need]]:
    items = {item.key: item for item in version.items}
    return [[describe(leaf, items) for leaf in block] for block in to_blocks(tree)]


def describe(leaf: Tree, items: Mapping[str, CourseItem]) -> Need:
    """One condition in words."""
    key = leaf.get("completed") or leaf.get("score")
    if key is not None:
        item = items.get(key)
        title = str(item.title) if item is not None else key
        if "least" in leaf:
            percent = round(leaf["least"] * 100)
            return Need(_("reach %(percent)s%% in “%(item)s”", percent=percent, item=title), item)
        return Need(_("complete “%(item)s”", item=title), item)
    if "from" in leaf:
        return Need(_("it opens on %(date)s", date=_taipei(leaf["from"])))
    if "until" in leaf:
        return Need(_("it is open only until %(date)s", date=_taipei(leaf["until"])))
    return Need(_("it is for group “%(group)s”", group=leaf["group"]))


def _taipei(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(clock.TAIPEI).strftime("%Y-%m-%d %H:%M")
