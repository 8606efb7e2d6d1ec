"""Pages of people and organisations."""

from flask import Flask

from app.accounts import session
from app.accounts.views import (  # noqa: F401 (each adds its routes)
    approvals,
    companies,
    company_desk,
    company_people,
    filters,
    home,
    invitations,
    navigation,
    organisations,
    passwords,
    people,
    profile,
    registration,
    rosters,
    sessions,
)
from app.accounts.views.blueprint import bp

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    session.init_app(app)
    navigation.init_app(app)
    home.init_app(app)
