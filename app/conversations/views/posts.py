"""One's own posts are changed and taken back; everybody's history."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.conversations import operations, queries
from app.conversations.forms import PostForm, TitledForm
from app.conversations.models import Post
from app.conversations.queries import ThreadView
from app.conversations.views.blueprint import bp, refused, say, shown
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.web.doors import signed_in


def _mine(post_id: uuid.UUID) -> tuple[Post, ThreadView]:
    post, view = queries.post_for(me(), post_id)
    if post.author_id != me().id:
        raise NotVisible(str(post_id))
    return post, view


def back_to(post: Post) -> Any:
    return redirect(
        url_for(
            "conversations.thread",
            thread_id=post.thread_id,
            at=post.position,
            _anchor=f"p{post.position}",
        )
    )


@bp.route("/discussions/posts/<uuid:post_id>/edit", methods=["GET", "POST"])
@signed_in
def edit_post(post_id: uuid.UUID) -> Any:
    post, view = _mine(post_id)
    form: PostForm
    if post.position == 0:
        form = TitledForm(body=post.body, title=view.thread.title)
    else:
        form = PostForm(body=post.body)
    page = {"post": post, "view": view}
    if not form.validate_on_submit():
        return shown(form, "conversations/edit.html", **page)
    title = form.title.data or "" if isinstance(form, TitledForm) else ""
    try:
        operations.edit_post(me(), post, view.place, form.body.data or "", title)
    except Refused as error:
        return refused(form, error, "conversations/edit.html", **page)
    return back_to(post)


@bp.route("/discussions/posts/<uuid:post_id>/deletion", methods=["GET", "POST"])
@signed_in
def delete_post(post_id: uuid.UUID) -> Any:
    """Asks on a GET; deletes on a POST."""
    post, view = _mine(post_id)
    if request.method == "GET":
        return render_template("conversations/delete.html", post=post, view=view)
    try:
        operations.delete_post(me(), post, view.place)
    except Refused as error:
        say(error)
        return back_to(post)
    flash(_("Your post is deleted."), "success")
    if view.thread.removed_at is not None:
        return redirect(url_for("conversations.index", key=view.place.key))
    return back_to(post)


@bp.get("/discussions/posts/<uuid:post_id>/history")
@signed_in
def history(post_id: uuid.UUID) -> str:
    """What a post said before, for its author and the staff."""
    post, view = queries.post_for(me(), post_id)
    if post.author_id != me().id and not view.place.may_moderate:
        raise NotVisible(str(post_id))
    return render_template(
        "conversations/history.html", post=post, view=view, revisions=queries.revisions_of(post)
    )
