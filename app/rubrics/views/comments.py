"""Comments to use again: the list, writing, and what a page's script asks for."""

import uuid
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for

from app.accounts.session import me
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.rubrics import operations, queries
from app.rubrics.forms import CommentForm
from app.rubrics.models import SavedComment
from app.rubrics.views.blueprint import asked_list, asked_text, bp, refused, writers
from app.web.csv import csv_response
from app.web.filters import day


def _form(comment: SavedComment | None = None) -> CommentForm:
    given = {}
    if comment is not None:
        given = {
            "zh": comment.text.get("zh-Hant-TW", ""),
            "en": comment.text.get("en", ""),
            "tags": ", ".join(comment.tags),
            "organisation": str(comment.organisation_id or ""),
        }
    form = CommentForm(data=given)
    organisations = queries.organisations_to_share_with(me())
    form.offer([(str(one.id), str(one.name)) for one in organisations])
    return form


def _listed(*, paged: bool) -> tuple[Any, Any]:
    asked = asked_list("used", paged=paged)
    return asked, queries.comments(
        me(),
        tag=asked_text("tag"),
        whose=asked_text("whose"),
        archived=asked_text("state") == "archived",
        **asked.query,
    )


def _page() -> dict[str, Any]:
    asked, listed = _listed(paged=True)
    return {
        "asked": asked,
        "listed": listed,
        "tag_options": [(tag, tag) for tag in queries.tags_of(me())],
        "me": me(),
    }


@bp.get("/rubrics/comments")
@writers
def comments() -> str:
    return render_template("rubrics/comments.html", form=_form(), **_page())


@bp.get("/rubrics/comments.csv")
@writers
def comments_csv() -> Any:
    return csv_response(
        "comments.csv",
        [_("Comment in Chinese"), _("Comment in English"), _("Tags"), _("Used"), _("Last used")],
        (
            [
                row.text.get("zh-Hant-TW", ""),
                row.text.get("en", ""),
                ", ".join(row.tags),
                row.used_count,
                day(row.last_used_at),
            ]
            for row in _listed(paged=False)[1].rows
        ),
    )


@bp.get("/rubrics/comments.json")
@writers
def comments_json() -> Any:
    """What matches the words typed so far, what is used most first."""
    found = queries.comments_for(me(), asked_text("q"))
    return jsonify(
        comments=[
            {"id": str(row.id), "text": str(row.text), "tags": row.tags, "used": row.used_count}
            for row in found
        ]
    )


@bp.post("/rubrics/comments")
@writers
def create_comment() -> Any:
    """From the form of the list, or from a page's script beside somebody's work."""
    is_script = request.accept_mimetypes.best == "application/json"
    form = _form()
    try:
        if not form.validate_on_submit():
            if is_script:
                words = [str(text) for texts in form.errors.values() for text in texts]
                return jsonify(error=" ".join(words)), 422
            return render_template("rubrics/comments.html", form=form, **_page()), 422
        made = operations.save_comment(
            me(), form.text, form.tag_list, organisation_id=form.organisation_id
        )
    except Refused as error:
        if is_script:
            return jsonify(error=str(error.message)), 422
        return refused(form, error, "rubrics/comments.html", **_page())
    if is_script:
        return jsonify(id=str(made.id), text=str(made.text)), 201
    flash(_("The comment is kept."), "success")
    return redirect(url_for("rubrics.comments"))


@bp.route("/rubrics/comments/<uuid:comment_id>", methods=["GET", "POST"])
@writers
def comment(comment_id: uuid.UUID) -> Any:
    found = queries.comment_owned_by(me(), comment_id)
    form = _form(found)
    template = "rubrics/comment.html"
    if not form.validate_on_submit():
        page = render_template(template, form=form, comment=found)
        return page, 422 if form.errors else 200
    try:
        operations.edit_comment(
            me(), found, form.text, form.tag_list, organisation_id=form.organisation_id
        )
    except Refused as error:
        return refused(form, error, template, comment=found)
    flash(_("Saved."), "success")
    return redirect(url_for("rubrics.comments"))


@bp.post("/rubrics/comments/<uuid:comment_id>/uses")
@writers
def use_comment(comment_id: uuid.UUID) -> Any:
    """Count that it was inserted."""
    found = queries.comment_usable_by(me(), comment_id)
    operations.use_comments(me(), [found.id])
    return jsonify(id=str(found.id))


@bp.post("/rubrics/comments/<uuid:comment_id>/archival")
@writers
def archive_comment(comment_id: uuid.UUID) -> Any:
    operations.archive_comment(queries.comment_owned_by(me(), comment_id))
    flash(_("The comment is in the archive. You can bring it back."), "success")
    return redirect(url_for("rubrics.comments"))


@bp.post("/rubrics/comments/<uuid:comment_id>/restoration")
@writers
def restore_comment(comment_id: uuid.UUID) -> Any:
    operations.restore_comment(queries.comment_owned_by(me(), comment_id))
    flash(_("The comment is back."), "success")
    return redirect(url_for("rubrics.comments"))
