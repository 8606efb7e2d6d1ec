"""Pages of teaching and learning."""

from flask import Flask

from app.learning.views import courses
from app.learning.views.blueprint import bp

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    courses.init_app(app)
