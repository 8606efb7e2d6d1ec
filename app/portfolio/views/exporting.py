"""A page to take along: as PDF, and as JSON Resume."""

import base64
import uuid
from functools import cache
from typing import Any

from flask import Response, flash, json, redirect, render_template, url_for
from markupsafe import Markup

from app import engine
from app.accounts.session import me
from app.kernel import blobs, clock
from app.kernel.i18n import gettext as _
from app.portfolio import queries
from app.portfolio.models import PortfolioFile, PortfolioPage
from app.portfolio.queries import Shown
from app.portfolio.rules import Audience
from app.portfolio.views.blueprint import STATIC, bp
from app.portfolio.views.resume import resume
from app.portfolio.views.sharing import asked_audience
from app.portfolio.views.words import credential_address, share_address
from app.web.doors import signed_in


@bp.get("/me/portfolio/<uuid:page_id>/page.pdf")
@signed_in
def as_pdf(page_id: uuid.UUID) -> Any:
    """The page as an audience sees it, in the language of the reader, for sending."""
    page = queries.my_page(me(), page_id)
    shown = queries.show(page, asked_audience())
    try:
        made = engine.pdf_of(paper(shown, _address(page)))
    except (engine.PdfUnavailable, engine.PdfFailed):
        flash(_("The PDF could not be made here. Print the preview instead."), "error")
        return redirect(url_for("portfolio.preview", page_id=page_id, to=asked_audience().value))
    return _file(made, "application/pdf", f"{page.slug}.pdf")


@bp.get("/me/portfolio/<uuid:page_id>/resume.json")
@signed_in
def as_resume(page_id: uuid.UUID) -> Any:
    page = queries.my_page(me(), page_id)
    document = resume(
        queries.show(page, asked_audience()),
        _address(page),
        credential_address,
    )
    text = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=False)
    return _file(text.encode(), "application/json", f"{page.slug}.resume.json")


def _file(content: bytes, media_type: str, name: str) -> Response:
    answer = Response(content, mimetype=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _address(page: PortfolioPage) -> str | None:
    """Where everybody reads the page. A link is not written into a file that travels."""
    public = [share for share in page.live_shares if share.audience is Audience.PUBLIC]
    return share_address(page, public[0]) if public else None


def paper(shown: Shown, address: str | None) -> str:
    """The page on paper: whole in itself, pictures within, nothing to be fetched."""
    return render_template(
        "portfolio/paper.html",
        shown=shown,
        address=address,
        style=_style(),
        file_url=_within,
        on_paper=True,
        today=clock.now(),
    )


@cache
def _style() -> Markup:
    return Markup((STATIC / "paper.css").read_text(encoding="utf-8"))


def _within(file: PortfolioFile) -> str:
    """A picture as its own address."""
    if not file.is_picture:
        return ""
    content = base64.b64encode(blobs.get(file.blob)).decode()
    return f"data:{file.media_type};base64,{content}"
