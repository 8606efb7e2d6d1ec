"""The page on which anybody verifies what we issued, without an account."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for

from app import vc
from app.accounts.operations import TooManyTries
from app.accounts.operations.throttling import Limit, take
from app.credentials import operations, queries
from app.credentials.rules.bringing import MOST_BYTES, credential_in
from app.credentials.views.blueprint import address, bp, house, reader
from app.kernel.errors import NotVisible
from app.kernel.i18n import gettext as _
from app.web.doors import public

TRIES = Limit("verify-credential", 60, 600)
"""What one address may bring within ten minutes."""
_LINK = re.compile(r"https?://[^\s/]+/credentials/([0-9a-f-]{36})(?:\.[a-z]+)?/?")


@bp.get("/verify")
@public
def verify() -> str:
    return _page()


def _page(problem: str = "", typed: str = "", checked: Any = None) -> str:
    visible = None
    if checked is not None and checked.credential is not None:
        try:
            visible = queries.public_credential(reader(), checked.credential.id)
        except NotVisible:
            visible = None
    return render_template(
        "credentials/verify.html", problem=problem, typed=typed, checked=checked, visible=visible,
        seen=checked.verification if checked else None,
        said=said_in(checked.document) if checked else None,
    )  # fmt: skip


def said_in(document: Mapping[str, Any]) -> dict[str, str] | None:
    """What is shown of a document that anybody may have written: plain texts, if there are any."""

    def text(value: Any, name: str = "") -> str:
        found = value.get(name) if name and isinstance(value, Mapping) else value
        return found[:500] if isinstance(found, str) else ""

    title = text(document, "name")
    if not title:
        return None
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    known = subject.get("identifier") if isinstance(subject, Mapping) else None
    names = [
        text(one, "identityHash")
        for one in (known if isinstance(known, list) else [])
        if isinstance(one, Mapping) and one.get("hashed") is False
    ]
    return {
        "title": title,
        "issuer": text(issuer, "name") or text(issuer),
        "holder": ", ".join(filter(None, names)),
        "day": text(document, "validFrom")[:10],
    }


@bp.post("/verify")
@public
def verify_brought() -> Any:
    """A file, a text or a link; nothing of it is kept."""
    typed = request.form.get("text", "").strip()
    file = request.files.get("file")
    content = file.read(MOST_BYTES + 1) if file and file.filename else typed.encode()
    if not content:
        return _page(_("Choose a file, or paste the credential or its link.")), 422
    try:
        take((TRIES, request.remote_addr or ""))
    except TooManyTries as error:
        return _page(str(error.message), typed), 429
    link = _LINK.fullmatch(typed) if content == typed.encode() else None
    if link is not None:
        return _follow(typed, link[1])
    try:
        document = credential_in(content)
    except vc.VcError:
        problem = _(
            "There is no credential of ours in it. We read JSON, JWT, and the SVG, PNG and PDF "
            "files that are downloaded here."
        )
        return _page(problem, typed if not file else ""), 422
    return _page(checked=operations.check(house(), document))


def _follow(typed: str, name: str) -> Any:
    """Only links to credentials of this house: nothing is fetched from elsewhere."""
    if not typed.startswith((f"{address()}/", f"{request.host_url}")):
        return _page(_("This link does not lead to a credential of ours."), typed), 422
    try:
        found = queries.public_credential(reader(), uuid.UUID(name))
    except (ValueError, NotVisible):
        return _page(_("There is no credential at this link, or its holder hides it."), typed), 422
    return redirect(url_for("credentials.show", credential_id=found.id), code=303)
