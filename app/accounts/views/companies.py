"""The public side of organisations: directory, page, signing up, asking to join."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.accounts import operations, policies, queries, session
from app.accounts.forms import CompanyForm, JoinForm
from app.accounts.models import Organisation
from app.accounts.rules import (
    APPLICANT_KINDS,
    KIND_NAMES,
    ROLE_NAMES,
    ROLES_OF,
    OrganisationKind,
    Role,
)
from app.accounts.session import me
from app.accounts.views.blueprint import bp, refused, shown
from app.kernel import blobs
from app.kernel.counties import COUNTIES, county_name
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.kernel.industries import INDUSTRIES, industry_name
from app.web.csv import csv_response
from app.web.doors import public, signed_in


def asked_filters() -> dict[str, str]:
    """Kind, industry and county of the query string."""
    return {name: request.args.get(name, "") for name in ("kind", "industry", "county")}


def kind_options() -> list[tuple[str, str]]:
    return [("", _("All")), *((kind.value, str(KIND_NAMES[kind])) for kind in APPLICANT_KINDS)]


@bp.get("/companies")
@public
def companies() -> Any:
    """Who takes part: approved companies, trade associations and agencies."""
    search = request.args.get("q", "").strip().replace("\0", "")
    listed = queries.directory(
        search=search, page=max(1, request.args.get("page", 1, int)), **asked_filters()
    )
    return render_template(
        "accounts/companies.html",
        listed=listed,
        search=search,
        filters=(
            {"name": "kind", "label": _("Kind"), "options": kind_options()},
            {
                "name": "industry",
                "label": _("Industry"),
                "options": [("", _("All")), *((k, str(v)) for k, v in INDUSTRIES.items())],
            },
            {
                "name": "county",
                "label": _("County or city"),
                "options": [("", _("All")), *((k, str(v)) for k, v in COUNTIES.items())],
            },
        ),
    )


@bp.get("/companies.csv")
@public
def companies_csv() -> Response:
    search = request.args.get("q", "").strip().replace("\0", "")
    listed = queries.directory(search=search, page=None, **asked_filters())
    return csv_response(
        "companies.csv",
        [
            _("Organisation"),
            _("Kind"),
            _("Unified business number"),
            _("Industry"),
            _("County or city"),
            _("Website"),
        ],
        (
            [
                str(row.name),
                str(KIND_NAMES[OrganisationKind(row.kind)]),
                row.tax_id,
                industry_name(row.industry),
                county_name(row.county),
                row.website,
            ]
            for row in listed.rows
        ),
    )


@bp.get("/companies/<slug>")
@public
def company_page(slug: str) -> Any:
    """What everybody sees of an approved organisation."""
    return render_template("accounts/company_page.html", **page_of(queries.public_company(slug)))


def page_of(organisation: Organisation) -> dict[str, Any]:
    reader = me() if current_user.is_authenticated else None
    return {
        "organisation": organisation,
        "acts": reader is not None and policies.acts_for(reader, organisation),
        "belongs": reader is not None and policies.belongs_to(reader, organisation),
        "asked": queries.request_of(reader, organisation) if reader else None,
    }


@bp.get("/companies/<slug>/logo")
@public
def company_logo(slug: str) -> Response:
    """Its picture: for everybody once it is approved, before that for its people and officers."""
    found = queries.organisation_by_slug(slug)
    if found is None or found.logo_blob is None or not _may_see(found):
        raise NotVisible(slug)
    answer = Response(blobs.get(found.logo_blob), mimetype="image/png")
    answer.set_etag(found.logo_blob[:32])
    answer.headers["Cache-Control"] = "private, max-age=3600"
    answer.make_conditional(request)
    return answer


def _may_see(organisation: Organisation) -> bool:
    if organisation.standing == "approved":
        return True
    return current_user.is_authenticated and (
        policies.belongs_to(me(), organisation) or policies.can_decide_on(me(), organisation)
    )


@bp.route("/companies/apply", methods=["GET", "POST"])
@signed_in
def apply_for_company() -> Any:
    """Sign an organisation up."""
    form = CompanyForm(email=me().email)
    page: dict[str, Any] = {"holder": None, "mine": queries.companies_of(me())}
    if not form.validate_on_submit():
        return shown(form, "accounts/company_apply.html", **page)
    try:
        made = operations.apply_for(session.config(), me(), form.application())
    except operations.AlreadyApplied as error:
        flash(str(error.message), "info")
        return redirect(url_for("accounts.company_desk", slug=error.organisation.slug))
    except operations.TaxIdTaken as error:
        page["holder"] = error.organisation
        return refused(form, error, "accounts/company_apply.html", **page)
    except Refused as error:
        return refused(form, error, "accounts/company_apply.html", **page)
    flash(_("Your application is in. An officer of the programme looks at it."), "success")
    return redirect(url_for("accounts.company_desk", slug=made.slug))


@bp.route("/companies/<slug>/join", methods=["GET", "POST"])
@signed_in
def join_company(slug: str) -> Any:
    """Ask its owners to be let in."""
    found = queries.public_company(slug)
    if policies.acts_for(me(), found):
        return redirect(url_for("accounts.company_desk", slug=slug))
    roles = [
        (role.value, str(ROLE_NAMES[role]))
        for role in operations.JOINABLE_AS
        if role in ROLES_OF[OrganisationKind(found.kind)]
    ]
    form = JoinForm(roles)
    page = page_of(found)
    if not form.validate_on_submit():
        return shown(form, "accounts/company_join.html", **page)
    try:
        operations.ask_to_join(me(), found, Role(form.role.data), form.words.data or "")
    except Refused as error:
        return refused(form, error, "accounts/company_join.html", **page)
    flash(_("The owners are told. You will hear from them here."), "success")
    return redirect(url_for("accounts.company_page", slug=slug))


@bp.post("/companies/<slug>/join/withdrawal")
@signed_in
def take_back_join(slug: str) -> Any:
    found = queries.public_company(slug)
    mine = queries.request_of(me(), found)
    if mine is None:
        raise NotVisible(slug)
    try:
        operations.take_back_request(me(), mine)
        flash(_("Your request is taken back."), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("accounts.company_page", slug=slug))
