"""What a student is granted in quizzes."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.catalog.rules import ItemKind
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.quizzes import operations, policies, queries
from app.quizzes.forms import AccommodationForm
from app.quizzes.views.blueprint import bp, staff
from app.quizzes.views.desk import frame


@bp.route("/teaching/<code>/students/<uuid:person_id>/quizzes", methods=["GET", "POST"])
@staff
def accommodations(code: str, person_id: uuid.UUID) -> Any:
    """One student's quizzes and what she was granted. A POST grants more."""
    view = learning.section_taught_by(me(), code)
    enrolment = learning.student_in(view.section, person_id)
    may_manage = policies.can_manage(me(), view.section)
    items = [item for item in view.version.items if item.kind is ItemKind.QUIZ]
    form = AccommodationForm([(item.slug, str(item.title)) for item in items])
    if request.method == "GET" and request.args.get("quiz"):
        form.quiz.data = request.args["quiz"]
    page: dict[str, Any] = {
        "enrolment": enrolment,
        "items": items,
        "titles": {item.slug: item.title for item in items},
        "given": queries.accommodations_of(view.section, enrolment.person),
        "attempts": queries.attempts_in(view.section, person_id),
        "in_words": operations.in_words,
        "may_manage": may_manage,
        **frame(code),
    }
    if request.method == "POST" and not may_manage:
        raise NotVisible(code)
    if not form.validate_on_submit():
        code_of = 422 if form.errors else 200
        return render_template("quizzes/accommodations.html", form=form, **page), code_of
    try:
        operations.give_accommodation(
            me(),
            view.section,
            enrolment.person,
            operations.Terms(
                slug=form.quiz.data or None,
                extra_percent=form.extra_percent.data or 0,
                extra_minutes=form.extra_minutes.data or 0,
                extra_attempts=form.extra_attempts.data or 0,
                closes_at=form.closes_at.instant,
                reason=form.reason.data or "",
            ),
        )
    except Refused as error:
        form.form_errors.append(str(error.message))
        return render_template("quizzes/accommodations.html", form=form, **page), 422
    flash(_("%(name)s was told what is given.", name=enrolment.person.name), "success")
    return redirect(url_for("quizzes.accommodations", code=code, person_id=person_id), code=303)


@bp.post("/teaching/<code>/accommodations/<uuid:accommodation_id>/end")
@staff
def end_accommodation(code: str, accommodation_id: uuid.UUID) -> Response:
    view = learning.section_taught_by(me(), code)
    given = queries.accommodation_in(view.section, accommodation_id)
    if not policies.can_manage(me(), view.section):
        raise NotVisible(code)
    operations.end_accommodation(me(), given)
    flash(_("It counts no longer."), "success")
    return redirect(
        url_for("quizzes.accommodations", code=code, person_id=given.person_id), code=303
    )
