"""Points from a file: uploaded, looked at cell by cell, then taken over."""

import uuid
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer

from app.accounts.session import me
from app.gradebook import operations, queries
from app.gradebook.queries import Book
from app.gradebook.rules.entries import Way
from app.gradebook.rules.importing import MOST_BYTES
from app.gradebook.views.blueprint import bp, teachers
from app.gradebook.views.planned import done, shown_plan
from app.kernel import blobs
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _

UPLOAD_LASTS_SECONDS = 3600
SHOWN_PROBLEMS = 100


def _uploads(book: Book) -> URLSafeTimedSerializer:
    # Bound to person and section, so that nobody can have another's stored file applied.
    return URLSafeTimedSerializer(
        current_app.extensions["config"].secret_key,
        salt=f"gradebook.import.{book.section.id}.{me().id}",
    )


@bp.route("/teaching/<code>/gradebook/import", methods=["GET", "POST"])
@teachers
def import_file(code: str) -> Any:
    """Upload a file; the answer shows what it would change, and changes nothing."""
    book = queries.book_taught_by(me(), code)
    operations.bring_up_to_date(book)
    if request.method == "GET":
        return render_template("gradebook/import.html", code=code, book=book)
    file = request.files.get("file")
    content = file.read(MOST_BYTES + 1) if file else b""
    reason = request.form.get("reason", "").strip().replace("\0", "")[:500]
    problem = ""
    if not content:
        problem = _("Choose a file.")
    elif len(content) > MOST_BYTES:
        problem = _("The file is larger than 5 MB.")
    elif not reason:
        problem = _("Say where these points come from: students read it.")
    if problem:
        page = render_template("gradebook/import.html", code=code, book=book, problem=problem)
        return page, 422
    return _shown(book, content, reason)


def _shown(book: Book, content: bytes, reason: str) -> str:
    plan, read = operations.plan_import(book, content, reason=reason)
    return render_template(
        "gradebook/import_preview.html",
        code=book.section.code,
        book=book,
        plan=shown_plan(book, plan),
        problems=read.problems[:SHOWN_PROBLEMS],
        problem_count=len(read.problems),
        lines=read.lines,
        reason=reason,
        upload=_uploads(book).dumps([blobs.put(content), reason]),
    )


@bp.post("/teaching/<code>/gradebook/import/apply")
@teachers
def apply_import(code: str) -> Any:
    """Take over what was looked at. When it is no longer the same it is shown again."""
    book = queries.book_taught_by(me(), code)
    operations.bring_up_to_date(book)
    try:
        address, reason = _uploads(book).loads(
            request.form.get("upload", ""), max_age=UPLOAD_LASTS_SECONDS
        )
        content = blobs.get(address)
    except (BadData, blobs.BlobMissing):
        flash(_("The uploaded file is gone. Please upload it again."), "error")
        return redirect(url_for("gradebook.import_file", code=code))
    plan, _read = operations.plan_import(book, content, reason=reason)
    if plan.name != request.form.get("plan"):
        flash(_("Grades changed meanwhile: look at what would happen now."), "warning")
        return _shown(book, content, reason)
    try:
        outcome = operations.apply_plan(me(), book, plan, way=Way.IMPORT, reason=reason)
    except Refused as error:
        flash(str(error.message), "error")
        return redirect(url_for("gradebook.import_file", code=code))
    return done(code, outcome)


@bp.get("/teaching/<code>/gradebook/batches/<uuid:batch_id>")
@teachers
def batch(code: str, batch_id: uuid.UUID) -> Any:
    """What was changed in one go, and the way to take it back."""
    book = queries.book_taught_by(me(), code)
    found = queries.batch_of(book.section, batch_id)
    return render_template("gradebook/batch.html", code=code, book=book, batch=found)
