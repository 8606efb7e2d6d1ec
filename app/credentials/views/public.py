"""What anybody may fetch: issuers' keys, credentials in every form, status lists, achievements."""

import uuid
from typing import Any

import segno
from flask import Response, abort, render_template, request, url_for

from app import vc
from app.accounts.operations import TooManyTries
from app.accounts.operations.throttling import Limit, take
from app.credentials import operations, queries
from app.credentials.models import Credential
from app.credentials.queries import NoLongerAvailable
from app.credentials.rules import Reason, schemas
from app.credentials.rules.art import svg
from app.credentials.rules.raster import png
from app.credentials.views.blueprint import (
    address,
    bp,
    credential_for_all,
    file_of,
    house,
    name_of,
    reader,
    shapes_of,
)
from app.credentials.views.paper import certificate
from app.engine import PdfFailed, PdfUnavailable
from app.kernel.errors import NotVisible
from app.web.doors import public

JSON = "application/vc+ld+json"
PNG_PIXELS = 600
PAPERS = Limit("credential-paper", 20, 600)
"""Certificates that one address may ask for: each keeps a processor busy for seconds."""


@bp.get("/schools/<slug>/did.json")
@public
def did_document(slug: str) -> Response:
    """The issuer's keys, where did:web says that they are."""
    found = queries.issuer_by_slug(slug)
    if found is None:
        raise NotVisible(slug)
    document = operations.did_document_of(address(), found)
    return file_of(vc.dumps(document, indent=1), "application/did+json", "", download=False)


@bp.get("/schools/<slug>")
@public
def issuer_page(slug: str) -> str:
    """Who the issuer is, and with which keys it signs and signed."""
    found = queries.issuer_by_slug(slug)
    if found is None:
        raise NotVisible(slug)
    return render_template(
        "credentials/issuer_public.html",
        issuer=found,
        name=operations.issuer_name(found),
        did=vc.did_for(address(), found.slug),
    )


@bp.get("/credentials/<uuid:credential_id>")
@public
def show(credential_id: uuid.UUID) -> Any:
    """Its page, verified now; programs that ask for JSON get the credential itself."""
    found = credential_for_all(credential_id)
    best = request.accept_mimetypes.best_match(
        ["text/html", JSON, "application/json", "application/vc+jwt"], "text/html"
    )
    if best in (JSON, "application/json"):
        return file_of(found.document, JSON, name_of(found, "json"), download=False)
    if best == "application/vc+jwt":
        return file_of(found.jwt, "application/vc+jwt", name_of(found, "jwt"), download=False)
    checked = operations.check(house(), found.document)
    newer = None
    if found.revoked_for is Reason.REPLACED:
        newer = queries.newest_of(found.award_id, found.kind)
    return render_template(
        "credentials/credential.html",
        credential=found,
        checked=checked,
        seen=checked.verification,
        newer=newer,
        name=operations.issuer_name(found.award.issuer),
        did=vc.did_for(address(), found.award.issuer.slug),
        is_hers=reader() is not None and found.award.person_id == getattr(reader(), "id", None),
        typed="",
        whose=None,
    )


@bp.get("/credentials/<uuid:credential_id>.<any(json,jwt,svg,png,pdf,qr):form>")
@public
def as_file(credential_id: uuid.UUID, form: str) -> Any:
    """The credential as a file. Pictures and the certificate carry it within."""
    found = credential_for_all(credential_id)
    match form:
        case "json":
            return file_of(found.document, JSON, name_of(found, "json"))
        case "jwt":
            return file_of(found.jwt, "application/vc+jwt", name_of(found, "jwt"))
        case "svg":
            return file_of(_baked_svg(found), "image/svg+xml; charset=utf-8", name_of(found, "svg"))
        case "png":
            picture = png(shapes_of(found.award.achievement, found.award), PNG_PIXELS)
            return file_of(vc.bake_png(picture, found.document), "image/png", name_of(found, "png"))
        case "qr":
            return _qr(address() + url_for("credentials.show", credential_id=found.id))
    return _paper(found)


def _baked_svg(found: Credential) -> bytes:
    title = vc.both(found.award.achievement.title)
    return vc.bake_svg(svg(shapes_of(found.award.achievement, found.award), title), found.document)


def _qr(text: str) -> Response:
    picture = segno.make(text, error="m").svg_inline(
        scale=4, border=2, dark="#17593f", light="#fff"
    )
    head = '<svg xmlns="http://www.w3.org/2000/svg"'
    picture = picture.replace("<svg", head, 1) if "xmlns=" not in picture else picture
    return file_of(picture, "image/svg+xml; charset=utf-8", "", download=False)


def _paper(found: Credential) -> Any:
    try:
        take((PAPERS, request.remote_addr or ""))
        content = certificate(found, reader())
    except (PdfUnavailable, PdfFailed, TooManyTries):
        abort(503)
    return file_of(content, "application/pdf", name_of(found, "pdf"))


@bp.post("/credentials/<uuid:credential_id>/holder")
@public
def whose(credential_id: uuid.UUID) -> Any:
    """Whether a mail address or name is the one whose hash stands in the credential."""
    found = credential_for_all(credential_id)
    take((Limit("credential-holder", 30, 600), request.remote_addr or ""))
    checked = operations.check(house(), found.document)
    typed = request.form.get("who", "").strip()[:200]
    subject = checked.document.get("credentialSubject", {})
    known = subject.get("identifier", []) if isinstance(subject, dict) else []
    is_hers = bool(typed) and any(
        vc.identity_matches(one, value) for one in known for value in (typed, typed.lower())
    )
    return render_template(
        "credentials/credential.html",
        credential=found,
        checked=checked,
        seen=checked.verification,
        newer=None,
        name=operations.issuer_name(found.award.issuer),
        did=vc.did_for(address(), found.award.issuer.slug),
        is_hers=False,
        typed=typed,
        whose=is_hers,
    )


@bp.get("/credentials/<uuid:credential_id>/refresh")
@public
def refresh(credential_id: uuid.UUID) -> Response:
    """The refresh service: what holds now in the place of a credential."""
    found = credential_for_all(credential_id)
    newest = queries.newest_of(found.award_id, found.kind)
    if newest is None:
        raise NotVisible(str(credential_id))
    return file_of(newest.document, JSON, "", download=False)


@bp.get("/credentials/status/<slug>/<int:number>")
@public
def status(slug: str, number: int) -> Response:
    """A Bitstring Status List, signed."""
    issuer = queries.issuer_by_slug(slug)
    listed = queries.status_list_of(issuer, number) if issuer else None
    if listed is None:
        raise NotVisible(slug)
    text = operations.status_list_now(house(), listed)
    return file_of(text, JSON, "", download=False)


@bp.get("/credentials/schema/<name>.json")
@public
def schema(name: str) -> Response:
    """What our credentials look like, where each says that this can be read."""
    if name not in schemas.SCHEMAS:
        raise NotVisible(name)
    made = schemas.schema(address(), name)
    return file_of(vc.dumps(made, indent=1), "application/schema+json", "", download=False)


@bp.errorhandler(NoLongerAvailable)
def gone(_error: NoLongerAvailable) -> tuple[str, int]:
    """The holder had her data erased: only the place in the status list is left."""
    return render_template("credentials/gone.html"), 410


@bp.get("/credentials/achievements/<uuid:achievement_id>")
@public
def achievement(achievement_id: uuid.UUID) -> str:
    found = queries.achievement(achievement_id)
    return render_template("credentials/achievement.html", achievement=found)


@bp.get("/credentials/achievements/<uuid:achievement_id>.<any(svg,png):form>")
@public
def achievement_picture(achievement_id: uuid.UUID, form: str) -> Response:
    found = queries.achievement(achievement_id)
    shapes = shapes_of(found)
    if form == "png":
        return file_of(png(shapes, PNG_PIXELS), "image/png", "", download=False)
    content = svg(shapes, vc.both(found.title))
    return file_of(content, "image/svg+xml; charset=utf-8", "", download=False)


@bp.get("/credentials/<uuid:credential_id>/badge.svg")
@public
def picture(credential_id: uuid.UUID) -> Response:
    """The badge as pages show it, with its issuer and without the credential in it."""
    found = credential_for_all(credential_id)
    title = vc.both(found.award.achievement.title)
    content = svg(shapes_of(found.award.achievement, found.award), title)
    return file_of(content, "image/svg+xml; charset=utf-8", "", download=False)
