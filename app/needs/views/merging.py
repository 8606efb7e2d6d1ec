"""One pain point counts as another: for officers."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.needs import operations, queries
from app.needs.models import PainPoint
from app.needs.queries import Asked
from app.needs.views.blueprint import bp, officers


@bp.get("/needs/duplicates")
@officers
def duplicates() -> str:
    """Pairs that resemble each other, the most alike first."""
    return render_template("needs/duplicates.html", pairs=queries.pairs_alike(me()))


@bp.get("/needs/<uuid:pain_point_id>/merge")
@officers
def merging(pain_point_id: uuid.UUID) -> str:
    """Choose what it is the same as: what resembles it, or what a search finds."""
    found = queries.pain_point(me(), pain_point_id)
    search = request.args.get("q", "").strip().replace("\0", "")[:200]
    candidates: list[tuple[PainPoint, float | None]]
    if search:
        listed = queries.ranked(me(), Asked(search=search)).rows
        candidates = [(row.pain_point, None) for row in listed if row.pain_point.id != found.id]
    else:
        candidates = [(row.pain_point, row.similarity) for row in queries.resembling(me(), found)]
    return render_template(
        "needs/merge.html", pain_point=found, candidates=candidates, search=search
    )


@bp.post("/needs/<uuid:pain_point_id>/merge")
@officers
def merge(pain_point_id: uuid.UUID) -> Response:
    found = queries.pain_point(me(), pain_point_id)
    try:
        into = queries.pain_point(me(), uuid.UUID(request.form.get("into", "")))
    except ValueError:
        raise NotVisible(request.form.get("into", "")) from None
    try:
        operations.merge(me(), found, into)
        flash(
            _(
                "%(one)s counts as %(other)s now. It can be undone on its page.",
                one=f"#{found.number}",
                other=f"#{into.number}",
            ),
            "success",
        )
    except Refused as error:
        flash(str(error.message), "error")
    if request.form.get("back") == "duplicates":
        return redirect(url_for("needs.duplicates"), code=303)
    return redirect(url_for("needs.pain_point", pain_point_id=pain_point_id), code=303)


@bp.post("/needs/<uuid:pain_point_id>/merge/undoing")
@officers
def undo_merge(pain_point_id: uuid.UUID) -> Response:
    found = queries.pain_point(me(), pain_point_id)
    try:
        operations.undo_merge(me(), found)
        flash(_("%(one)s stands for itself again.", one=f"#{found.number}"), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("needs.pain_point", pain_point_id=pain_point_id), code=303)
