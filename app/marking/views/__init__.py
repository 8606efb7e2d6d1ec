"""Pages of the desk. Each module adds its routes to the blueprint."""

from flask import Flask

from app.grading.views.submissions import markdown, png_address
from app.marking.queries import judged_parts
from app.marking.views import desk, seconds, shares, works  # noqa: F401 (each adds its routes)
from app.marking.views.blueprint import bp

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    # What of a notebook is safe to show, and how, is said where its student reads it.
    app.jinja_env.globals.update(marking_markdown=markdown, marking_png=png_address)
    # Pages of the rooms below show beside the points how they came about.
    app.jinja_env.globals["judged_parts"] = judged_parts
