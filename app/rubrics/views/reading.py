"""A rubric as it is read; its history; sharing, copying, putting away."""

import uuid
from itertools import pairwise
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.rubrics import operations, policies, queries
from app.rubrics.models import Rubric, RubricVersion
from app.rubrics.rules import Visibility, changes
from app.rubrics.views.blueprint import bp, writers
from app.web.doors import signed_in


def asked_version(rubric: Rubric) -> RubricVersion | None:
    """The version that the query string names, or the newest; None when there is none yet."""
    number = request.args.get("version", type=int)
    found = queries.version_of(rubric, number)
    if number is not None and found is None:
        raise NotVisible(str(number))
    return found


@bp.get("/rubrics/<uuid:rubric_id>")
@signed_in
def rubric(rubric_id: uuid.UUID) -> Any:
    found = queries.rubric_visible_to(me(), rubric_id)
    version = asked_version(found)
    if version is None:
        return redirect(url_for("rubrics.edit", rubric_id=rubric_id))
    can_edit = policies.can_edit(me(), found)
    return render_template(
        "rubrics/rubric.html",
        rubric=found,
        version=version,
        can_edit=can_edit,
        can_write=policies.writes_rubrics(me()),
        uses=queries.use_count(found) if can_edit else None,
        organisations=queries.organisations_to_share_with(me()) if can_edit else (),
    )


@bp.get("/rubrics/<uuid:rubric_id>/history")
@signed_in
def history(rubric_id: uuid.UUID) -> str:
    found = queries.rubric_visible_to(me(), rubric_id)
    versions = queries.versions_of(found)
    steps = {newer.number: changes(older.scale, newer.scale) for newer, older in pairwise(versions)}
    numbers = {version.number: version for version in versions}
    first, last = (numbers.get(request.args.get(name, 0, int)) for name in ("from", "to"))
    return render_template(
        "rubrics/history.html",
        rubric=found,
        versions=versions,
        steps=steps,
        first=first,
        last=last,
        compared=changes(first.scale, last.scale) if first and last else None,
    )


@bp.post("/rubrics/<uuid:rubric_id>/copies")
@writers
def copy(rubric_id: uuid.UUID) -> Any:
    found = queries.rubric_visible_to(me(), rubric_id)
    version = asked_version(found)
    if version is None:
        raise NotVisible(str(rubric_id))
    made = operations.copy_rubric(me(), version)
    flash(_("This copy is yours. Change what you like, then publish it."), "success")
    return redirect(url_for("rubrics.edit", rubric_id=made.id))


@bp.post("/rubrics/<uuid:rubric_id>/sharing")
@writers
def share(rubric_id: uuid.UUID) -> Any:
    found = queries.rubric_edited_by(me(), rubric_id)
    visibility, organisation = _asked_sharing(request.form.get("with", ""))
    try:
        operations.share(me(), found, visibility, organisation)
        flash(_("Saved."), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("rubrics.rubric", rubric_id=rubric_id))


def _asked_sharing(text: str) -> tuple[Visibility, uuid.UUID | None]:
    """``mine``, ``everybody`` or the id of an organisation. Raises NotVisible."""
    try:
        return Visibility.ORGANISATION, uuid.UUID(text)
    except ValueError:
        if text not in (Visibility.MINE, Visibility.EVERYBODY):
            raise NotVisible(text) from None
        return Visibility(text), None


@bp.post("/rubrics/<uuid:rubric_id>/archival")
@writers
def archive(rubric_id: uuid.UUID) -> Any:
    found = queries.rubric_edited_by(me(), rubric_id)
    operations.archive(me(), found)
    flash(_("“%(title)s” is in the archive. You can bring it back.", title=found.title), "success")
    return redirect(url_for("rubrics.index", state="archived", whose="mine"))


@bp.post("/rubrics/<uuid:rubric_id>/restoration")
@writers
def restore(rubric_id: uuid.UUID) -> Any:
    found = queries.rubric_edited_by(me(), rubric_id)
    operations.restore(me(), found)
    flash(_("“%(title)s” is back.", title=found.title), "success")
    return redirect(url_for("rubrics.rubric", rubric_id=rubric_id))
