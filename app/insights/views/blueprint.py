"""The room's blueprint and what its views share."""

from typing import Any

from flask import Blueprint

from app.accounts.session import me
from app.gradebook import operations as gradebook
from app.gradebook.queries import Book
from app.insights import policies, queries
from app.kernel.errors import NotVisible
from app.learning import queries as learning
from app.learning.policies import Permission
from app.learning.queries import SectionDesk
from app.learning.views.desk import tabs_of
from app.web.doors import needs

bp = Blueprint("insights", __name__, template_folder="../templates")

teachers = needs(Permission.TEACH)


def desk_of(code: str) -> SectionDesk:
    """The section CODE for its staff. Raises NotVisible."""
    desk = learning.section_desk(me(), code)
    if not policies.can_see_insights(me(), desk.section):
        raise NotVisible(code)
    return desk


def up_to_date(code: str) -> Book:
    """The book of the section CODE, its grades as they are now. Raises NotVisible."""
    book = queries.book_seen_by(me(), code)
    gradebook.bring_up_to_date(book)
    return book


def frame(desk: SectionDesk) -> dict[str, Any]:
    """What the pages of a section's desk share."""
    return tabs_of(desk)
