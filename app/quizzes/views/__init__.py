"""Pages of quizzes."""

from flask import Flask

from app.quizzes.views import (  # noqa: F401 (each adds its routes)
    accommodations,
    answers,
    desk,
    home,
    rules,
    taking,
)
from app.quizzes.views.blueprint import bp

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    home.init_app(app)
