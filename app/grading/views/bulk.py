"""All work of a lab at once: downloaded as an archive, feedback and points given back."""

import uuid
from typing import Any

from flask import (
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from itsdangerous import BadData, URLSafeTimedSerializer

from app.accounts.session import me
from app.grading import operations, queries
from app.grading.operations import PlannedFile, PlannedPoints
from app.grading.queries import Box
from app.grading.rules.archives import MOST_UPLOAD_BYTES, BadArchive
from app.grading.rules.matching import FATE_NAMES, Fate, Which
from app.grading.views.blueprint import bp
from app.grading.views.teaching import frame, staff, taught_lab
from app.kernel import blobs
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning.models import Section
from app.web.doors import signed_in

UPLOAD_LASTS_SECONDS = 3600
SHOWN = 200
DONE = (Fate.NEW, Fate.REPLACES, Fate.CHANGED)


@bp.get("/submissions/<uuid:submission_id>/feedback/<uuid:file_id>")
@signed_in
def feedback_file(submission_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    """A file that staff gave back, always as a download: nothing in it runs here."""
    found = queries.submission_visible_to(me(), submission_id)
    file = next((f for f in found.feedback_files if f.id == file_id), None)
    if file is None or queries.held_from(me(), found):
        raise NotVisible(file_id)
    response = Response(blobs.get(file.blob), mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=file.name.rsplit("/", 1)[-1])
    return response


def _secret() -> str:
    secret: str = current_app.extensions["config"].secret_key
    return secret


def _boxes(section: Section, slug: str) -> list[Box]:
    """Everybody's work but hers who asks."""
    return queries.boxes_of(section, slug, secret=_secret(), without=me().id)


@bp.get("/teaching/<code>/labs/<slug>/submissions.zip")
@staff
def download_all(code: str, slug: str) -> Response:
    """The work of everybody, streamed; ``?which=`` and ``?blind=1`` choose."""
    view, item = taught_lab(code, slug)
    try:
        which = Which(request.args.get("which", Which.COUNTING.value))
    except ValueError:
        raise NotVisible(slug) from None
    blind = bool(request.args.get("blind"))
    root = queries.root_name(view.section.code, item.slug)
    parts = queries.archive_of(root, _boxes(view.section, item.slug), which, blind=blind)
    response = Response(stream_with_context(parts), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"{root}.zip")
    return response


def _uploads(section: Section, slug: str) -> URLSafeTimedSerializer:
    # Bound to person, section and lab, so that nobody can have another's stored file applied.
    return URLSafeTimedSerializer(_secret(), salt=f"grading.bulk.{section.id}.{slug}.{me().id}")


@bp.route("/teaching/<code>/labs/<slug>/bulk", methods=["GET", "POST"])
@staff
def bulk(code: str, slug: str) -> Any:
    """Download all, give feedback back. A POST shows what an upload would do, and does nothing."""
    view, item = taught_lab(code, slug)
    if request.method == "GET":
        return _page(code, item)
    file = request.files.get("file")
    content = file.read(MOST_UPLOAD_BYTES + 1) if file else b""
    if not content:
        return _page(code, item, _("Choose a file.")), 422
    if len(content) > MOST_UPLOAD_BYTES:
        return _page(code, item, _("The file is larger than 28 MB.")), 422
    return _preview(code, view.section, item, content)


def _page(code: str, item: Any, problem: str = "") -> str:
    return render_template("grading/bulk.html", item=item, problem=problem, **frame(code))


def _preview(code: str, section: Section, item: Any, content: bytes) -> Any:
    try:
        plan = operations.plan_feedback(_boxes(section, item.slug), content)
    except BadArchive as error:
        return _page(code, item, str(error.words)), 422
    rows: list[PlannedFile | PlannedPoints] = [*plan.files, *plan.points]
    return render_template(
        "grading/bulk_preview.html",
        item=item,
        plan=plan,
        files=_first(plan.files),
        points=_first(plan.points),
        shown=SHOWN,
        fates=[
            (name, count)
            for fate, name in FATE_NAMES.items()
            if (count := sum(row.fate is fate for row in rows))
        ],
        fate_names=FATE_NAMES,
        done=DONE,
        change_count=sum(row.fate in DONE for row in rows),
        upload=_uploads(section, item.slug).dumps(blobs.put(content)),
        **frame(code),
    )


def _first(rows: Any) -> list[Any]:
    """What needs a look comes first: what is left out, then what is done, then what stays."""
    quiet = (Fate.SAME, Fate.OWN)
    return sorted(rows, key=lambda row: (row.fate in quiet, row.fate in DONE))[:SHOWN]


@bp.post("/teaching/<code>/labs/<slug>/bulk/apply")
@staff
def apply_feedback(code: str, slug: str) -> Any:
    """Do what was looked at. When it is no longer the same it is shown again."""
    view, item = taught_lab(code, slug)
    back = redirect(url_for("grading.bulk", code=code, slug=slug), code=303)
    try:
        address = _uploads(view.section, slug).loads(
            request.form.get("upload", ""), max_age=UPLOAD_LASTS_SECONDS
        )
        content = blobs.get(address)
        plan = operations.plan_feedback(_boxes(view.section, slug), content)
    except (BadData, BadArchive, blobs.BlobMissing):
        flash(_("The uploaded file is gone. Please upload it again."), "error")
        return back
    if plan.name != request.form.get("plan"):
        flash(_("Something changed meanwhile: look at what would happen now."), "warning")
        return _preview(code, view.section, item, content)
    try:
        operations.apply_feedback(me(), view.section, slug, plan, content)
    except Refused as error:
        flash(str(error.message), "error")
        return back
    flash(
        _(
            "Done: %(files)s files and %(points)s cells.",
            files=len(plan.given),
            points=len(plan.changed),
        ),
        "success",
    )
    return back
