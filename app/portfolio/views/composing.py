"""Her own side: pages, their parts and files."""

import uuid
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from wtforms import SelectChoice

from app.accounts.session import me
from app.kernel import clock
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.portfolio import operations, queries, rules
from app.portfolio.forms import BlockForm, NewPageForm, PageForm, ProfileForm
from app.portfolio.models import PortfolioFile, PortfolioPage
from app.portfolio.rules import BlockKind
from app.portfolio.views.answers import file_answer
from app.portfolio.views.blueprint import bp
from app.portfolio.views.words import KINDS
from app.web.doors import signed_in


@bp.get("/me/portfolio")
@signed_in
def index() -> Any:
    return _index(NewPageForm())


def _index(form: NewPageForm) -> Any:
    page = render_template(
        "portfolio/index.html",
        form=form,
        pages=queries.my_pages(me()),
        profile=queries.profile_of(me().id),
    )
    return page, 422 if form.errors else 200


@bp.post("/me/portfolio")
@signed_in
def create_page() -> Any:
    form = NewPageForm()
    if not form.validate_on_submit():
        return _index(form)
    try:
        page = operations.create_page(me(), form.words())
    except Refused as refusal:
        form.form_errors.append(str(refusal.message))
        return _index(form)
    return redirect(url_for("portfolio.compose", page_id=page.id), code=303)


@bp.route("/me/portfolio/profile", methods=["GET", "POST"])
@signed_in
def profile() -> Any:
    kept = queries.profile_of(me().id)
    files = [file for file in queries.my_files(me()) if file.is_picture]
    form = ProfileForm(data=ProfileForm.data_of(kept, me().name))
    form.picture.choices = [
        SelectChoice("", _("None")),
        *(SelectChoice(str(file.id), file.name) for file in files),
    ]
    links = rules.links_from(kept.links) if kept else ()
    if request.method == "POST":
        links = form.read_links(request.form)
        picture = next((file for file in files if str(file.id) == form.picture.data), None)
        answer = _saved(
            form,
            lambda: operations.change_profile(
                me(), form.words(request.form, picture), revision=form.revision.data
            ),
            url_for("portfolio.index"),
        )
        if answer is not None:
            return answer
    page = render_template("portfolio/profile.html", form=form, links=links, files=files)
    return page, 422 if form.errors else 200


@bp.get("/me/portfolio/<uuid:page_id>")
@signed_in
def compose(page_id: uuid.UUID) -> Any:
    page = queries.my_page(me(), page_id)
    return _composing(page, PageForm(data=PageForm.data_of(page), formdata=None), {})


def _composing(
    page: PortfolioPage, form: PageForm, written: dict[uuid.UUID, BlockForm], code: int = 200
) -> Any:
    """The page of composing; WRITTEN are forms of parts that came back."""
    facts = queries.facts_of(me().id, page.blocks)
    forms = {
        block.id: written.get(block.id)
        or BlockForm(data=BlockForm.data_of(block), formdata=None, prefix="")
        for block in page.blocks
    }
    html = render_template(
        "portfolio/compose.html",
        page=page,
        form=form,
        forms=forms,
        facts=facts,
        files=queries.my_files(me()),
        kinds=KINDS,
        open=request.args.get("open", ""),
    )
    return html, code


@bp.post("/me/portfolio/<uuid:page_id>")
@signed_in
def change_page(page_id: uuid.UUID) -> Any:
    page = queries.my_page(me(), page_id)
    form = PageForm()
    answer = _saved(
        form,
        lambda: operations.change_page(page, form.words(), revision=form.revision.data),
        url_for("portfolio.compose", page_id=page_id),
    )
    return answer if answer is not None else _composing(page, form, {}, 422)


@bp.post("/me/portfolio/<uuid:page_id>/deletion")
@signed_in
def delete_page(page_id: uuid.UUID) -> Any:
    operations.delete_page(me(), queries.my_page(me(), page_id))
    flash(_("The page is gone, and so is every way to it."), "success")
    return redirect(url_for("portfolio.index"), code=303)


@bp.post("/me/portfolio/<uuid:page_id>/blocks")
@signed_in
def add_block(page_id: uuid.UUID) -> Any:
    page = queries.my_page(me(), page_id)
    kind = request.form.get("kind", "")
    if kind not in [one.value for one in BlockKind]:
        raise NotVisible(kind)
    try:
        block = operations.add_block(page, BlockKind(kind))
    except Refused as refusal:
        flash(str(refusal.message), "error")
        return redirect(url_for("portfolio.compose", page_id=page_id), code=303)
    return _to_block(page_id, block.id)


def _to_block(page_id: uuid.UUID, block_id: uuid.UUID) -> Any:
    address = url_for(
        "portfolio.compose", page_id=page_id, open=block_id, _anchor=f"part-{block_id}"
    )
    return redirect(address, code=303)


@bp.post("/me/portfolio/<uuid:page_id>/blocks/<uuid:block_id>")
@signed_in
def change_block(page_id: uuid.UUID, block_id: uuid.UUID) -> Any:
    """Save a part. With files chosen on it, those are kept first and stand in it."""
    block = queries.my_block(me(), page_id, block_id)
    form = BlockForm()
    form.read_links(request.form)
    sent = request.form.copy()
    try:
        for file in _sent_files():
            sent.add("file", str(file.id))
    except Refused as refusal:
        form.form_errors.append(str(refusal.message))
    answer = _saved(
        form,
        lambda: operations.change_block(
            block, form.words(block.kind, sent), revision=form.revision.data
        ),
        url_for("portfolio.compose", page_id=page_id, open=block_id, _anchor=f"part-{block_id}"),
    )
    if answer is not None:
        return answer
    page = queries.my_page(me(), page_id)
    return _composing(
        page, PageForm(data=PageForm.data_of(page), formdata=None), {block_id: form}, 422
    )


def _sent_files() -> list[PortfolioFile]:
    return [
        operations.keep_file(me(), upload.filename, upload.stream.read(rules.MOST_FILE_BYTES + 1))
        for upload in request.files.getlist("new_files")
        if upload.filename
    ]


@bp.post("/me/portfolio/<uuid:page_id>/blocks/<uuid:block_id>/move")
@signed_in
def move_block(page_id: uuid.UUID, block_id: uuid.UUID) -> Any:
    """To place ``to``, or one ``up`` or ``down``."""
    block = queries.my_block(me(), page_id, block_id)
    order = [one.id for one in queries.my_page(me(), page_id).blocks]
    step = {"up": -1, "down": 1}.get(request.form.get("step", ""))
    to = order.index(block_id) + step if step else request.form.get("to", 0, int)
    made = operations.move_block(block, to)
    if _is_script():
        return jsonify(order=[str(one.id) for one in made])
    return redirect(
        url_for("portfolio.compose", page_id=page_id, _anchor=f"part-{block_id}"), code=303
    )


@bp.post("/me/portfolio/<uuid:page_id>/blocks/<uuid:block_id>/deletion")
@signed_in
def delete_block(page_id: uuid.UUID, block_id: uuid.UUID) -> Any:
    operations.delete_block(queries.my_block(me(), page_id, block_id))
    flash(_("The part is gone."), "success")
    return redirect(url_for("portfolio.compose", page_id=page_id), code=303)


@bp.route("/me/portfolio/files", methods=["GET", "POST"])
@signed_in
def files() -> Any:
    if request.method == "POST":
        try:
            if not _sent_files():
                flash(_("Choose a file first."), "error")
        except Refused as refusal:
            flash(str(refusal.message), "error")
        return redirect(url_for("portfolio.files"), code=303)
    return render_template("portfolio/files.html", files=queries.my_files(me()))


@bp.get("/me/portfolio/files/<uuid:file_id>")
@signed_in
def my_file(file_id: uuid.UUID) -> Any:
    return file_answer(queries.my_file(me(), file_id))


@bp.post("/me/portfolio/files/<uuid:file_id>/deletion")
@signed_in
def delete_file(file_id: uuid.UUID) -> Any:
    operations.delete_file(queries.my_file(me(), file_id))
    flash(_("The file is gone from every page."), "success")
    return redirect(url_for("portfolio.files"), code=303)


def _is_script() -> bool:
    return request.headers.get("X-Requested-With") == "portfolio"


def _saved(form: Any, save: Any, address: str) -> Any:
    """Save what FORM holds; what to answer, or None when the form has to come back as a page.

    A script is told the new revision, or what is wrong, and keeps what was typed.
    """
    valid = form.validate_on_submit()
    if valid and not form.form_errors:
        try:
            revision = save()
        except operations.Stale as stale:
            if _is_script():
                return jsonify(message=str(stale.message)), 409
            form.form_errors.append(str(stale.message))
        else:
            if _is_script():
                at = clock.now().astimezone(clock.TAIPEI).strftime("%H:%M:%S")
                return jsonify(revision=revision, message=_("Saved at %(time)s.", time=at))
            flash(_("Saved."), "success")
            return redirect(address, code=303)
    if _is_script():
        problems = [str(text) for errors in form.errors.values() for text in errors]
        return jsonify(message=" ".join(problems)), 422
    return None
