"""Builds the site. The only file that names every room."""

import importlib
import importlib.util
import os
from types import ModuleType
from typing import Any

from flask import Flask
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app import engine
from app.hosting.postgres import embedded_url
from app.kernel import bigfiles, blobs, mail
from app.kernel.config import Config
from app.kernel.database import db
from app.kernel.transaction import end_reading
from app.web import doors, errors, filters, languages, layout, security, streams, templating

ROOMS = (
    *("web", "accounts", "privacy", "search", "notifications", "conversations", "questions"),
    *("rubrics", "skills", "datasets", "labs", "catalog", "learning", "workspaces", "quizzes"),
    *("grading", "gradebook", "regrading", "marking", "finals", "insights", "challenges"),
    *("evidence", "credentials", "portfolio", "bookings", "teams", "needs", "briefs", "talent"),
    *("applications", "rounds", "steering", "operations"),
)
"""From the ground up. A room registers what it has: views, api, policies, subscribers, tasks, …"""

MAX_REQUEST_BYTES = 30 * 1024 * 1024


def create_app(config: Config | None = None, *, engine_options: Any = None) -> Flask:
    """The Flask application for CONFIG (default: what the environment says)."""
    config = config or Config.from_environ(os.environ)
    app = Flask("app", static_folder="web/static", static_url_path="/static", template_folder=None)
    app.extensions["config"] = config
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url or embedded_url(config.instance),
        SQLALCHEMY_ENGINE_OPTIONS=engine_options
        or {
            "pool_pre_ping": True,
            "pool_use_lifo": True,
            "pool_size": 10,
            "max_overflow": 30,
            "pool_timeout": 10,
        },
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="__Host-banyan" if config.uses_https else "banyan",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.uses_https,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=config.uses_https,
    )
    templating.init_app(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    # One proxy stands before the site and says who asks; the scheme is what BANYAN_URL says.
    app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        app.wsgi_app, x_for=1, x_proto=0, x_host=0
    )

    db.init_app(app)
    app.teardown_appcontext(lambda _error: end_reading())
    blobs.configure(config.instance / "blobs")
    bigfiles.configure(config.instance / "data")
    engine.offer_data(config.instance / "data" / "open")
    mail.configure(config)
    csrf = CSRFProtect(app)
    app.extensions["csrf"] = csrf
    login = LoginManager(app)
    login.session_protection = None  # sessions are rows that can be ended, see accounts.SignIn
    app.extensions["login"] = login

    security.init_app(app, config)
    import_models()
    languages.init_app(app)  # before the doors: they speak to people
    permissions = doors.init_app(app)
    layout.init_app(app)
    filters.init_app(app)
    errors.init_app(app)
    streams.init_app(app)
    for room in ROOMS:
        _move_in(app, room, permissions)
    return app


def import_models() -> None:
    """Let the database's metadata know the tables of every room."""
    importlib.import_module("app.kernel.audit")
    for room in ROOMS:
        _module(room, "models")
        _module(room, "personal")


def _move_in(app: Flask, room: str, permissions: doors.Permissions) -> None:
    """Register what a room has. Absent files are fine; a fault inside one is not."""
    policies = _module(room, "policies")
    if policies is not None and hasattr(policies, "GRANTS"):
        permissions.add(policies.GRANTS)
    for name in ("subscribers", "tasks"):
        _module(room, name)
    for name in ("views", "api"):
        edge = _module(room, name)
        if edge is None:
            continue
        app.register_blueprint(edge.bp)
        if hasattr(edge, "init_app"):
            edge.init_app(app)


def _module(room: str, name: str) -> ModuleType | None:
    full = f"app.{room}.{name}"
    if importlib.util.find_spec(full) is None:
        return None
    return importlib.import_module(full)
