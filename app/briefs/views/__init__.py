"""Pages of briefs."""

from flask import Flask

from app.briefs.views import (  # noqa: F401 (each adds its routes)
    changing,
    company,
    reading,
    reviewing,
    teams,
    words,
    writing,
)
from app.briefs.views.blueprint import bp
from app.briefs.views.frame import fill

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    words.init_app(app)
    with app.app_context():
        fill()
        teams.fill()
