"""An organisation's own desk: where its approval stands, its page, its papers."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from app.accounts import operations, policies, queries, session
from app.accounts.forms import CompanyForm, CompanyPageForm, ContactForm, DocumentForm
from app.accounts.models import CompanyDocument, Organisation
from app.accounts.rules import Standing
from app.accounts.session import me
from app.accounts.views.blueprint import bp, refused, shown
from app.accounts.views.registration import _dead_link
from app.kernel import blobs
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.web.doors import signed_in


def desk_of(organisation: Organisation) -> dict[str, Any]:
    """What the pages of a desk share."""
    return {
        "organisation": organisation,
        "is_owner": policies.is_owner_of(me(), organisation),
        "standing": queries.company_standing(organisation.id),
    }


@bp.get("/company")
@signed_in
def my_companies() -> Any:
    """Straight to the desk of whoever acts for one organisation."""
    found = queries.companies_of(me())
    if len(found) == 1:
        return redirect(url_for("accounts.company_desk", slug=found[0].slug))
    return render_template("accounts/my_companies.html", organisations=found)


@bp.get("/company/<slug>")
@signed_in
def company_desk(slug: str) -> Any:
    found = queries.company_of(me(), slug)
    return render_template(
        "accounts/company_desk.html",
        proof=queries.proof_of(found),
        documents=queries.documents_of(found),
        requests=queries.open_requests_to(found) if policies.is_owner_of(me(), found) else [],
        history=queries.steps_of(found),
        document_form=DocumentForm(formdata=None),
        contact_form=ContactForm(formdata=None),
        **desk_of(found),
    )


@bp.route("/company/<slug>/application", methods=["GET", "POST"])
@signed_in
def company_application(slug: str) -> Any:
    """Correct what was applied with, and apply again."""
    found = queries.company_of(me(), slug)
    if found.standing not in (Standing.RETURNED, Standing.REFUSED):
        return redirect(url_for("accounts.company_desk", slug=slug))
    form = (
        CompanyForm()
        if request.method == "POST"
        else CompanyForm.of(found, queries.contact_of(found))
    )
    page = {"holder": None, **desk_of(found)}
    if not form.validate_on_submit():
        return shown(form, "accounts/company_application.html", **page)
    try:
        operations.apply_again(session.config(), me(), found, form.application())
    except Refused as error:
        return refused(form, error, "accounts/company_application.html", **page)
    flash(_("Your application is in again. An officer of the programme looks at it."), "success")
    return redirect(url_for("accounts.company_desk", slug=slug))


@bp.route("/company/<slug>/page", methods=["GET", "POST"])
@signed_in
def edit_company_page(slug: str) -> Any:
    """What the public page says."""
    found = queries.company_of(me(), slug)
    form = CompanyPageForm(found)
    if not form.validate_on_submit():
        return shown(form, "accounts/company_edit.html", **desk_of(found))
    try:
        _change_page(found, form)
    except Refused as error:
        return refused(form, error, "accounts/company_edit.html", **desk_of(found))
    flash(_("Your page is changed."), "success")
    return redirect(url_for("accounts.company_desk", slug=slug))


def _change_page(found: Organisation, form: CompanyPageForm) -> None:
    picture = form.logo.data.read() if form.logo.data else None
    if picture or form.no_logo.data:
        operations.change_logo(me(), found, None if form.no_logo.data else picture)
    operations.change_page(
        me(),
        found,
        about=form.about,
        english=form.english.data or "",
        website=form.website.data or None,
        county=form.county.data or None,
        industry=form.industry.data or None,
    )


@bp.post("/company/<slug>/contact")
@signed_in
def change_contact(slug: str) -> Any:
    """Give the address whose domain speaks for the organisation, or have its link mailed again."""
    found = queries.company_of(me(), slug)
    form = ContactForm()
    if not form.validate_on_submit():
        flash(" ".join(form.email.errors), "error")
        return redirect(url_for("accounts.company_desk", slug=slug))
    try:
        operations.send_proof(session.config(), me(), found, form.email.data)
        flash(_("The mail is on its way to %(email)s.", email=form.email.data), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("accounts.company_desk", slug=slug))


@bp.get("/company/contact/<token>")
@signed_in
def prove_contact(token: str) -> Any:
    """The link from the mail."""
    try:
        found = operations.prove_contact(session.config(), me(), token)
    except Refused as error:
        return _dead_link(error)
    flash(_("The address is yours: your organisation's mail domain is proven."), "success")
    return redirect(url_for("accounts.company_desk", slug=found.slug))


@bp.post("/company/<slug>/documents")
@signed_in
def add_company_document(slug: str) -> Any:
    found = queries.company_of(me(), slug)
    form = DocumentForm()
    if not form.validate_on_submit():
        flash(" ".join(form.file.errors), "error")
        return redirect(url_for("accounts.company_desk", slug=slug))
    try:
        operations.add_document(me(), found, form.file.data.filename or "", form.file.data.read())
        flash(_("The file lies before the officer."), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("accounts.company_desk", slug=slug))


@bp.get("/company/<slug>/documents/<uuid:document_id>")
@signed_in
def company_document(slug: str, document_id: Any) -> Response:
    """A paper, for its organisation's people and for officers."""
    found = queries.organisation_by_slug(slug)
    if found is None or not (policies.acts_for(me(), found) or policies.can_decide_on(me(), found)):
        raise NotVisible(slug)
    return sent(queries.document_of(found, document_id))


def sent(document: CompanyDocument) -> Response:
    """As a download: what somebody uploaded never runs on the site's own origin."""
    answer = Response(blobs.get(document.blob), mimetype=document.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=document.name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/company/<slug>/documents/<uuid:document_id>/removal")
@signed_in
def remove_company_document(slug: str, document_id: Any) -> Any:
    found = queries.company_of(me(), slug)
    operations.remove_document(me(), queries.document_of(found, document_id))
    flash(_("The file is removed."), "success")
    return redirect(url_for("accounts.company_desk", slug=slug))
