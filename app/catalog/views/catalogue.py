"""The catalogue's public pages: the list of clusters, pictures, files to download."""

from urllib.parse import quote

from flask import Response, abort, render_template, url_for

from app.catalog import queries
from app.catalog.rules import INDUSTRIES
from app.catalog.views.blueprint import bp, picture_answer
from app.kernel import blobs
from app.web.doors import public, signed_in


@bp.get("/clusters")
@public
def index() -> str:
    return render_template("catalog/index.html", clusters=cards())


@bp.get("/pictures/<blob>")
@public
def picture(blob: str) -> Response:
    content_type = queries.picture_type(blob) or abort(404)
    response = picture_answer(blobs.get(blob), content_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@bp.get("/files/<blob>/<name>")
@signed_in
def file(blob: str, name: str) -> Response:
    """A file of some lesson. Its address holds the hash of what it says: nobody guesses it."""
    found = queries.file_item(blob, name) or abort(404)
    is_pdf = name.lower().endswith(".pdf")
    kind = "application/pdf" if is_pdf else "application/octet-stream"
    response = Response(blobs.get(blob), mimetype=kind)
    how = "inline" if is_pdf else "attachment"
    response.headers["Content-Disposition"] = (
        f"{how}; filename*=UTF-8''{quote(found.file_name or name, safe='')}"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


def cards() -> list[dict[str, object]]:
    return [
        {
            "slug": row.cluster.slug,
            "title": row.cluster.title,
            "summary": row.cluster.summary,
            "url": url_for("learning.cluster", slug=row.cluster.slug),
            "industry": INDUSTRIES.get(row.cluster.industry, row.cluster.industry),
            "picture_url": row.cluster.picture_blob
            and url_for("catalog.picture", blob=row.cluster.picture_blob),
            "course_count": row.course_count,
        }
        for row in queries.clusters()
    ]
