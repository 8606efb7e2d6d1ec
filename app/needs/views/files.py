"""Files of needs: lists out and in, recordings."""

import io
import uuid
from pathlib import PurePath
from typing import Any

from flask import Response, flash, redirect, render_template, send_file, url_for

from app.accounts.session import me
from app.kernel import blobs
from app.kernel.counties import county_name
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.kernel.industries import industry_name
from app.kernel.localized import LocalizedText
from app.needs import operations, policies, queries
from app.needs.forms import ImportForm, RecordingForm
from app.needs.operations.importing import MOST_BYTES
from app.needs.rules import COLUMNS, MOST_RECORDING_BYTES, RECORDINGS, SOURCE_NAMES, number_name
from app.needs.views.blueprint import asked, bp, recorders
from app.web.csv import csv_response
from app.web.filters import day


@bp.get("/needs.csv")
@recorders
def index_csv() -> Response:
    """The list as it is narrowed, in the columns that the import reads."""
    rows = queries.ranked(me(), asked(paged=False)).rows
    lines = []
    for row in rows:
        found, interview = row.pain_point, row.pain_point.interview
        told = found.description or LocalizedText({})
        lines.append(
            {
                "number": found.number,
                "company": interview.company,
                "tax_id": interview.tax_id
                or (interview.organisation and interview.organisation.tax_id),
                "contact": interview.contact_name,
                "held_on": interview.held_on.isoformat(),
                "place": interview.place,
                "county": interview.county,
                "industry": interview.industry,
                "process": interview.process,
                "title_zh": found.title.get("zh-Hant-TW"),
                "title_en": found.title.get("en"),
                "description_zh": told.get("zh-Hant-TW"),
                "description_en": told.get("en"),
                "step": found.process,
                "measure": found.measure.value,
                "now": number_name(found.now_value).replace(",", ""),
                "target": number_name(found.target_value).replace(",", ""),
                "unit": found.unit,
                "industries": ";".join(found.industries),
                "technologies": ";".join(found.technologies),
                "companies": found.company_count,
                "people": found.people_count,
                "reach_companies": row.reach.companies,
                "reach_people": row.reach.people,
            }
        )
    header = (*COLUMNS, "reach_companies", "reach_people")
    return csv_response("needs.csv", header, ([line[name] for name in header] for line in lines))


@bp.get("/needs/template.csv")
@recorders
def template_csv() -> Response:
    """An empty list to write into, with one line that shows how."""
    example = {
        "company": "巷口小館",
        "held_on": "2026-03-01",
        "place": "臺南市東區",
        "county": "臺南市",
        "industry": "smart-business-services",
        "process": "每天下午依經驗向菜販訂貨",
        "title_zh": "叫貨不準，晚上丟掉太多食材",
        "title_en": "Orders are guessed and food is thrown away",
        "step": "叫貨",
        "measure": "waste",
        "now": "12",
        "target": "5",
        "unit": "公斤/天",
        "technologies": "forecasting;data",
        "companies": "1",
        "people": "4",
    }
    return csv_response("needs-template.csv", COLUMNS, [[example.get(c, "") for c in COLUMNS]])


@bp.get("/needs/interviews.csv")
@recorders
def interviews_csv() -> Response:
    rows = queries.interviews(me(), asked(paged=False, sort="held")).rows
    return csv_response(
        "interviews.csv",
        [
            *(_("Day"), _("Company"), _("Who was asked"), _("Her position"), _("Location")),
            *(_("County"), _("Industry"), _("How it came"), _("Pain points"), _("Recorded by")),
        ],
        (
            [
                day(row.held_on),
                row.company,
                row.contact_name,
                row.contact_title,
                row.place,
                county_name(row.county),
                industry_name(row.industry),
                SOURCE_NAMES[row.source],
                sum(1 for point in row.pain_points if point.removed_at is None),
                row.recorded_for.name if row.recorded_for else _("The programme office"),
            ]
            for row in rows
        ),
    )


@bp.route("/needs/import", methods=["GET", "POST"])
@recorders
def import_list() -> Any:
    form = ImportForm()
    names = [(str(row.id), str(row.name)) for row in queries.recorders(me())]
    if policies.steers(me()):
        names.insert(0, ("", _("The programme office")))
    form.recorded_for.choices = names
    context = {"form": form, "columns": COLUMNS, "problems": ()}
    if not form.validate_on_submit():
        return render_template("needs/import.html", **context), 422 if form.errors else 200
    file = form.file.data
    content = file.stream.read(MOST_BYTES + 1) if getattr(file, "filename", "") else b""
    chosen = form.recorded_for.data
    try:
        done = operations.import_list(
            me(), content, recorded_for=uuid.UUID(chosen) if chosen else None
        )
    except operations.LinesWrong as error:
        form.form_errors.append(str(error.message))
        return render_template("needs/import.html", **context | {"problems": error.problems}), 422
    except Refused as error:
        form.form_errors.append(str(error.message))
        return render_template("needs/import.html", **context), 422
    flash(
        " ".join(
            (
                ngettext("%(num)d pain point added.", "%(num)d pain points added.", done.added),
                ngettext("%(num)d corrected.", "%(num)d corrected.", done.corrected),
                ngettext("%(num)d as before.", "%(num)d as before.", done.unchanged),
            )
        ),
        "success",
    )
    return redirect(url_for("needs.index", sort="number"), code=303)


@bp.post("/needs/interviews/<uuid:interview_id>/recording")
@recorders
def keep_recording(interview_id: uuid.UUID) -> Any:
    found = queries.interview(me(), interview_id)
    file = RecordingForm().recording.data
    name = getattr(file, "filename", "") or ""
    content = file.stream.read(MOST_RECORDING_BYTES + 1) if name else b""
    try:
        operations.keep_recording(me(), found, name, content)
        flash(_("The recording is kept."), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("needs.interview", interview_id=interview_id), code=303)


@bp.get("/needs/interviews/<uuid:interview_id>/recording")
@recorders
def recording(interview_id: uuid.UUID) -> Response:
    found = queries.interview(me(), interview_id)
    if found.recording_blob is None or found.recording_name is None:
        raise NotVisible(str(interview_id))
    ending = PurePath(found.recording_name).suffix.lower()
    answer = send_file(
        io.BytesIO(blobs.get(found.recording_blob)),
        mimetype=RECORDINGS.get(ending, "application/octet-stream"),
        as_attachment=True,
        download_name=found.recording_name,
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/needs/interviews/<uuid:interview_id>/recording/removal")
@recorders
def remove_recording(interview_id: uuid.UUID) -> Any:
    operations.remove_recording(me(), queries.interview(me(), interview_id))
    flash(_("The recording is deleted."), "success")
    return redirect(url_for("needs.interview", interview_id=interview_id), code=303)
