"""The catalogue's pages: clusters, and the pictures of lessons."""

from flask import Blueprint, Flask, Response, abort, render_template, url_for

from app.catalog import queries
from app.catalog.rules import INDUSTRIES, LEVELS
from app.kernel import blobs
from app.kernel.i18n import lazy_gettext as _l
from app.web.doors import public
from app.web.layout import layout

PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

bp = Blueprint("catalog", __name__, template_folder="templates")


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_navigation(_l("Courses"), "catalog.index", order=20)
        layout().public_home = lambda: {"clusters": _cards()}


@bp.get("/clusters")
@public
def index() -> str:
    return render_template("catalog/index.html", clusters=_cards())


@bp.get("/clusters/<slug>")
@public
def cluster(slug: str) -> str:
    found = queries.cluster(slug) or abort(404)
    return render_template(
        "catalog/cluster.html",
        cluster=found,
        industry=INDUSTRIES.get(found.industry, found.industry),
        levels=LEVELS,
        versions=queries.latest_versions(found.id),
    )


@bp.get("/pictures/<blob>")
@public
def picture(blob: str) -> Response:
    content_type = queries.picture_type(blob) or abort(404)
    response = Response(blobs.get(blob), mimetype=content_type)
    # Drawings may carry script; opened by itself, a picture runs nothing and reads nothing.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _cards() -> list[dict[str, object]]:
    return [
        {
            "slug": row.cluster.slug,
            "title": row.cluster.title,
            "summary": row.cluster.summary,
            "url": url_for("catalog.cluster", slug=row.cluster.slug),
            "picture_url": row.cluster.picture_blob
            and url_for("catalog.picture", blob=row.cluster.picture_blob),
            "course_count": row.course_count,
        }
        for row in queries.clusters()
    ]
