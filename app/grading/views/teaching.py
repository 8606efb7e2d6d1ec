"""Labs of a section for its staff: how each is handed in, teams, declarations."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.catalog.models import CourseItem
from app.catalog.rules import ItemKind
from app.grading import operations, queries
from app.grading.forms import HandInRuleForm
from app.grading.models import Submission
from app.grading.views.blueprint import bp
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.policies import Permission, can_manage_section
from app.learning.queries import SectionView
from app.learning.views.desk import tabs_of
from app.web.doors import needs

staff = needs(Permission.TEACH)


def taught_lab(code: str, slug: str) -> tuple[SectionView, CourseItem]:
    """A lab of a section that she teaches. Raises NotVisible."""
    view = learning.section_taught_by(me(), code)
    return view, view.item(ItemKind.LAB, slug)


def frame(code: str) -> dict[str, Any]:
    """What the pages of a section's desk share."""
    return tabs_of(learning.section_desk(me(), code))


@bp.get("/teaching/<code>/labs")
@staff
def labs_of_section(code: str) -> str:
    view = learning.section_taught_by(me(), code)
    return render_template(
        "grading/labs.html",
        items=[item for item in view.version.items if item.kind is ItemKind.LAB],
        rules=queries.rules_of(view.section),
        **frame(code),
    )


@bp.route("/teaching/<code>/labs/<slug>/rules", methods=["GET", "POST"])
@staff
def hand_in_rule(code: str, slug: str) -> Any:
    """By whom a lab is handed in, how often, and what AI tools may do. A POST sets it."""
    view, item = taught_lab(code, slug)
    may_set = can_manage_section(me(), view.section)
    sets = [board.set for board in learning.board_of(view.section)]
    rule = queries.rule_of(view.section, slug)
    form = HandInRuleForm.of(rule, sets)
    page = {
        "item": item,
        "form": form,
        "may_set": may_set,
        "versions": queries.rule_versions(view.section, slug),
        **frame(code),
    }
    if form.is_submitted() and not may_set:
        raise NotVisible(code)
    if not form.validate_on_submit():
        return render_template("grading/hand_in_rule.html", **page), 422 if form.errors else 200
    try:
        operations.set_hand_in_rule(me(), view.section, slug, form.settings(sets))
    except Refused as error:
        form.form_errors.append(str(error.message))
        return render_template("grading/hand_in_rule.html", **page), 422
    flash(_("Saved: it holds for whatever is handed in from now on."), "success")
    return _to("grading.hand_in_rule", code, slug)


def _to(endpoint: str, code: str, slug: str) -> Response:
    return redirect(url_for(endpoint, code=code, slug=slug), code=303)


@bp.get("/teaching/<code>/labs/<slug>/teams")
@staff
def teams(code: str, slug: str) -> str:
    """Every team of a lab: who is in it, what it handed in, and each member's adjustment."""
    view, item = taught_lab(code, slug)
    rule = queries.rule_of(view.section, slug)
    has_teams = rule is not None and rule.group_set_id is not None
    return render_template(
        "grading/teams.html",
        item=item,
        rule=rule,
        rows=queries.team_rows(view.section, rule) if rule and has_teams else [],
        alone=queries.lone_students(view.section, rule) if rule and has_teams else [],
        number_of=learning.student_number,
        **frame(code),
    )


STATES = ("missing", "used", "unused")


@bp.get("/teaching/<code>/labs/<slug>/declarations")
@staff
def declarations(code: str, slug: str) -> str:
    """What was declared about AI tools, newest submissions only; ``?state=`` chooses."""
    view, item = taught_lab(code, slug)
    state = request.args.get("state", "")
    works = queries.works_with_declarations(view.section, slug)
    kinds = {work.id: _state_of(work) for work in works}
    return render_template(
        "grading/declarations.html",
        item=item,
        rule=queries.rule_of(view.section, slug),
        works=[w for w in works if state not in STATES or kinds[w.id] == state],
        state=state if state in STATES else "",
        how_many={one: list(kinds.values()).count(one) for one in STATES} | {"": len(works)},
        **frame(code),
    )


def _state_of(work: Submission) -> str:
    said = work.declaration
    if said is None:
        return "missing" if work.lacks_declaration else "none"
    return "used" if said.used else "unused"
