"""The list of rubrics, and how a new one begins."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.kernel.errors import NotVisible
from app.kernel.i18n import gettext as _
from app.rubrics import operations, queries
from app.rubrics.rules import (
    LARGEST_FILE,
    STARTERS,
    NotARubric,
    blank,
    plain,
    read_file,
    starter,
    starter_scale,
)
from app.rubrics.views.blueprint import Asked, asked_list, asked_text, bp, writers
from app.web.csv import csv_response
from app.web.filters import day


def _listed(asked: Asked) -> Any:
    return queries.rubrics(
        me(), whose=asked_text("whose"), state=asked_text("state"), **asked.query
    )


@bp.get("/rubrics")
@writers
def index() -> str:
    asked = asked_list("changed")
    return render_template("rubrics/index.html", listed=_listed(asked), asked=asked, me=me())


@bp.get("/rubrics.csv")
@writers
def index_csv() -> Any:
    rows = _listed(asked_list("changed", paged=False)).rows
    return csv_response(
        "rubrics.csv",
        [
            _("Rubric"), _("Version"), _("Criteria"), _("Points"), _("Written by"),
            _("Shared with"), _("Last changed"),
        ],
        (
            [
                row.rubric.title,
                row.rubric.version_number or "",
                row.version.criteria_count if row.version else "",
                plain(row.version.maximum) if row.version else "",
                row.rubric.owner.name,
                shared_with(row.rubric),
                day(row.rubric.changed_at),
            ]
            for row in rows
        ),
    )  # fmt: skip


def shared_with(rubric: Any) -> str:
    """With whom a rubric is shared, in words."""
    if rubric.visibility == "everybody":
        return _("Everybody")
    return str(rubric.organisation.name) if rubric.visibility == "organisation" else _("Only me")


@bp.get("/rubrics/new")
@writers
def new() -> str:
    return _new_page()


@bp.post("/rubrics")
@writers
def create() -> Any:
    """A blank rubric, one from a starter, or one from a file."""
    upload = request.files.get("file")
    slug = request.form.get("starter", "")
    try:
        if upload is not None and upload.filename:
            raw = read_file(upload.filename, upload.stream.read(LARGEST_FILE + 1))
        elif "import" in request.form:
            return _new_page(_("Choose a file first.")), 422
        elif slug:
            raw = starter(slug)
        else:
            raw = blank()
    except NotARubric as error:
        return _new_page(str(error.message)), 422
    except KeyError as error:
        raise NotVisible(slug) from error
    made = operations.create_rubric(me(), raw)
    if upload is not None and upload.filename:
        flash(_("Read. Look it over, then publish it."), "success")
    return redirect(url_for("rubrics.edit", rubric_id=made.id))


@bp.get("/rubrics/starters/<slug>")
@writers
def starter_page(slug: str) -> str:
    if slug not in STARTERS:
        raise NotVisible(slug)
    return render_template("rubrics/starter.html", scale=starter_scale(slug), slug=slug)


def _new_page(error: str = "") -> str:
    starters = [(slug, starter_scale(slug)) for slug in STARTERS]
    return render_template("rubrics/new.html", starters=starters, error=error)
