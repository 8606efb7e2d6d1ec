"""Pages of people's own data, of notices and of the office that answers requests."""

from flask import Flask

from app.privacy.views import (  # noqa: F401 (each adds its routes)
    consents,
    home,
    looks,
    my_data,
    navigation,
    office,
)
from app.privacy.views.blueprint import bp

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    navigation.init_app(app)
    home.init_app(app)
