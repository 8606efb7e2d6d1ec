"""Words and small helpers of the templates."""

import uuid
from typing import Any

from flask import url_for
from markupsafe import Markup

from app.evidence.rules import VOUCHING_NAMES
from app.kernel.i18n import lazy_gettext as _l
from app.portfolio.models import PortfolioPage, PortfolioShare
from app.portfolio.rules import SHOWS, Audience, BlockKind, last_day
from app.web import markdown

__all__ = ["AUDIENCES", "KINDS", "helpers", "share_address"]

KINDS = {
    BlockKind.TEXT: _l("Text"),
    BlockKind.PROJECT: _l("Project"),
    BlockKind.SKILLS: _l("Skills"),
    BlockKind.CREDENTIALS: _l("Credentials"),
    BlockKind.COURSES: _l("Courses"),
    BlockKind.LABS: _l("Labs"),
    BlockKind.CHALLENGES: _l("Challenges"),
    BlockKind.PICTURES: _l("Pictures"),
    BlockKind.FILES: _l("Files"),
    BlockKind.LINKS: _l("Links"),
}
AUDIENCES = {
    Audience.LINK: _l("Anyone who has the link"),
    Audience.COMPANY: _l("A company that I name"),
    Audience.PUBLIC: _l("Everybody"),
}
SHOW_NAMES = {
    "evidence": _l("with the work that shows it"),
    "grade": _l("with the final grade"),
    "score": _l("with the score"),
    "cells": _l("with each graded cell"),
    "code": _l("with my code"),
}
NOTHING = {
    BlockKind.SKILLS: _l("No skill is shown by your work yet: it is once a lab has been passed."),
    BlockKind.CREDENTIALS: _l("No credential has been issued to you yet."),
    BlockKind.COURSES: _l("You take no course yet."),
    BlockKind.LABS: _l("No result of a lab has been released to you yet."),
    BlockKind.CHALLENGES: _l("No challenge that you took part in has ended yet."),
}


def share_address(page: PortfolioPage, share: PortfolioShare) -> str:
    """Where its readers find PAGE by SHARE, with the site's name."""
    if share.token is not None:
        return url_for("portfolio.linked", token=share.token, _external=True)
    return url_for("portfolio.page", handle=page.person.handle, slug=page.slug, _external=True)


def credential_address(credential_id: uuid.UUID) -> str:
    """Where anybody verifies a credential, with the site's name."""
    return url_for("credentials.show", credential_id=credential_id, _external=True)


def render_text(text: str, part: Any) -> Markup:
    """Markdown of hers: pictures of other places become links, nothing is fetched by readers."""
    return Markup(markdown.render(text, pictures=None, part=str(part)))


def render_code(text: str) -> Markup:
    """Python, coloured."""
    fence = "`" * 3
    while fence in text:
        fence += "`"
    return Markup(markdown.render(f"{fence}python\n{text}\n{fence}", pictures=None, part="code"))


def can_show(fact: Any) -> tuple[str, ...]:
    """What of FACT there is to show now."""
    shows = []
    if getattr(fact, "ways", ()):
        shows.append("evidence")
    if getattr(fact, "grade", None) is not None:
        shows.append("grade")
    if getattr(fact, "score", None) is not None:
        shows.append("score")
    if getattr(fact, "cells", ()):
        shows.append("cells")
    if getattr(fact, "code_is_free", False):
        shows.append("code")
    return tuple(shows)


def helpers() -> dict[str, Any]:
    """For the templates of this room."""
    return {
        "kinds": KINDS,
        "shows": {kind: SHOWS.get(kind, ()) for kind in BlockKind},
        "show_names": SHOW_NAMES,
        "nothing": NOTHING,
        "can_show": can_show,
        "last_day": last_day,
        "vouching_names": VOUCHING_NAMES,
        "credential_address": credential_address,
        "render_text": render_text,
        "render_code": render_code,
        "share_address": share_address,
    }
