"""What two graders gave, side by side, until it is settled; and how far they agree."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.views.desk import tabs_of
from app.marking.operations import seconds as operations
from app.marking.operations.seconds_levels import judgements_of
from app.marking.queries import seconds as queries
from app.marking.queries import seconds_agreement as agreements
from app.marking.queries import shares
from app.marking.queries.seconds_rubrics import TwoJudgements, judged_by_two
from app.marking.rules.joining import agreed
from app.marking.rules.seconds import SETTLED_NAMES
from app.marking.views.blueprint import ITEM, bp, opened, teachers
from app.rubrics.forms import Entry, JudgementInput, read_judgement
from app.rubrics.rules import BadPoints, assess, marks_of, plain, points_of

PREFIX = "levels."
"""What the names of a rubric's fields begin with."""


@bp.get(f"{ITEM}/second-look")
@teachers
def seconds(code: str, kind: str, slug: str) -> str:
    """What is to be settled, what was, and the agreement. Others than instructors see what they
    marked themselves."""
    desk = opened(code, kind, slug)
    section, item = desk.view.section, desk.ref.key
    pairs = queries.pairs(section, item)
    settled = agreements.settled(section, item)
    if not desk.may_set_up:
        pairs = [pair for pair in pairs if pair.is_of(me())]
        settled = [row for row in settled if me().id in (row.first.grader_id, row.second.grader_id)]
    two = judged_by_two(section.id, item, [(pair.first, pair.second) for pair in pairs])
    people = queries.people_of(
        item, {pair.work_id for pair in pairs} | {row.work_id for row in settled}
    )
    names = {work: desk.name_of(*person) for work, person in people.items()}
    return render_template(
        "marking/seconds.html",
        place=desk,
        plan=shares.plan(section, item),
        pairs=[pair for pair in pairs if people[pair.work_id][0] != me().id],
        settled=[row for row in settled if people[row.work_id][0] != me().id],
        names=names,
        two=two,
        prefilled={key: _agreed(judged) for key, judged in two.items()},
        assessed=lambda version, marks: assess(version.scale, marks_of(marks)),
        agreement=agreements.agreement_on(section, item),
        settled_names=SETTLED_NAMES,
        link={"code": desk.code, "kind": desk.ref.kind.value, "slug": desk.ref.slug},
        **tabs_of(learning.section_desk(me(), desk.code)),
    )


def _agreed(judged: TwoJudgements) -> JudgementInput:
    """A form in which stands what both gave alike; the rest is to be chosen."""
    scale = judged.version.scale
    marks = agreed(scale, marks_of(judged.first.marks), marks_of(judged.second.marks))
    entries = {
        name: Entry(mark.level or "", plain(mark.points), mark.comment)
        for name, mark in marks.items()
    }
    return JudgementInput(marks, "", entries=entries)


@bp.post(f"{ITEM}/second-look/<uuid:work_id>")
@teachers
def settle(code: str, kind: str, slug: str, work_id: uuid.UUID) -> Response:
    """Points for what two marked differently, with a word."""
    desk = opened(code, kind, slug)
    section, item = desk.view.section, desk.ref.key
    part = request.form.get("part", "").replace("\0", "")
    word = request.form.get("word", "").replace("\0", "")
    work = queries.work_in(section, item, work_id)
    back = redirect(url_for("marking.seconds", code=code, kind=kind, slug=slug), code=303)
    pair = queries.pair_of(section, item, work_id, part)
    judged = judgements_of(work, pair.first, pair.second) if pair is not None else None
    typed = read_judgement(judged.version, request.form, PREFIX) if judged is not None else None
    points: Any = None
    try:
        points = points_of(request.form.get("points", ""))
    except BadPoints:
        points = None
    has_points = judged is not None and judged.version.scale.has_points
    if (points is None and not has_points) or (typed is not None and not typed.is_readable):
        flash(_("The points must be a number."), "error")
        return back
    try:
        settled = operations.propose(
            me(), section, work, part, points, word, marks=typed.marks if typed else None
        )
    except NotVisible:
        raise
    except Refused as error:
        flash(str(error.message), "error")
    else:
        flash(
            _("Settled: these points count now.")
            if settled is not None
            else _("Kept. They count once the other grader says the same, or an instructor."),
            "success",
        )
    return back
