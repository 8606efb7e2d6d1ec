"""Pages of appointments: mine, those of a subject, one of them."""

from flask import Flask

from app.bookings.views import appointments, subjects  # noqa: F401 (each adds its routes)
from app.bookings.views.blueprint import bp
from app.bookings.views.frame import init_frame, words

__all__ = ["bp", "init_app"]

bp.context_processor(words)


def init_app(app: Flask) -> None:
    init_frame(app)
