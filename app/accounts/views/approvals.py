"""The officers' queue of organisations."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from app.accounts import operations, policies, queries
from app.accounts.forms import DecisionForm
from app.accounts.models import Organisation
from app.accounts.policies import Permission
from app.accounts.rules import (
    KIND_NAMES,
    STANDING_NAMES,
    OrganisationKind,
    Standing,
    Step,
    steps_from,
)
from app.accounts.session import me
from app.accounts.views.blueprint import bp, refused, shown
from app.accounts.views.companies import kind_options
from app.kernel.counties import county_name
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.web.csv import csv_response
from app.web.doors import needs
from app.web.filters import day

officers = needs(Permission.DECIDE_ON_COMPANIES)


def _asked() -> dict[str, str]:
    return {
        "search": request.args.get("q", "").strip().replace("\0", ""),
        "standing": request.args.get("standing", ""),
        "kind": request.args.get("kind", ""),
    }


@bp.get("/companies/approvals")
@officers
def approvals() -> Any:
    counts = queries.counts_by_standing()
    return render_template(
        "accounts/approvals.html",
        listed=queries.approvals(page=max(1, request.args.get("page", 1, int)), **_asked()),
        counts=counts,
        standings=[
            ("", _("All")),
            *((s.value, f"{STANDING_NAMES[s]} ({counts[s]})") for s in Standing),
        ],
        kinds=kind_options(),
    )


@bp.get("/companies/approvals.csv")
@officers
def approvals_csv() -> Response:
    return csv_response(
        "companies-approvals.csv",
        [
            _("Organisation"),
            _("Kind"),
            _("Unified business number"),
            _("County or city"),
            _("State"),
            _("Since"),
            _("Mail’s domain"),
            _("Documents"),
        ],
        (
            [
                str(row.organisation.name),
                str(KIND_NAMES[OrganisationKind(row.organisation.kind)]),
                row.organisation.tax_id,
                county_name(row.organisation.county),
                str(STANDING_NAMES[Standing(row.organisation.standing)]),
                day(row.at),
                row.domain,
                row.document_count,
            ]
            for row in queries.approvals(page=None, **_asked()).rows
        ),
    )


@bp.route("/companies/approvals/<slug>", methods=["GET", "POST"])
@officers
def approval(slug: str) -> Any:
    """One organisation as an officer weighs it, and her decision."""
    found = queries.company_at(slug)
    form = DecisionForm(steps_from(Standing(found.standing)))
    if not form.validate_on_submit():
        return shown(form, "accounts/approval.html", **_weighed(found))
    try:
        operations.decide(me(), found, Step(form.step.data), form.reason.data or "")
    except Refused as error:
        return refused(form, error, "accounts/approval.html", **_weighed(found))
    flash(_("Decided. The organisation's owners are told."), "success")
    return redirect(url_for("accounts.approvals"))


def _weighed(found: Organisation) -> dict[str, Any]:
    return {
        "organisation": found,
        "may_decide": policies.can_decide_on(me(), found),
        "standing": queries.company_standing(found.id),
        "proof": queries.proof_of(found),
        "doubts": queries.doubts_about(found),
        "documents": queries.documents_of(found),
        "people": queries.people_acting_for(found),
        "history": queries.steps_of(found),
    }
