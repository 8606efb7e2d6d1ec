"""What waits for a person in a section, and one item of it."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.catalog.models import CourseItem
from app.catalog.rules import ItemKind
from app.kernel.errors import NotVisible
from app.kernel.i18n import current_locale
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.views.desk import tabs_of
from app.marking import operations, policies, queries
from app.marking.queries import ItemTally, PartTally
from app.marking.rules import KINDS, Ref, rubric_key
from app.marking.views.blueprint import ITEM, Desk, asked, bp, opened, query_of, teachers
from app.questions.rules.texts import pick
from app.quizzes.queries import document_of
from app.regrading.queries import open_requests
from app.rubrics import queries as rubrics


@bp.get("/teaching/<code>/marking")
@teachers
def section(code: str) -> str:
    """Everything of a section that waits for a person, item by item."""
    view = learning.section_taught_by(me(), code)
    if not policies.can_mark(me(), view.section):
        raise NotVisible(code)
    whole, hers = queries.tallies_of(view.section, me())
    rows = [
        (item, Ref(item.kind, item.slug), whole.get(Ref(item.kind, item.slug)))
        for item in view.version.items
        if item.kind in KINDS
    ]
    return render_template(
        "marking/desk.html",
        rows=[row for row in rows if row[2] is not None],
        hers=hers,
        untouched=[item for item, _ref, tally in rows if tally is None],
        **tabs_of(learning.section_desk(me(), code)),
    )


@bp.get(ITEM)
@teachers
def item(code: str, kind: str, slug: str) -> str:
    """One item: its parts with their rubrics, and its works."""
    desk = opened(code, kind, slug)
    given = asked()
    counts = queries.counts(desk.scope, given.part)
    whole, hers = queries.tallies_of(desk.view.section, me(), desk.ref)
    tally = whole.get(desk.ref) or ItemTally(desk.ref)
    page = max(1, request.args.get("page", 1, int))
    titles = titles_of(desk.item)
    return render_template(
        "marking/item.html",
        place=desk,
        asked=given,
        query=query_of(given),
        totals=counts,
        tally=tally,
        hers=_parts(hers.get(desk.ref)),
        is_shared=desk.scope.mine is not None,
        listed=queries.works_in(desk.scope, given, counts.of(given.state), page),
        titles=titles,
        attached=_attached(desk, tally),
        requests=open_requests(desk.view.section, desk.ref.key),
        offered=rubrics.attachable_versions(me()) if desk.may_set_up else [],
        **tabs_of(learning.section_desk(me(), code)),
    )


def _parts(tally: ItemTally | None) -> dict[str, PartTally] | None:
    """The parts of TALLY by name; None where everything is hers."""
    return {part.part: part for part in tally.parts} if tally is not None else None


def _attached(desk: Desk, tally: ItemTally) -> dict[str, Any]:
    """The rubric of each part that has one."""
    keys = {
        rubric_key(desk.view.section.id, desk.ref.key, part.part): part.part for part in tally.parts
    }
    return {keys[key]: version for key, version in rubrics.attached(list(keys)).items()}


def titles_of(item: CourseItem) -> dict[str, str]:
    """What the questions of a quiz ask, in short, by their ids; nothing for a lab."""
    if item.kind is not ItemKind.QUIZ:
        return {}
    found = {}
    for part in document_of(item).get("sections", ()):
        for question in part.get("questions", ()):
            if isinstance(question, dict) and "id" in question:
                found[question["id"]] = pick(question.get("text"), current_locale())[0][:120]
    return found


@bp.get(f"{ITEM}/next")
@teachers
def next_work(code: str, kind: str, slug: str) -> Response:
    """To the first work that matches."""
    desk = opened(code, kind, slug)
    given = asked()
    found = queries.first_work(desk.scope, given)
    if found is None:
        flash(_("Nothing here waits for you."), "success")
        address = url_for("marking.item", code=code, kind=kind, slug=slug, **query_of(given))
    else:
        address = url_for(
            "marking.work", code=code, kind=kind, slug=slug, work_id=found, **query_of(given)
        )
    return redirect(address, code=303)


@bp.post(f"{ITEM}/rubric")
@teachers
def choose_rubric(code: str, kind: str, slug: str) -> Response:
    """Which rubric a part is judged by."""
    desk = opened(code, kind, slug)
    if not desk.may_set_up:
        raise NotVisible(slug)
    part = request.form.get("part", "").replace("\0", "")[:400]
    tally = queries.tallies(desk.view.section, me(), desk.ref).get(desk.ref)
    if tally is None or part not in {row.part for row in tally.parts}:
        raise NotVisible(part)
    chosen = request.form.get("version", "")
    version = None
    if chosen:
        try:
            version = rubrics.version_attachable_by(me(), uuid.UUID(chosen))
        except ValueError as error:
            raise NotVisible(chosen) from error
    operations.choose_rubric(me(), desk.view.section, desk.ref, part, version)
    flash(
        _("From now on this is judged by “%(title)s”.", title=version.title)
        if version is not None
        else _("From now on this gets points without a rubric."),
        "success",
    )
    return redirect(url_for("marking.item", code=code, kind=kind, slug=slug), code=303)
