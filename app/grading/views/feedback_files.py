"""Feedback to keep: as HTML in nbgrader's look and as PDF; one work, or all of a lab."""

import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for

from app import engine
from app.accounts.session import me
from app.grading import queries
from app.grading.models import CellScore, Submission
from app.grading.queries.archive import Sink, zip_entry
from app.grading.rules.archives import safe_name
from app.grading.views.blueprint import bp, given_scores, hint_for, shown_message, shown_outcome
from app.grading.views.blueprint import shown_score as score_of
from app.grading.views.submissions import markdown, png_address
from app.grading.views.teaching import staff, taught_lab
from app.kernel.errors import NotVisible
from app.kernel.i18n import current_locale
from app.kernel.i18n import gettext as _
from app.web.doors import signed_in

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
LONGEST = {"html": 200_000, "pdf": 20_000}
"""Characters of one text, by the form of the file: paper does not scroll."""
MOST_BLOCKS = 1_000
MOST_PICTURE_BYTES = 5 * 1024**2
TYPES = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


@dataclass(frozen=True)
class Made:
    """One cell of a notebook with all that its student may read of it."""

    block: engine.FeedbackBlock
    cell: CellScore | None = None
    outcome: str = ""
    score: float | None = None
    message: str | None = None
    hint: str = ""
    comments: tuple[tuple[str, str], ...] = ()
    """(who, what she wrote)"""

    @property
    def kind_name(self) -> str:
        """As nbgrader calls it."""
        if self.cell is not None and self.cell.kind == "test":
            return _("Test cell")
        return _("Written response") if self.block.kind == "markdown" else _("Coding free-response")


@dataclass(frozen=True)
class Part:
    """One notebook."""

    name: str
    blocks: tuple[Made, ...]
    score: float
    max_score: float


def page_of(found: Submission, form: str) -> str:
    """The feedback on a submission as a page of its own, for FORM ``html`` or ``pdf``."""
    return render_template(
        "grading/feedback_file.html",
        submission=found,
        title=f"{found.lab_version.title} · {found.section.code}",
        parts=[_part(found, notebook) for notebook in found.attempt.notebooks],
        locale=current_locale(),
        longest=LONGEST[form],
        policy=POLICY,
        markdown=markdown,
        png=png_address,
    )


def _part(found: Submission, notebook: Any) -> Part:
    cells = {cell.grade_id: cell for cell in notebook.cells}
    given, notes, attempt = given_scores(found), queries.annotations_of(found), found.attempt
    made = []
    for number, block in enumerate(queries.feedback_blocks(notebook)[:MOST_BLOCKS]):
        pictures = [o for o in block.outputs if len(o.data) <= MOST_PICTURE_BYTES]
        block = replace(block, outputs=tuple(pictures))
        comments = [(n.by.name, n.text) for n in notes.at(notebook.name, number, block)]
        cell = cells.get(block.cell.grade_id) if block.cell else None
        if cell is None:
            made.append(Made(block, message=block.message, comments=tuple(comments)))
            continue
        person = given.get((notebook.name, cell.grade_id))
        if person is not None and person.comment:
            comments.append((person.graded_by.name, person.comment))
        made.append(
            Made(
                block,
                cell,
                shown_outcome(attempt, cell, person),
                score_of(attempt, cell, person),
                block.message if shown_message(attempt, cell, person) else None,
                hint_for(found, cell),
                tuple(comments),
            )
        )
    scores = [
        score_of(attempt, cell, given.get((notebook.name, cell.grade_id)))
        for cell in notebook.cells
    ]
    return Part(
        notebook.name,
        tuple(made),
        sum(score for score in scores if score is not None),
        sum(cell.max_score for cell in notebook.cells),
    )


def made_file(found: Submission, form: str) -> bytes:
    """Raises PdfUnavailable, PdfFailed."""
    page = page_of(found, form)
    return engine.pdf_of(page) if form == "pdf" else page.encode()


@bp.get("/submissions/<uuid:submission_id>/feedback.<any(html,pdf):form>")
@signed_in
def feedback_as_file(submission_id: uuid.UUID, form: str) -> Any:
    """What the student may see of her graded work, always as a download."""
    found = queries.submission_visible_to(me(), submission_id)
    if queries.held_from(me(), found) or not found.attempt.notebooks:
        raise NotVisible(submission_id)
    try:
        content = made_file(found, form)
    except (engine.PdfUnavailable, engine.PdfFailed) as error:
        _say(error)
        return redirect(url_for("grading.submission", submission_id=submission_id), code=303)
    return _download(Response(content, mimetype=None, content_type=TYPES[form]), found, form)


def _say(error: Exception) -> None:
    if isinstance(error, engine.PdfUnavailable):
        flash(_("PDFs cannot be made on this machine at the moment: save it as HTML."), "warning")
    else:
        flash(_("This work is too large for a PDF: save it as HTML."), "warning")


def _download(response: Response, found: Submission, form: str) -> Response:
    name = f"{found.lab_slug}-{found.person.handle}-{found.number}.{form}"
    response.headers.set("Content-Disposition", "attachment", filename=safe_name(name))
    response.headers["Content-Security-Policy"] = f"{POLICY}; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.get("/teaching/<code>/labs/<slug>/feedback.zip")
@staff
def feedback_of_all(code: str, slug: str) -> Any:
    """The feedback on everybody's newest submission, streamed; ``?form=pdf`` or ``html``."""
    view, item = taught_lab(code, slug)
    form = "pdf" if request.args.get("form") == "pdf" else "html"
    if form == "pdf" and engine.pdf_missing() is not None:
        _say(engine.PdfUnavailable())
        return redirect(url_for("grading.bulk", code=code, slug=slug), code=303)
    root = f"{queries.root_name(view.section.code, item.slug)}-feedback"
    ids = [row.id for row in queries.latest_of_section(view.section, item.slug)]
    response = Response(stream_with_context(_archive(root, ids, form)), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"{root}.zip")
    return response


def _archive(root: str, ids: list[uuid.UUID], form: str) -> Iterator[bytes]:
    """One file after the other: no more than one is in memory."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for submission_id in ids:
            found = queries.submission_visible_to(me(), submission_id)
            if not found.attempt.notebooks:
                continue
            name = safe_name(f"{found.person.handle}-{found.number}")
            try:
                archive.writestr(zip_entry(f"{root}/{name}.{form}"), made_file(found, form))
            except (engine.PdfFailed, engine.PdfUnavailable):
                # The others are not to be lost for one that is too large for paper.
                archive.writestr(zip_entry(f"{root}/{name}.html"), made_file(found, "html"))
            yield sink.take()
    yield sink.take()
