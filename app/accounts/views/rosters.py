"""Uploading a roster, and claiming a student number of it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from app.accounts import operations, policies, queries, session
from app.accounts.forms import ClaimForm, CodeForm, RosterForm
from app.accounts.models import Organisation
from app.accounts.rules.rosters import parse_roster
from app.accounts.session import me
from app.accounts.views.blueprint import asked_list, bp, refused, shown
from app.accounts.views.organisations import managers, tabs_of
from app.kernel import blobs
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.web.csv import csv_response
from app.web.doors import signed_in

UPLOAD_LASTS_SECONDS = 3600
SHOWN_PROBLEMS = 100


def _school(slug: str) -> Organisation:
    found = queries.organisation_open_to(me(), slug)
    if not policies.can_manage_roster_of(me(), found):
        raise NotVisible
    return found


def _uploads(organisation: Organisation) -> URLSafeTimedSerializer:
    # Bound to person and school, so that nobody can have another's stored file applied.
    return URLSafeTimedSerializer(
        session.config().secret_key, salt=f"accounts.roster.{organisation.id}.{me().id}"
    )


@bp.route("/organisations/<slug>/roster", methods=["GET", "POST"])
@managers
def roster(slug: str) -> Any:
    """The roster; a POST uploads a file and shows what it would change."""
    school = _school(slug)
    form = RosterForm()
    if not form.validate_on_submit():
        asked = asked_list()
        listed = queries.roster_of(
            school, search=asked.search, state=request.args.get("state", ""), page=asked.page
        )
        total, claimed = queries.roster_counts(school)
        return shown(
            form,
            "accounts/roster.html",
            listed=listed,
            roster_total=total,
            roster_claimed=claimed,
            **tabs_of(school),
        )
    content = form.file.data.read()
    parsed = parse_roster(content)
    return render_template(
        "accounts/roster_preview.html",
        parsed=parsed,
        shown_problems=parsed.problems[:SHOWN_PROBLEMS],
        change=operations.preview_roster(school, parsed.lines),
        upload=_uploads(school).dumps(blobs.put(content)),
        **tabs_of(school),
    )


@bp.post("/organisations/<slug>/roster/apply")
@managers
def apply_roster(slug: str) -> Any:
    school = _school(slug)
    try:
        address = _uploads(school).loads(
            request.form.get("upload", ""), max_age=UPLOAD_LASTS_SECONDS
        )
        parsed = parse_roster(blobs.get(address))
    except (BadData, blobs.BlobMissing):
        flash(_("The uploaded file is gone. Please upload it again."), "error")
        return redirect(url_for("accounts.roster", slug=slug))
    change = operations.load_roster(me(), school, parsed.lines)
    flash(
        _(
            "Roster loaded: %(added)s lines added, %(changed)s changed, %(unchanged)s as before; "
            "%(linked)s people linked.",
            added=change.added,
            changed=change.changed,
            unchanged=change.unchanged,
            linked=change.linked,
        ),
        "success",
    )
    return redirect(url_for("accounts.roster", slug=slug))


@bp.get("/organisations/<slug>/roster.csv")
@managers
def roster_csv(slug: str) -> Response:
    school = _school(slug)
    listed = queries.roster_of(
        school,
        search=asked_list().search,
        state=request.args.get("state", ""),
        page=None,
    )
    return csv_response(
        f"{slug}-roster.csv",
        ["學號 student_number", "姓名 name", "電子郵件 email", "系所 department", "claimed_at"],
        (
            [
                row.student_number,
                row.name,
                row.email,
                row.department,
                row.claimed_at and row.claimed_at.isoformat(timespec="seconds"),
            ]
            for row in listed.rows
        ),
    )


@bp.route("/account/student-number", methods=["GET", "POST"])
@signed_in
def claim() -> Any:
    """Say which number is mine; a code goes to the roster's address for it."""
    form = ClaimForm([(s.slug, str(s.name)) for s in queries.schools_with_roster()])
    if not form.validate_on_submit():
        return shown(form, "accounts/claim.html")
    school = queries.organisation_by_slug(form.school.data)
    assert school is not None
    try:
        operations.ask_to_claim(me(), school, form.student_number.data)
    except Refused as error:
        return refused(form, error, "accounts/claim.html")
    return redirect(
        url_for("accounts.confirm_claim", slug=school.slug, student_number=form.student_number.data)
    )


@bp.route("/account/student-number/<slug>/<student_number>", methods=["GET", "POST"])
@signed_in
def confirm_claim(slug: str, student_number: str) -> Any:
    """Type the code that was mailed."""
    school = queries.organisation_by_slug(slug)
    if school is None:
        raise NotVisible
    form = CodeForm()
    page = {"school": school, "student_number": student_number}
    if not form.validate_on_submit():
        return shown(form, "accounts/confirm_claim.html", **page)
    try:
        operations.claim_with_code(me(), school, student_number, form.code.data)
    except Refused as error:
        return refused(form, error, "accounts/confirm_claim.html", **page)
    flash(_("You are now a student of %(school)s here.", school=str(school.name)), "success")
    return redirect(url_for("accounts.profile"))
