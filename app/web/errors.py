"""Error pages: what happened, what was kept, what to do next. Programs get the same as JSON."""

import logging
from typing import Any

from flask import Flask, g, render_template, request, url_for
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

log = logging.getLogger(__name__)

NOTHING_CHANGED = _l("Nothing was changed.")
Words = tuple[LazyText, LazyText, LazyText, LazyText]
PAGES: dict[int, Words] = {
    400: (
        _l("This request could not be read"),
        _l("Something in the address or the form was not as expected."),
        NOTHING_CHANGED,
        _l("Go back, check what you typed and try again."),
    ),
    401: (
        _l("Please sign in"),
        _l("This needs to know who you are."),
        NOTHING_CHANGED,
        _l("Sign in and try again."),
    ),
    403: (
        _l("This is not open to you"),
        _l("Your roles do not include what this page does."),
        NOTHING_CHANGED,
        _l("If you think they should, ask the person who manages your organisation."),
    ),
    404: (
        _l("There is nothing here for you"),
        _l("The address is wrong, what was here is gone, or it belongs to somebody else."),
        NOTHING_CHANGED,
        _l("Check the address, or start again from the home page."),
    ),
    405: (
        _l("This cannot be done here"),
        _l("The page exists, but not for this kind of request."),
        NOTHING_CHANGED,
        _l("Start again from the home page."),
    ),
    409: (
        _l("Somebody was faster"),
        _l("What you wanted to change has changed in the meantime."),
        _l("The newer version was kept."),
        _l("Look at it and decide again."),
    ),
    413: (
        _l("This is too large"),
        _l("What was sent is larger than the 25 MB that a request may have."),
        _l("Nothing was stored."),
        _l("Leave out data files and outputs that are not needed, and send it again."),
    ),
    429: (
        _l("Too many tries"),
        _l("There were more tries than usual from here in a short time."),
        NOTHING_CHANGED,
        _l("Wait a few minutes and try again."),
    ),
    500: (
        _l("Something broke on our side"),
        _l("The page could not be made. The fault was written to the log."),
        _l("Nothing half-done was kept."),
        _l("Try again; if it happens again, tell the people who run this site."),
    ),
    503: (
        _l("A part of the platform is not answering"),
        _l("It is being started again, or somebody is working on it."),
        _l("What you had saved and submitted before is safe."),
        _l("Wait a moment and load the page again."),
    ),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(NotVisible, lambda error: page(404))
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(OperationalError, _database_down)
    app.register_error_handler(InterfaceError, _database_down)
    app.register_error_handler(Exception, _fault)


def page(
    code: int, message: str | LazyText | None = None, *, without_database: bool = False
) -> tuple[Any, int]:
    """The answer for CODE, with MESSAGE in place of the usual words about what happened.

    WITHOUT_DATABASE leaves out everything of the frame that asks who is reading.
    """
    title, happened, kept, following = PAGES.get(code, PAGES[500])
    happened_text = str(message or happened)
    if request.path.startswith("/api/"):
        return {"error": {"code": code, "message": happened_text}}, code
    return render_template(
        "web/error.html",
        code=code,
        minimal=without_database,
        title=str(title),
        what_happened=happened_text,
        what_was_kept=str(kept),
        what_next=str(following),
        action_url=url_for("web.home"),
        action_label=str(_l("To the home page")),
    ), code


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error  # a redirect raised as an exception
    return page(error.code)


def _csrf_error(error: CSRFError) -> Any:
    return page(
        400,
        _l("The page was open for too long, or it was opened in another session: please reload."),
    )


def _refused(error: Refused) -> Any:
    return page(409, error.message)


def _database_down(error: Exception) -> Any:
    log.error("the database does not answer: %s", error)
    db.session.rollback()
    g.database_is_down = True
    g._login_user = AnonymousUserMixin()  # or Flask-Login would ask the database who is reading
    return page(503, without_database=True)


def _fault(error: Exception) -> Any:
    log.exception("a fault at %s", request.path)
    db.session.rollback()
    return page(500)
