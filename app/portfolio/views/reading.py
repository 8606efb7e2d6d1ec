"""Pages as others read them. What is missing, hidden, expired or taken back answers the same."""

import uuid
from typing import Any

from flask import make_response, render_template, url_for
from flask_login import current_user

from app.accounts.models import Person
from app.accounts.session import me
from app.kernel.errors import NotVisible
from app.portfolio import operations, queries
from app.portfolio.queries import Reached
from app.portfolio.views.answers import file_answer
from app.portfolio.views.blueprint import bp
from app.web.doors import public, signed_in


def _reader() -> Person | None:
    return me() if current_user.is_authenticated else None


@bp.get("/p/<token>")
@public
def linked(token: str) -> Any:
    reached = queries.page_by_token(token)
    return _page(
        reached,
        lambda file: url_for("portfolio.linked_file", token=token, file_id=file.id),
    )


@bp.get("/p/<token>/files/<uuid:file_id>")
@public
def linked_file(token: str, file_id: uuid.UUID) -> Any:
    return _file(queries.page_by_token(token), file_id)


@bp.get("/portfolio/<handle>/<slug>")
@public
def page(handle: str, slug: str) -> Any:
    reached = queries.page_at(_reader(), handle, slug)
    return _page(
        reached,
        lambda file: url_for("portfolio.file", handle=handle, slug=slug, file_id=file.id),
    )


@bp.get("/portfolio/<handle>/<slug>/files/<uuid:file_id>")
@public
def file(handle: str, slug: str, file_id: uuid.UUID) -> Any:
    return _file(queries.page_at(_reader(), handle, slug), file_id)


@bp.get("/portfolio/<handle>")
@public
def person(handle: str) -> Any:
    """Her public pages."""
    pages = queries.public_pages_of(handle)
    first = queries.show(pages[0].page, pages[0].audience)
    answer = make_response(
        render_template("portfolio/person.html", pages=pages, profile=first.profile, navigation=[])
    )
    return _found(answer, all(reached.share.is_indexed for reached in pages))


@bp.get("/portfolios")
@signed_in
def shown() -> Any:
    """What students show the reader's company."""
    return render_template("portfolio/shown.html", rows=queries.shown_to(me()))


def _page(reached: Reached, file_url: Any) -> Any:
    operations.note_look(_reader(), reached.share)
    answer = make_response(
        render_template(
            "portfolio/page.html",
            shown=queries.show(reached.page, reached.audience),
            share=reached.share,
            file_url=file_url,
            navigation=[],
        )
    )
    return _found(answer, reached.share.is_indexed)


def _found(answer: Any, is_indexed: bool) -> Any:
    """Search engines keep away unless she wants them to come."""
    if not is_indexed:
        answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


def _file(reached: Reached, file_id: uuid.UUID) -> Any:
    found = queries.visible_file(reached.page, reached.audience, file_id)
    if found is None:
        raise NotVisible(file_id)
    operations.note_file(_reader(), reached.share, found)
    answer = file_answer(found)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer
