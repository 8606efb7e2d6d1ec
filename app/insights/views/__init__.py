"""The room's pages."""

from flask import Flask

from app.insights.rules.words import number, reason_words
from app.insights.views import (  # noqa: F401 (each adds its routes)
    attention,
    home,
    items,
    similarity,
)
from app.insights.views.blueprint import bp
from app.web.layout import layout

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_home_section(home.attention_at_home, order=28)
    app.jinja_env.globals["reason_words"] = reason_words
    app.jinja_env.filters["one_digit"] = number
