"""Who may need attention: the list, one student, what is done, from when on it matters."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.gradebook.queries import Book
from app.insights import operations, policies, queries
from app.insights.forms import MessageForm, NoteForm, StateForm, ThresholdsForm, TimeForm
from app.insights.rules.steps import STEP_NAMES, StepKind
from app.insights.rules.words import reason_words
from app.insights.views.blueprint import bp, desk_of, frame, teachers
from app.kernel.clock import TAIPEI
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.learning import queries as learning
from app.learning.queries import SectionDesk
from app.web.csv import csv_response

STATE_NAMES = {"open": _l("To look at"), "put_off": _l("Put off"), "settled": _l("Taken care of")}
STATES_OF_STEPS = {
    "settled": StepKind.SETTLED,
    "snoozed": StepKind.SNOOZED,
    "reopened": StepKind.REOPENED,
}


def titles_of(book: Book) -> dict[str, str]:
    return {column.key: str(column.title) for column in book.columns}


def looked_at(code: str) -> tuple[SectionDesk, Book]:
    """The section CODE, the rules applied as of now."""
    desk = desk_of(code)
    book = queries.book_seen_by(me(), code)
    operations.look(book)
    return desk, book


def asked_state() -> str:
    state = request.args.get("state", "open")
    return state if state in queries.STATES else "open"


@bp.get("/teaching/<code>/attention")
@teachers
def attention(code: str) -> str:
    desk, book = looked_at(code)
    state = asked_state()
    return render_template(
        "insights/attention.html",
        listed=queries.attention_of(desk.section, state, max(1, request.args.get("page", 1, int))),
        state=state,
        states=STATE_NAMES,
        by_state=queries.attention_counts(desk.section),
        titles=titles_of(book),
        thresholds=queries.thresholds_of(desk.section.id),
        may_set=policies.can_set_thresholds(me(), desk.section),
        passing=book.scheme.scale.passing,
        number_of=_number,
        step_names=STEP_NAMES,
        **frame(desk),
    )


def _number(row: queries.Attention, school_id: uuid.UUID) -> str:
    found = (
        m.student_number for m in row.person.live_memberships
        if m.organisation_id == school_id and m.student_number
    )  # fmt: skip
    return next(found, "")


@bp.get("/teaching/<code>/attention.csv")
@teachers
def attention_csv(code: str) -> Response:
    desk, book = looked_at(code)
    titles = titles_of(book)
    rows = [
        row for state in queries.STATES
        for row in queries.attention_of(desk.section, state, None).rows
    ]  # fmt: skip
    return csv_response(
        f"{code}-attention.csv",
        [
            _("Student number"),
            _("Name"),
            _("Mail address"),
            _("State"),
            _("Reasons"),
            _("Last step"),
            _("By"),
            _("On"),
        ],
        (
            [
                _number(row, desk.section.school_id),
                row.person.name,
                row.person.email,
                STATE_NAMES[row.state],
                "\n".join(reason_words(reason, titles) for reason in row.reasons),
                *(
                    (
                        STEP_NAMES[row.last_step.kind],
                        row.last_step.by.name,
                        row.last_step.at.astimezone(TAIPEI).isoformat(timespec="minutes"),
                    )
                    if row.last_step
                    else ("", "", "")
                ),
            ]
            for row in rows
        ),
    )


@bp.route("/teaching/<code>/attention/rules", methods=["GET", "POST"])
@teachers
def thresholds(code: str) -> Any:
    """From when on somebody is listed."""
    desk = desk_of(code)
    if not policies.can_set_thresholds(me(), desk.section):
        raise NotVisible(code)
    form = ThresholdsForm(obj=queries.thresholds_of(desk.section.id))
    if form.validate_on_submit():
        operations.save_thresholds(me(), desk.section, form.thresholds)
        flash(_("Saved. The list follows these rules now."), "success")
        return redirect(url_for("insights.attention", code=code), code=303)
    page = render_template("insights/thresholds.html", form=form, **frame(desk))
    return page, 422 if form.is_submitted() else 200


@bp.get("/teaching/<code>/attention/<uuid:person_id>")
@teachers
def person(code: str, person_id: uuid.UUID) -> Any:
    return _person(code, person_id)


def _person(code: str, person_id: uuid.UUID, *, status: int = 200, **filled: Any) -> Any:
    """One student: what the rules say, what was done, and what can be done. FILLED: forms with
    what somebody typed into them."""
    desk = desk_of(code)
    book = queries.book_seen_by(me(), code)
    enrolment, found = queries.finding_of(desk.section, person_id)
    items = [(c.key, str(c.title)) for c in book.columns if c.kind != "manual"]
    forms = {
        "note_form": NoteForm(formdata=None),
        "message_form": MessageForm(formdata=None),
        "time_form": TimeForm(items, formdata=None),
        "state_form": StateForm(formdata=None),
        **filled,
    }
    page = render_template(
        "insights/person.html",
        enrolment=enrolment,
        found=found,
        steps=queries.steps_of(desk.section, person_id),
        step_names=STEP_NAMES,
        states=STATE_NAMES,
        titles=titles_of(book),
        number=learning.student_number(enrolment, desk.section.school_id),
        may_give_time=policies.can_give_time(me(), desk.section),
        **forms,
        **frame(desk),
    )
    return page, status


def _done(
    code: str, person_id: uuid.UUID, name: str, form: Any, do: Callable[[], None], said: str
) -> Any:
    """DO it when FORM is in order; else the page again with what was typed."""
    if form.validate_on_submit():
        try:
            do()
        except Refused as error:
            form.form_errors.append(str(error.message))
        else:
            flash(said, "success")
            return redirect(url_for("insights.person", code=code, person_id=person_id), code=303)
    return _person(code, person_id, status=422, **{name: form})


@bp.post("/teaching/<code>/attention/<uuid:person_id>/notes")
@teachers
def create_note(code: str, person_id: uuid.UUID) -> Any:
    section = desk_of(code).section
    student = learning.student_in(section, person_id).person
    form = NoteForm()

    def do() -> None:
        operations.take_step(
            me(), section, student, StepKind.NOTE, text=form.note.data or "", key=form.deed
        )

    return _done(code, person_id, "note_form", form, do, _("The note is kept."))


@bp.post("/teaching/<code>/attention/<uuid:person_id>/messages")
@teachers
def create_message(code: str, person_id: uuid.UUID) -> Any:
    section = desk_of(code).section
    student = learning.student_in(section, person_id).person
    form = MessageForm()

    def do() -> None:
        operations.write_to(
            me(), section, student, form.subject.data or "", form.text.data or "", key=form.deed
        )

    return _done(code, person_id, "message_form", form, do, _("The message is sent."))


@bp.post("/teaching/<code>/attention/<uuid:person_id>/extensions")
@teachers
def create_extension(code: str, person_id: uuid.UUID) -> Any:
    section = desk_of(code).section
    if not policies.can_give_time(me(), section):
        raise NotVisible(code)
    student = learning.student_in(section, person_id).person
    book = queries.book_seen_by(me(), code)
    form = TimeForm([(c.key, str(c.title)) for c in book.columns if c.kind != "manual"])

    def do() -> None:
        operations.give_time(
            me(),
            section,
            student,
            item_key=form.item.data or None,
            days=form.more_days.data or 0,
            reason=form.reason.data or "",
            key=form.deed,
        )

    said = _("%(name)s has more time now.", name=student.name)
    return _done(code, person_id, "time_form", form, do, said)


@bp.post("/teaching/<code>/attention/<uuid:person_id>/state")
@teachers
def change_state(code: str, person_id: uuid.UUID) -> Any:
    section = desk_of(code).section
    student = learning.student_in(section, person_id).person
    kind = STATES_OF_STEPS.get(request.form.get("state", ""))
    if kind is None:
        raise NotVisible(code)
    form = StateForm()

    def do() -> None:
        operations.take_step(me(), section, student, kind, days=form.days.data or 0, key=form.deed)

    return _done(code, person_id, "state_form", form, do, str(STEP_NAMES[kind]))
