"""The plan of an item: who marks what, how far everybody is, and works handed over."""

import re
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.models import Person
from app.accounts.session import me
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.learning import queries as learning
from app.learning.views.desk import tabs_of
from app.marking.operations import shares as operations
from app.marking.queries import shares as queries
from app.marking.queries import shares_progress as reading
from app.marking.queries.shares import Plan
from app.marking.rules.sharing import MOST_WEIGHT, SHARING_NAMES, Agreeing, Sharing
from app.marking.views.blueprint import ITEM, Desk, bp, opened, teachers

MOST_LINES = 2000


@bp.route(f"{ITEM}/plan", methods=["GET", "POST"])
@teachers
def plan(code: str, kind: str, slug: str) -> Any:
    """The plan. A POST of ``preview`` shows how the works would be shared, ``save`` saves it."""
    desk = opened(code, kind, slug)
    section, item = desk.view.section, desk.ref.key
    if request.method == "GET":
        return _page(desk, queries.plan(section, item))
    if not desk.may_set_up:
        raise NotVisible(slug)
    wanted = _typed()
    try:
        if request.form.get("act") != "save":
            counts = operations.foreseen(section, item, wanted)
            return _page(desk, wanted, foreseen=_named(counts))
        operations.save_plan(
            me(),
            section,
            item,
            wanted,
            seen_number=request.form.get("number", 0, int),
            reason=_text("reason"),
            anew=request.form.get("anew") == "1",
        )
    except Refused as error:
        return _page(desk, wanted, problem=str(error.message)), 422
    flash(_("The plan is saved. Works are shared out by it from now on."), "success")
    return _back(code, kind, slug)


def _page(
    desk: Desk,
    wanted: Plan,
    *,
    foreseen: list[tuple[str, int]] | None = None,
    problem: str = "",
) -> str:
    section, item = desk.view.section, desk.ref.key
    here = reading.graders_here(section)
    now = queries.plan(section, item) if request.method == "POST" else wanted
    rows = reading.progress(section, item, now, here)
    return render_template(
        "marking/shares.html",
        place=desk,
        plan=now,
        wanted=wanted,
        here=here,
        rows=rows,
        left=sum(row.waiting for row in rows if row.person is None),
        boards=learning.board_of(section) if desk.may_set_up else [],
        versions=db.session.scalars(queries.versions(section.id, item).limit(20)).all(),
        foreseen=foreseen,
        problem=problem,
        reason=request.form.get("reason", ""),
        number=request.form.get("number", now.number, int),
        sharing_names=SHARING_NAMES,
        most_weight=MOST_WEIGHT,
        link={"code": desk.code, "kind": desk.ref.kind.value, "slug": desk.ref.slug},
        **tabs_of(learning.section_desk(me(), desk.code)),
    )


def _named(counts: Any) -> list[tuple[str, int]]:
    people = {
        row.id: row.name
        for row in db.session.query(Person).where(Person.id.in_([one for one in counts if one]))
    }
    named = sorted((people[one], count) for one, count in counts.items() if one)
    return [*named, *([(_("nobody"), counts[None])] if counts.get(None) else [])]


def _typed() -> Plan:
    """What the form wants; what it cannot mean is left out."""
    form = request.form
    set_id = _id(form.get("group_set", ""))
    groups, graders = {}, {}
    for name, value in form.items():
        what, _sep, key = name.partition(":")
        found, chosen = _id(key), _id(value)
        if what == "weight" and found and value.strip().isascii() and value.strip().isdigit():
            graders[found] = min(int(value.strip()[:6]), MOST_WEIGHT)
        elif what == f"group-{set_id}" and found and chosen:
            groups[found] = chosen
    sharing, agreeing = form.get("sharing", ""), form.get("agreeing", "")
    return Plan(
        blind=form.get("blind") == "1",
        sharing=Sharing(sharing) if sharing in list(Sharing) else Sharing.ALL,
        graders={key: weight for key, weight in graders.items() if weight},
        group_set_id=set_id,
        groups=groups,
        seconds_percent=min(max(form.get("seconds", 0, int), 0), 100),
        threshold=_percent(form.get("threshold", "")),
        agreeing=Agreeing(agreeing) if agreeing in list(Agreeing) else Agreeing.MEAN,
    )


def _percent(text: str) -> Decimal:
    try:
        found = Decimal(text.strip() or "0")
    except InvalidOperation:
        return Decimal(0)
    return min(max(found, Decimal(0)), Decimal(100)) if found.is_finite() else Decimal(0)


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\0", "")


def _back(code: str, kind: str, slug: str) -> Response:
    return redirect(url_for("marking.plan", code=code, kind=kind, slug=slug), code=303)


@bp.post(f"{ITEM}/plan/handing-over")
@teachers
def hand_over(code: str, kind: str, slug: str) -> Response:
    """Works that wait go from one grader, or from nobody, to another."""
    desk = opened(code, kind, slug)
    source, target = request.form.get("source", ""), _id(request.form.get("target", ""))
    if target is None or (source and _id(source) is None):
        raise NotVisible(slug)
    most = request.form.get("most", type=int)
    try:
        moved = operations.hand_over(
            me(),
            desk.view.section,
            desk.ref.key,
            source=_id(source),
            target=target,
            most=max(0, most) if most is not None else None,
        )
    except Refused as error:
        flash(str(error.message), "error")
    else:
        flash(ngettext("%(num)d work moved.", "%(num)d works moved.", moved), "success")
    return _back(code, kind, slug)


@bp.post(f"{ITEM}/plan/list")
@teachers
def assign(code: str, kind: str, slug: str) -> Response:
    """Works by a list: a student number or mail, and a grader's mail, a line each."""
    desk = opened(code, kind, slug)
    if not desk.may_set_up:
        raise NotVisible(slug)
    section = desk.view.section
    known = _known(desk)
    graders = {
        word.lower(): person.id
        for person in reading.graders_here(section)
        for word in (person.email, person.handle)
    }
    wanted, wrong = {}, []
    for number, line in enumerate(_text("list").splitlines()[:MOST_LINES], 1):
        words = [word.strip().lower() for word in re.split(r"[,;\t]", line)]
        if not any(words):
            continue
        owner, grader = known.get(words[0]), graders.get(words[1]) if len(words) > 1 else None
        if owner is None or grader is None:
            wrong.append(str(number))
        else:
            wanted[owner] = grader
    moved = operations.assign(me(), section, desk.ref.key, wanted)
    flash(ngettext("%(num)d work moved.", "%(num)d works moved.", moved), "success")
    if wrong:
        lines = ", ".join(wrong[:20])
        flash(_("Lines that name nobody of this section: %(lines)s.", lines=lines), "error")
    return _back(code, kind, slug)


def _known(desk: Desk) -> dict[str, uuid.UUID]:
    """The section's students by number and by mail."""
    section = desk.view.section
    found = {}
    for row in learning.roster(section):
        found[row.person.email.lower()] = row.person_id
        number = learning.student_number(row, section.school_id)
        if number:
            found[number.lower()] = row.person_id
    return found
