"""Pages of talent: hers, and the search of approved companies."""

from flask import Flask

from app.talent.views import company, frame, mine  # noqa: F401 (each adds its routes)
from app.talent.views.blueprint import bp

__all__ = ["bp", "init_app"]

bp.context_processor(frame.words)


def init_app(app: Flask) -> None:
    with app.app_context():
        frame.fill()
