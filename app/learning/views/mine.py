"""A student's own pages: bookmarks, what remains."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel.errors import NotVisible
from app.learning import operations, queries
from app.learning.views.blueprint import bp
from app.web.doors import signed_in
from app.web.redirects import safe_next


@bp.get("/learn/bookmarks")
@signed_in
def bookmarks() -> str:
    views = queries.my_enrolments(me())
    return render_template("learning/bookmarks.html", marked=queries.my_bookmarks(me(), views))


@bp.post("/learn/<code>/bookmarks/<kind>/<slug>")
@signed_in
def set_bookmark(code: str, kind: str, slug: str) -> Response:
    """Mark an item or take the mark away, then back to where she was."""
    view = queries.section_for(me(), code)
    key = f"{kind}:{slug}"
    if all(item.key != key for item in view.version.items):
        raise NotVisible(key)
    operations.set_bookmark(me(), view.section, key, wanted=request.form.get("wanted") == "1")
    return redirect(safe_next(url_for("learning.section", code=code)))


@bp.get("/learn/remaining")
@signed_in
def remaining() -> str:
    """What remains for the credential of each cluster of which she takes a course."""
    clusters, titles = queries.cluster_progress(me())
    return render_template("learning/remaining.html", clusters=clusters, titles=titles)
