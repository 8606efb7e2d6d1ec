"""Taking a place, waiting for one, giving it back."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.operations.throttling import Limit, take
from app.accounts.session import me
from app.catalog import queries as catalog
from app.catalog.rules.comparing import compare
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning import operations, queries
from app.learning.forms import WithdrawalForm
from app.learning.models import Enrolment, Section
from app.learning.rules import RequestState
from app.learning.rules.changes import for_learners
from app.learning.views.blueprint import bp, say, shown
from app.web.doors import signed_in

CODES = Limit("section-code:person", count=10, seconds=3600)


@bp.post("/learn/<code>/enrolment")
@signed_in
def create_enrolment(code: str) -> Response:
    section = _listed(code)
    typed = request.form.get("code", "").strip()
    try:
        if typed:
            take((CODES, str(me().id)))
        got = operations.ask_for_place(
            me(), section, code=typed, message=request.form.get("message", "")
        )
    except operations.AlreadyEnrolled:
        pass  # pressed twice: she is where she wants to be
    except Refused as refusal:
        say(refusal)
        return _to_course(section)
    else:
        if not isinstance(got, Enrolment):
            if got.state is RequestState.WAITING:
                flash(
                    _(
                        "All places are taken. You are on the waitlist, and get the next place by "
                        "yourself when your turn comes."
                    ),
                    "info",
                )
            else:
                flash(_("Your request is on its way to the instructor."), "success")
            return _to_course(section)
        flash(_("Welcome! You take this course now."), "success")
    return redirect(url_for("learning.section", code=code))


@bp.post("/learn/<code>/request/withdrawal")
@signed_in
def withdraw_request(code: str) -> Response:
    section = _listed(code)
    try:
        operations.leave_line(me(), section)
    except Refused as refusal:
        say(refusal)
    else:
        flash(_("You no longer wait for a place."), "success")
    return _to_course(section)


@bp.route("/learn/<code>/withdrawal", methods=["GET", "POST"])
@signed_in
def create_withdrawal(code: str) -> tuple[str, int] | Response:
    """Asks for the reason; her work is kept."""
    view = queries.section_for(me(), code)
    if view.enrolment is None:
        raise NotVisible(code)
    form = WithdrawalForm()
    if not form.validate_on_submit():
        return shown(form, "learning/withdrawal.html", view=view)
    try:
        operations.withdraw(me(), view.section, reason=form.reason.data or "")
    except Refused as refusal:
        say(refusal)
    else:
        flash(_("You no longer take this course. Your work is kept if you come back."), "success")
    return redirect(url_for("learning.course", slug=view.version.course.slug))


@bp.get("/learn/<code>/changes")
@signed_in
def changes(code: str) -> str:
    """What became different in a running course, version by version."""
    view = queries.section_for(me(), code)
    locked = {item.key for item in view.version.items if view.lock(item)}
    shown = []
    for upgrade in queries.upgrades_of(view.section.offering_id)[:5]:
        before, after = catalog.source_of(upgrade.before), catalog.source_of(upgrade.after)
        words = for_learners(compare(before, after), locked) if before and after else None
        # Versions from before sources were kept are compared item by item, without their texts.
        ids = (upgrade.before_id, upgrade.after_id)
        plain = queries.changes_between(*ids) if words is None else []
        shown.append((upgrade, words, plain))
    return render_template("learning/changes.html", view=view, upgrades=shown)


def _listed(code: str) -> Section:
    """Every section is listed on its course's page, so anybody signed in may ask to enrol."""
    section = queries.section_by_code(code)
    if section is None:
        raise NotVisible(code)
    return section


def _to_course(section: Section) -> Response:
    slug = section.offering.course_version.course.slug
    return redirect(url_for("learning.course", slug=slug) + "#sections")
