"""To whom a page is shown, and how it looks to them."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import SelectChoice

from app.accounts.session import me
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.portfolio import operations, queries
from app.portfolio.forms import ShareForm
from app.portfolio.models import PortfolioPage
from app.portfolio.rules import Audience
from app.portfolio.views.blueprint import bp
from app.portfolio.views.words import AUDIENCES
from app.privacy.rules import PORTFOLIO_TO_COMPANY
from app.web.doors import signed_in


@bp.get("/me/portfolio/<uuid:page_id>/shares")
@signed_in
def shares(page_id: uuid.UUID) -> Any:
    return _shares(queries.my_page(me(), page_id), ShareForm(formdata=None))


def _shares(page: PortfolioPage, form: ShareForm) -> Any:
    companies = queries.companies()
    form.organisation.choices = [SelectChoice(row.slug, str(row.name)) for row in companies]
    html = render_template(
        "portfolio/shares.html",
        page=page,
        form=form,
        companies=companies,
        audiences=AUDIENCES,
        purpose=PORTFOLIO_TO_COMPANY.name,
    )
    return html, 422 if form.errors else 200


@bp.post("/me/portfolio/<uuid:page_id>/shares")
@signed_in
def create_share(page_id: uuid.UUID) -> Any:
    page = queries.my_page(me(), page_id)
    form = ShareForm()
    if not form.validate_on_submit():
        return _shares(page, form)
    try:
        _share(page, form)
    except Refused as refusal:
        form.form_errors.append(str(refusal.message))
        return _shares(page, form)
    return redirect(url_for("portfolio.shares", page_id=page_id), code=303)


def _share(page: PortfolioPage, form: ShareForm) -> None:
    until = form.until.data
    match Audience(form.audience.data):
        case Audience.LINK:
            operations.give_link(me(), page, label=form.label.data or "", until=until)
            flash(_("The link is ready. Copy it below."), "success")
        case Audience.PUBLIC:
            operations.publish(me(), page, is_indexed=form.is_indexed.data, until=until)
            flash(_("Everybody can see this page now."), "success")
        case Audience.COMPANY:
            slug = form.organisation.data
            company = next((row for row in queries.companies() if row.slug == slug), None)
            if company is None:
                raise NotVisible(slug)
            operations.show_to_company(
                me(), page, company, consents_now=form.consent.data, until=until
            )
            flash(_("%(name)s can see this page now.", name=str(company.name)), "success")


@bp.post("/me/portfolio/<uuid:page_id>/shares/<uuid:share_id>/end")
@signed_in
def end_share(page_id: uuid.UUID, share_id: uuid.UUID) -> Any:
    operations.end_share(me(), queries.my_share(me(), page_id, share_id))
    flash(_("Taken back. The next request sees nothing."), "success")
    return redirect(url_for("portfolio.shares", page_id=page_id), code=303)


def asked_audience() -> Audience:
    """As whom she looks at her own page; as somebody with the link unless she says otherwise."""
    wanted = request.args.get("to", "")
    return Audience(wanted) if wanted in [one.value for one in Audience] else Audience.LINK


@bp.get("/me/portfolio/<uuid:page_id>/preview")
@signed_in
def preview(page_id: uuid.UUID) -> Any:
    page, audience = queries.my_page(me(), page_id), asked_audience()
    return render_template(
        "portfolio/preview.html",
        shown=queries.show(page, audience),
        audience=audience,
        audiences=AUDIENCES,
        file_url=lambda file: url_for("portfolio.my_file", file_id=file.id),
    )
