"""Pages of requests and of regrading."""

from flask import Flask

from app.regrading.views import answering, asking, runs  # noqa: F401 (each adds its routes)
from app.regrading.views.asking import look_again
from app.regrading.views.blueprint import bp
from app.web.layout import layout

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_home_section(answering.requests_at_home, order=16)
    app.jinja_env.globals["look_again"] = look_again
