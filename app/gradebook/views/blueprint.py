"""The room's blueprint and what its views share."""

from typing import Any

from flask import Blueprint, request

from app.accounts.session import me
from app.gradebook import operations, queries
from app.gradebook.queries import Asked, Book, Scope
from app.learning.policies import Permission
from app.web.doors import needs

bp = Blueprint("gradebook", __name__, template_folder="../templates")

teachers = needs(Permission.TEACH)


def asked_of(source: Any = None) -> Asked:
    """Which rows a query string (or form) wants; what it does not know is left out."""
    source = request.args if source is None else source
    state = source.get("state", "")
    return Asked(
        search=source.get("q", "").strip().replace("\0", "")[:200],
        state=state if state in queries.STATES else "",
        sort=source.get("sort", "name").replace("\0", "")[:120],
        descending=source.get("direction") == "desc",
        section=source.get("section", "").replace("\0", "")[:80],
        school=source.get("school", "").replace("\0", "")[:80],
        columns="attention" if source.get("columns") == "attention" else "",
    )


def opened(code: str, asked: Asked) -> Scope:
    """The sections that the grid of CODE shows to her, up to date. Raises NotVisible."""
    book = queries.book_taught_by(me(), code)
    books: tuple[Book, ...] = (book,)
    if asked.school:
        beside = queries.sections_beside(me(), book.section)
        chosen = [
            s
            for s in beside
            if s.school.slug == asked.school and asked.section in ("", "all", s.code)
        ]
        books = tuple(queries.book_of(section) for section in chosen) or books
    elif asked.section and asked.section != code:
        beside = queries.sections_beside(me(), book.section)
        if asked.section == "all":
            books = tuple(queries.book_of(section) for section in beside)
        else:
            chosen = [s for s in beside if s.code == asked.section]
            books = tuple(queries.book_of(section) for section in chosen) or books
    for each in books:
        operations.bring_up_to_date(each)
    return Scope(books)
