"""The browser's half of a sign-in: a random token in the session cookie, and nothing else.

Flask-Login finds it under its own key; ``operations.sign_ins`` keeps the other half.
"""

import uuid
from typing import Any

from flask import Flask, current_app, g, request, session
from flask_login import current_user

from app.accounts import operations, queries
from app.accounts.models import Person
from app.kernel.config import Config

TOKEN = "_user_id"  # noqa: S105 (Flask-Login's name of the key)
REGISTERED = "registered"


def config() -> Config:
    found: Config = current_app.extensions["config"]
    return found


def init_app(app: Flask) -> None:
    app.extensions["login"].user_loader(load_person)


def load_person(token: str) -> Person | None:
    """The person whose live sign-in this session's TOKEN opens."""
    sign_in = queries.live_sign_in(token)
    if sign_in is None or (sign_in.person.is_demo and not config().demo):
        return None
    if operations.visit_is_news(sign_in):
        operations.note_visit(sign_in)
    g.sign_in_id = sign_in.id
    return sign_in.person


def me() -> Person:
    """Who is signed in at this request: herself, not Flask-Login's stand-in."""
    person: Person = current_user._get_current_object()
    return person


def begin(token: str, *, remember: bool = False) -> None:
    """Make this browser the holder of TOKEN; what an earlier visitor left in it is forgotten."""
    session.clear()
    session[TOKEN] = token
    session.permanent = remember
    # Whoever asks for current_user later in this request is to get the new person.
    g.pop("_login_user", None)


def forget() -> None:
    session.clear()
    g.pop("_login_user", None)


def sign_in_id() -> uuid.UUID | None:
    """The sign-in of this request, or None."""
    return g.get("sign_in_id") if current_user.is_authenticated else None


def where_from() -> dict[str, Any]:
    """The address and program of this request, as operations want them."""
    return {
        "address": request.remote_addr or "",
        "user_agent": request.headers.get("User-Agent", ""),
    }
