"""Open lab: start her server, show how far it is, go there."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, current_app, redirect, render_template, request, url_for
from flask_login import current_user

from app.accounts.policies import may_use_labs
from app.accounts.session import me
from app.catalog.rules import ItemKind
from app.kernel.config import Config
from app.kernel.i18n import current_locale
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.queries import SectionView
from app.web.doors import signed_in
from app.web.errors import page
from app.workspaces import gates, hub
from app.workspaces.views.blueprint import bp, server_events, state_of_server, steps


@bp.post("/learn/<code>/labs/<slug>/workspace")
@signed_in
def create_workspace(code: str, slug: str) -> Any:
    """Start her server; go to her lab when it runs, else show how it comes up."""
    view = learning.section_for(current_user, code)
    item = view.item(ItemKind.LAB, slug)
    if not may_use_labs(current_user):
        return page(403, _("Labs open once your mail address is confirmed and you have a school."))
    wanted = purpose_of(request.form)
    environment = item.lab_version.environment if item.lab_version else ""
    try:
        # To read what is kept any server will do.
        as_is = bool(wanted) or "as_is" in request.form
        gates.keeper().admit(me(), view.section, slug, environment=environment, as_is=as_is)
        hub.client().start(current_user.handle, locale=current_locale(), environment=environment)
    except gates.NotNow as refusal:
        return redirect(refusal.path, code=303) if refusal.path else page(503, refusal.message)
    except hub.HubUnavailable as refusal:
        return page(503, refusal.message)
    if state_of_server() == "ready":  # as a forked one is by now: there is no progress to be shown
        gates.keeper().note(me(), "ready")
        config: Config = current_app.extensions["config"]
        return redirect(lab_url(config, current_user.handle, view, slug, wanted), code=303)
    return redirect(url_for("workspaces.opening", code=code, slug=slug, **wanted), code=303)


@bp.get("/learn/<code>/labs/<slug>/workspace")
@signed_in
def opening(code: str, slug: str) -> str:
    view = learning.section_for(current_user, code)
    item = view.item(ItemKind.LAB, slug)
    return render_template("workspaces/opening.html", view=view, item=item, **_progress(view, slug))


@bp.get("/learn/<code>/labs/<slug>/workspace/progress")
@signed_in
def progress(code: str, slug: str) -> str:
    """How far the server is, as the part of a page."""
    view = learning.section_for(current_user, code)
    return render_template("workspaces/progress.html", **_progress(view, slug))


@bp.get("/learn/<code>/labs/<slug>/workspace/events")
@signed_in
def events(code: str, slug: str) -> Response:
    """Says ``message`` whenever the state of her server changes, until it is decided."""
    learning.section_for(current_user, code)
    return server_events()


PURPOSES = ("author", "kept", "submission", "trial")
"""What a server is started for, beside opening a lab: its source, what is kept, a submission, the
unpublished draft as a student would get it."""


def purpose_of(said: Mapping[str, str]) -> dict[str, Any]:
    """What SAID (a form or a query) wants of the lab, in the words of an address."""
    purpose, number = said.get("purpose", ""), said.get("number", "")
    if purpose not in PURPOSES or (purpose == "submission" and not number.isdecimal()):
        return {}
    return {"purpose": purpose} | ({"number": number} if purpose == "submission" else {})


def _progress(view: SectionView, slug: str) -> dict[str, object]:
    code, wanted = view.section.code, purpose_of(request.args)
    state = state_of_server()
    explanation = gates.keeper().note(me(), state)
    config: Config = current_app.extensions["config"]
    return {
        "state": state,
        "explanation": explanation,
        "steps": steps(state),
        "lab_url": lab_url(config, current_user.handle, view, slug, wanted),
        "retry_url": url_for("workspaces.create_workspace", code=code, slug=slug),
        "wanted": wanted,
        "code": code,
        "slug": slug,
    }


def lab_url(
    config: Config, handle: str, view: SectionView, slug: str, wanted: Mapping[str, str]
) -> str:
    """Where a person's own server opens a lab, fetching it when it is not there yet."""
    item = view.item(ItemKind.LAB, slug)
    purpose = wanted.get("purpose")
    if purpose in ("author", "trial"):
        return author_url(config, handle, view.version.course.slug, slug, purpose)
    names = {"course_id": view.section.code, "assignment_id": slug}
    if purpose == "submission":
        names["submission"] = wanted["number"]
    elif purpose is None and item.lab_version is not None:
        names["version"] = str(item.lab_version.number)
    door = "work" if purpose == "kept" else "open"
    return _door(config, handle, door, names)


def author_url(config: Config, handle: str, course: str, lab: str, purpose: str) -> str:
    """Where a person's own server opens a lab's source (``author``), or what students would get of
    the draft (``trial``)."""
    door = "author/trial" if purpose == "trial" else "author/open"
    return _door(config, handle, door, {"course": course, "lab": lab})


def _door(config: Config, handle: str, door: str, names: Mapping[str, str]) -> str:
    labs = urlsplit(config.labs_url)
    home = f"{labs.scheme}://{handle}.{labs.netloc}/user/{handle}"
    return f"{home}/banyan/{door}?{urlencode({**names, 'locale': current_locale()})}"
