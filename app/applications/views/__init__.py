"""Pages of applying and of choosing."""

from flask import Flask

from app.applications.views import desk, hers, refusing  # noqa: F401 (each adds its routes)
from app.applications.views.blueprint import bp
from app.applications.views.frame import init_frame

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    init_frame(app)
