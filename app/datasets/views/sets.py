"""The list of data sets, a set's page, its files, and keeping one."""

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for

from app.accounts.session import me
from app.datasets import operations, queries
from app.datasets.forms import DataSetForm
from app.datasets.policies import keeps_data
from app.datasets.rules import Access
from app.datasets.views.blueprint import bp, keepers
from app.kernel import bigfiles
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.web.doors import signed_in


@bp.get("/data")
@keepers
def index() -> str:
    asked = {
        "search": request.args.get("q", "").strip().replace("\0", "")[:200],
        "access": request.args.get("access", ""),
    }
    listed = queries.data_sets(me(), page=max(1, request.args.get("page", 1, int)), **asked)
    return render_template("datasets/index.html", listed=listed, asked=asked)


@bp.route("/data/new", methods=["GET", "POST"])
@keepers
def new() -> Any:
    form = DataSetForm()
    if not form.validate_on_submit():
        return _form_again(form)
    try:
        sent = [UUID(text) for text in request.form.getlist("upload")]
        made = operations.keep_sent(
            me(),
            sent,
            [
                operations.incoming(file.filename, file.stream)
                for file in form.files.data or []
                if getattr(file, "filename", "")
            ],
            operations.Content(
                name=form.name.data or "",
                title=form.title,
                description=form.words,
                licence=form.licence.data or "",
                source=form.source.data or "",
                access=Access(form.access.data),
                files=(),
            ),
        )
    except Refused as error:
        form.form_errors.append(str(error.message))
        return _form_again(form)
    except (NotVisible, ValueError):
        form.form_errors.append(_("A file has gone. Choose it again."))
        return render_template("datasets/new.html", form=form, sent=[]), 422
    flash(_("Kept as %(address)s.", address=made.address), "success")
    return redirect(url_for("datasets.data_set", name=made.name, number=made.number), code=303)


def _form_again(form: DataSetForm) -> tuple[str, int]:
    """With what was typed, and what was sent."""
    page = render_template("datasets/new.html", form=form, sent=request.form.getlist("upload"))
    return page, 422 if form.errors else 200


@bp.get("/data/<name>/<int:number>")
@signed_in
def data_set(name: str, number: int) -> str:
    found = queries.data_set_visible_to(me(), name, number)
    return render_template(
        "datasets/data_set.html",
        set=found,
        versions=queries.versions_of(me(), name),
        keeps=keeps_data(me()),
    )


@bp.get("/data/<name>/<int:number>/<path:path>")
@signed_in
def file(name: str, number: int, path: str) -> Response:
    """A file of an open set. What is hidden does not leave by the web."""
    found = queries.data_set_visible_to(me(), name, number)
    digest = found.digest_of(path)
    if digest is None or found.access is not Access.OPEN:
        abort(404)
    answer = send_file(
        bigfiles.path_of(digest),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=path,
        etag=digest,
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
