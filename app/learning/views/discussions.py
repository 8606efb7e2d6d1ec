"""Ways from items to what is said about them."""

from collections.abc import Iterable
from typing import Any

from flask import redirect, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.accounts.models import Person
from app.accounts.session import me
from app.catalog.models import CourseItem
from app.catalog.rules import ItemKind
from app.conversations import queries as conversations
from app.conversations.views import discussion_link
from app.kernel.errors import NotVisible
from app.kernel.i18n import gettext as _
from app.learning import queries
from app.learning.models import Section
from app.learning.queries import SectionView
from app.learning.queries.discussions import WHOLE_COURSE, place_key, taught_sections
from app.learning.views.blueprint import bp
from app.learning.views.links import item_url
from app.web.doors import signed_in
from app.web.layout import Todo, TodoSection


def item_foot(section: Section, item: CourseItem) -> Markup:
    """What stands below every item of a section, whichever room shows it: the way to what is said
    about it, with how much of that is new to the reader. One statement."""
    return discussion_link(place_key(section), item.key)


def said_in(view: SectionView) -> dict[str, Any]:
    """For the page of a section: where it is talked about, and what is new to the reader."""
    counts = conversations.counts_in(me(), place_key(view.section), moderates=view.is_staff)
    open_keys = {item.key for item in view.version.items if not view.lock(item)} | {WHOLE_COURSE}
    return {
        "place": place_key(view.section),
        "talk": counts,
        "unread_posts": sum(row.unread for key, row in counts.items() if key in open_keys),
    }


def questions_on_home(person: Person) -> Iterable[TodoSection]:
    """Where staff is waited for: questions that nobody has answered, posts that were reported."""
    sections = {place_key(section): section for section in taught_sections(person)}
    if not sections:
        return
    open_questions = conversations.open_questions(list(sections))
    reports = conversations.open_report_counts(list(sections))
    items = [
        Todo(
            title=_("%(count)s questions without a reply", count=open_questions[key]),
            url=url_for("conversations.index", key=key, show="open"),
            detail=f"{section.offering.course_version.title} · {section.code}",
            action=_("Reply"),
        )
        for key, section in sections.items()
        if key in open_questions
    ]
    if reports:
        items.append(
            Todo(
                title=_("%(count)s reported posts", count=sum(reports.values())),
                url=url_for("conversations.reports"),
                action=_("Look at them"),
            )
        )
    yield TodoSection(_("Discussions"), items)


@bp.get("/learn/<code>/items/<kind>/<slug>")
@signed_in
def item(code: str, kind: str, slug: str) -> Response:
    """An item by its key, which lasts longer than the address of the room that shows it."""
    view = queries.section_for(me(), code)
    if kind not in set(ItemKind):
        raise NotVisible(kind)
    found = view.version.item(ItemKind(kind), slug)
    if found is None:
        raise NotVisible(slug)
    return redirect(item_url(view.section, found))
