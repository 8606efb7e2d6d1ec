"""A rubric as a file."""

import uuid

from flask import Response

from app.accounts.session import me
from app.kernel.errors import NotVisible
from app.kernel.i18n import current_locale
from app.rubrics import queries
from app.rubrics.rules import FORMATS, canvas_rows, to_json, to_yaml
from app.rubrics.views.blueprint import bp
from app.rubrics.views.reading import asked_version
from app.web.csv import csv_response
from app.web.doors import signed_in


@bp.get("/rubrics/<uuid:rubric_id>/rubric.<ending>")
@signed_in
def export(rubric_id: uuid.UUID, ending: str) -> Response:
    """YAML or JSON to read in again here, CSV for Canvas."""
    found = queries.rubric_visible_to(me(), rubric_id)
    version = asked_version(found)
    if version is None or ending not in FORMATS:
        raise NotVisible(ending)
    name = f"rubric-{str(rubric_id)[-6:]}-v{version.number}.{ending}"
    if ending == "csv":
        head, *rows = canvas_rows(version.scale, current_locale())
        return csv_response(name, head, rows)
    text = to_yaml(version.document) if ending == "yaml" else to_json(version.document)
    return Response(
        text,
        content_type=f"{FORMATS[ending]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
