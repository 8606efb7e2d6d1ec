"""Lists of threads, one thread, a new one."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.conversations import operations, places, queries
from app.conversations.forms import ReplyForm, ThreadForm
from app.conversations.queries import ThreadView
from app.conversations.rules import PAGE, SHOW_NAMES, Show, ThreadKind, page_of
from app.conversations.views.blueprint import (
    POSTS,
    asked_page,
    asked_text,
    bp,
    not_too_often,
    refused,
    say,
    shown,
)
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.web.doors import signed_in


@bp.get("/discussions/in/<key>")
@signed_in
def index(key: str) -> str:
    """The threads of a place, or about one of its subjects."""
    place = places.place_for(me(), key)
    subject = asked_text("about")
    if subject and subject not in place.subjects:
        raise NotVisible(subject)
    show = request.args.get("show", "all")
    listed = queries.threads_in(
        me(),
        place,
        subject=subject,
        search=asked_text("q"),
        show=Show(show) if show in set(Show) else Show.ALL,
        page=asked_page(),
    )
    return render_template(
        "conversations/index.html",
        place=place,
        subject=place.subjects.get(subject),
        listed=listed,
        counts=queries.counts_in(me(), key, moderates=place.may_moderate),
        reports=queries.open_report_counts([key]).get(key, 0) if place.may_moderate else 0,
        show_names=SHOW_NAMES,
    )


@bp.route("/discussions/in/<key>/new", methods=["GET", "POST"])
@signed_in
def new_thread(key: str) -> Any:
    place = places.place_for(me(), key)
    form = ThreadForm(place.subjects)
    template = "conversations/new.html"
    if request.method == "GET":
        form.subject.data = asked_text("about") or next(iter(place.subjects), "")
    if not form.validate_on_submit():
        return shown(form, template, place=place)
    try:
        not_too_often(POSTS)
        thread = operations.start_thread(
            me(),
            place,
            form.subject.data,
            ThreadKind(form.kind.data),
            form.title.data or "",
            form.words,
        )
    except Refused as error:
        return refused(form, error, template, place=place)
    flash(_("It stands there now. You hear of every reply."), "success")
    return redirect(url_for("conversations.thread", thread_id=thread.id))


@bp.post("/discussions/in/<key>/read")
@signed_in
def read_all(key: str) -> Response:
    operations.note_all_seen(me(), places.place_for(me(), key))
    flash(_("Everything here counts as read now."), "success")
    return redirect(url_for("conversations.index", key=key))


@bp.route("/discussions/<uuid:thread_id>", methods=["GET", "POST"])
@signed_in
def thread(thread_id: uuid.UUID) -> Any:
    """A thread; a POST replies."""
    view = queries.thread_for(me(), thread_id)
    form = ReplyForm()
    if not form.validate_on_submit():
        return _page(view, form)
    try:
        not_too_often(POSTS)
        post = operations.reply(me(), view.thread, view.place, form.words)
    except Refused as error:
        form.form_errors.append(str(error.message))
        return _page(view, form)
    return redirect(_address(post.thread_id, post.position))


def _page(view: ThreadView, form: ReplyForm) -> tuple[str, int]:
    at = request.args.get("at", type=int)
    if at is not None:
        page = page_of(max(0, min(at, view.thread.post_count - 1)))
    elif request.method == "POST":
        page = page_of(view.thread.post_count - 1)
    else:
        page = asked_page()
    reader = queries.reader_of(me(), view.thread)
    seen = reader.seen_position if reader is not None else -1
    follows = reader is not None and reader.followed_at is not None
    last = min(page * PAGE, view.thread.post_count) - 1
    if last > seen:  # before the posts are loaded: a commit would load each of them again
        operations.note_seen(me(), view.thread, last)
    return render_template(
        "conversations/thread.html",
        view=view,
        posts=queries.posts_of(view.thread, page),
        answer=queries.answer_of(view.thread),
        seen=seen,
        follows=follows,
        form=form,
        page_of=page_of,
    ), 422 if form.errors else 200


@bp.route("/discussions/<uuid:thread_id>/following", methods=["GET", "POST"])
@signed_in
def following(thread_id: uuid.UUID) -> Any:
    """Follow a thread or stop it. A GET, as from a mail, only asks."""
    view = queries.thread_for(me(), thread_id)
    if request.method == "GET":
        reader = queries.reader_of(me(), view.thread)
        follows = reader is not None and reader.followed_at is not None
        return render_template("conversations/following.html", view=view, follows=follows)
    if request.form.get("wanted") == "1":
        operations.follow(me(), view.thread)
        flash(_("You hear of every reply from now on."), "success")
    else:
        operations.unfollow(me(), view.thread)
        flash(_("You hear no more of this thread."), "success")
    return redirect(url_for("conversations.thread", thread_id=thread_id))


@bp.post("/discussions/<uuid:thread_id>/pin")
@signed_in
def pin(thread_id: uuid.UUID) -> Response:
    view = queries.thread_for(me(), thread_id)
    operations.pin(me(), view.thread, view.place, wanted=request.form.get("wanted") == "1")
    return redirect(url_for("conversations.thread", thread_id=thread_id))


@bp.post("/discussions/<uuid:thread_id>/lock")
@signed_in
def lock(thread_id: uuid.UUID) -> Response:
    view = queries.thread_for(me(), thread_id)
    operations.lock(me(), view.thread, view.place, wanted=request.form.get("wanted") == "1")
    return redirect(url_for("conversations.thread", thread_id=thread_id))


@bp.post("/discussions/posts/<uuid:post_id>/answer")
@signed_in
def mark_answer(post_id: uuid.UUID) -> Response:
    post, view = queries.post_for(me(), post_id)
    try:
        if request.form.get("wanted") == "1":
            operations.mark_answer(me(), post, view.place)
        else:
            operations.unmark_answer(me(), post, view.place)
    except Refused as error:
        say(error)
    return redirect(_address(post.thread_id, post.position))


def _address(thread_id: uuid.UUID, position: int) -> str:
    return url_for("conversations.thread", thread_id=thread_id, at=position, _anchor=f"p{position}")
