"""Pages of discussions."""

from typing import Any

from flask import Flask, render_template, request
from flask_login import current_user
from markupsafe import Markup

from app.conversations import queries
from app.conversations.views import (  # noqa: F401 (each adds its routes)
    moderating,
    posts,
    threads,
)
from app.conversations.views.blueprint import bp

__all__ = ["bp", "discussion_link", "init_app"]


def init_app(app: Flask) -> None:
    app.jinja_env.globals["discussion_link"] = discussion_link


def discussion_link(place: str, subject: str) -> Markup:
    """“Discussion (3 new)”, with the way there, for the page of what is talked about.

    For pages whose reader may read in PLACE.
    """
    count = queries.counts_in(_me(), place).get(subject, queries.Count())
    return Markup(  # autoescaped there
        render_template("conversations/_link.html", place=place, subject=subject, count=count)
    )


def _me() -> Any:
    return current_user._get_current_object() if request else None
