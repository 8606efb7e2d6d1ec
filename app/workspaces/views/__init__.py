"""Pages that start a person's server, and those beside a course's editor that try its labs."""

from flask import Flask

from app.workspaces import hub
from app.workspaces.views import opening, writing
from app.workspaces.views.blueprint import bp

__all__ = ["PAGES", "bp", "init_app"]

PAGES = (opening, writing)


def init_app(app: Flask) -> None:
    hub.configure(hub.RestHub(app.extensions["config"]))
    app.jinja_env.globals.update(lab_tools=writing.lab_tools, lab_checks_of=writing.lab_checks_of)
