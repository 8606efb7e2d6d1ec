"""Home, language, theme, health."""

from flask import Blueprint, abort, redirect, render_template, request
from flask_login import current_user
from sqlalchemy import text
from werkzeug.wrappers import Response

from app.kernel import i18n
from app.kernel.database import db
from app.web import languages
from app.web.doors import public
from app.web.layout import layout
from app.web.redirects import safe_next

bp = Blueprint("web", __name__, template_folder="templates")

THEMES = ("auto", "light", "dark")
YEAR_SECONDS = 365 * 24 * 3600


@bp.get("/")
@public
def home() -> str:
    if not current_user.is_authenticated:
        frame = layout().public_home
        return render_template("web/home_public.html", **(frame() if frame else {}))
    return render_template("web/home.html", sections=layout().home(current_user))


@bp.get("/language/<language>")
@public
def set_language(language: str) -> Response:
    if language not in i18n.LOCALES:
        abort(404)
    response = redirect(safe_next())
    response.set_cookie(
        languages.COOKIE, language, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure
    )
    return response


@bp.post("/theme")
@public
def set_theme() -> Response:
    theme = request.form.get("theme", "auto")
    if theme not in THEMES:
        abort(400)
    response = redirect(safe_next())
    response.set_cookie(
        "theme", theme, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure
    )
    return response


@bp.get("/healthz")
@public
def health() -> dict[str, str]:
    """Whether the site reaches its database; 503 when it does not."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ok"}


@bp.app_context_processor
def _theme() -> dict[str, str]:
    theme = request.cookies.get("theme", "auto")
    return {"theme": theme if theme in THEMES else "auto"}
