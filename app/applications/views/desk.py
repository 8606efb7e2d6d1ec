"""The company's side: the board of a brief, one application, moves, offers, notes, exports."""

import uuid
from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for

from app.accounts.session import me
from app.applications import operations, queries
from app.applications.forms import NoteForm, OfferForm, ReasonForm, TagForm
from app.applications.queries import Seen
from app.applications.rules import (
    LOOK,
    LOOK_LIST,
    STATE_NAMES,
    Actor,
    Move,
    State,
    move_to,
    moves_of,
)
from app.applications.views.answers import file_answer
from app.applications.views.blueprint import asked_text, bp, say, seen_state
from app.evidence.rules import VOUCHING_NAMES
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.privacy import operations as privacy
from app.web.csv import csv_response
from app.web.doors import signed_in


@bp.get("/company/<slug>/briefs/<uuid:brief_id>/applicants")
@signed_in
def board(slug: str, brief_id: uuid.UUID) -> str:
    """Everybody who applied and consents, in columns by state."""
    look_at_list(slug, brief_id)
    found = queries.board_of(me(), brief_id)
    tag, search = asked_text("tag"), asked_text("q").casefold()
    return render_template(
        "applications/board.html",
        board=found.only(tag=tag, search=search),
        all_count=len(found.rows),
        all_tags=found.tags,
        answering=queries.answering_of(found.brief.organisation_id),
        may_move=lambda seen, state: move_to(seen.state, state) is not None,
    )


def look_at_list(slug: str, brief_id: uuid.UUID) -> None:
    """Note that everybody on the board is looked at; before it is loaded, because that commits."""
    brief = queries.brief_on_desk(me(), brief_id)
    if brief.organisation.slug != slug:
        raise NotVisible(slug)
    title, organisation_id = str(brief.title), brief.organisation_id
    people = queries.people_on_desk(brief)
    privacy.looked_at_all(
        dict.fromkeys(people, title), me(), LOOK_LIST.name, organisation_id=organisation_id
    )


@bp.get("/company/<slug>/briefs/<uuid:brief_id>/applicants.csv")
@signed_in
def export(slug: str, brief_id: uuid.UUID) -> Response:
    """The board as a table. Who is read without a name has none here either."""
    look_at_list(slug, brief_id)
    found = queries.board_of(me(), brief_id)
    skills = [(row.skill_id, str(row.skill.title)) for row in found.brief.terms.skills]
    header = [
        _("Applicant number"), _("Name"), _("School"), _("State"), _("Applied at"),
        _("Skills shown"), _("Tags"), *(title for _id, title in skills),
    ]  # fmt: skip
    return csv_response(
        f"applicants-{str(brief_id)[:8]}.csv", header, (_csv_row(seen) for seen in found.rows)
    )


def _csv_row(seen: Seen) -> list[Any]:
    return [
        seen.number,
        seen.name,
        "; ".join(school for _name, school in seen.members if school),
        str(STATE_NAMES[seen.state]),
        seen.application.applied_at.isoformat() if seen.application.applied_at else "",
        f"{seen.eligibility.met_count}/{len(seen.eligibility.answers)}",
        "; ".join(tag.tag for tag in seen.application.tags),
        *(
            f"{answer.best.level} ({VOUCHING_NAMES[answer.best.vouching]})" if answer.best else ""
            for answer in seen.eligibility.answers
        ),
    ]


@bp.get("/company/<slug>/briefs/<uuid:brief_id>/applicants/comparison")
@signed_in
def compare_applicants(slug: str, brief_id: uuid.UUID) -> str:
    """Some of them beside each other, by what they have shown."""
    look_at_list(slug, brief_id)
    found = queries.board_of(me(), brief_id)
    wanted = request.args.getlist("number", type=int)[:6]
    rows = [row for row in found.rows if row.number in wanted]
    return render_template("applications/comparison.html", board=found, rows=rows, slug=slug)


@bp.post("/company/<slug>/briefs/<uuid:brief_id>/applicants/reading")
@signed_in
def read_blind(slug: str, brief_id: uuid.UUID) -> Any:
    """Switch reading without names on or off, for those who apply from now on."""
    brief = queries.brief_on_desk(me(), brief_id)
    if brief.organisation.slug != slug:
        raise NotVisible(slug)
    operations.read_blind(me(), brief, wanted=request.form.get("wanted") == "1")
    flash(_("Changed for everybody who applies from now on."), "success")
    return redirect(url_for("applications.board", slug=slug, brief_id=brief_id), code=303)


@bp.get("/company/applications/<uuid:application_id>")
@signed_in
def applicant(application_id: uuid.UUID) -> Any:
    """One application, as the company may read it."""
    _look(application_id)
    return applicant_page(queries.application_on_desk(me(), application_id))


def _look(application_id: uuid.UUID) -> None:
    seen = queries.application_on_desk(me(), application_id)
    brief = seen.application.brief
    privacy.looked_at_all(
        {person.id: str(brief.title) for person in seen.people},
        me(),
        LOOK.name,
        organisation_id=brief.organisation_id,
    )


def applicant_page(seen: Seen, status: int = 200, **forms: Any) -> Any:
    terms = seen.application.brief.terms
    page = render_template(
        "applications/applicant.html",
        seen=seen,
        brief=seen.application.brief,
        skills=queries.skills_of(terms),
        moves=[
            move
            for move in moves_of(seen.state, Actor.COMPANY)
            if move not in (Move.OFFER, Move.REFUSE)
        ],
        may_offer=Move.OFFER in moves_of(seen.state, Actor.COMPANY),
        may_refuse=Move.REFUSE in moves_of(seen.state, Actor.COMPANY),
        Move=Move,
        **{
            "refusal": ReasonForm(formdata=None, seen=seen.state.value),
            "offer": OfferForm(formdata=None, seen=seen.state.value, until=OfferForm.usual_end()),
            "tag_form": TagForm(formdata=None),
            "note_form": NoteForm(formdata=None),
            **forms,
        },
    )
    return page, status


@bp.post("/company/applications/<uuid:application_id>/moves")
@signed_in
def move(application_id: uuid.UUID) -> Any:
    """A step of the company: ``move`` by its name, or ``to`` a column of the board.

    A script is answered as JSON: where it stands now, or what was refused.
    """
    seen = queries.application_on_desk(me(), application_id)
    stood = seen_state(request.form.get("seen"), seen.state)
    wanted = _wanted(stood)
    form = ReasonForm()
    try:
        if wanted is None:
            raise operations.MovedMeanwhile
        operations.move(me(), seen.application, wanted, seen=stood, reason=form.reason.data or "")
    except operations.WordsNeeded as refusal:
        form.form_errors.append(str(refusal.message))
        return applicant_page(queries.application_on_desk(me(), application_id), 422, refusal=form)
    except Refused as refusal:
        if _is_script():
            return jsonify(message=str(refusal.message), state=_stands(application_id)), 409
        say(refusal)
        return _back(application_id)
    if _is_script():
        state = _stands(application_id)
        return jsonify(
            state=state, message=_("%(name)s: %(state)s", name=seen.name, state=_word(state))
        )
    flash(_word(_stands(application_id)), "success")
    return _back(application_id)


def _wanted(stood: State) -> Move | None:
    column = request.form.get("to", "")
    if column in set(State):
        return move_to(stood, State(column))
    name = request.form.get("move", "")
    return Move(name) if name in set(Move) else None


def _stands(application_id: uuid.UUID) -> str:
    return queries.application_on_desk(me(), application_id).state.value


def _word(state: str) -> str:
    return str(STATE_NAMES[State(state)])


def _is_script() -> bool:
    return request.headers.get("X-Requested-With") == "applications"


def _back(application_id: uuid.UUID) -> Any:
    """To the page that the form stood on."""
    if request.form.get("back") == "board":
        seen = queries.application_on_desk(me(), application_id)
        brief = seen.application.brief
        return redirect(
            url_for("applications.board", slug=brief.organisation.slug, brief_id=brief.id),
            code=303,
        )
    return redirect(url_for("applications.applicant", application_id=application_id), code=303)


@bp.post("/company/applications/<uuid:application_id>/offer")
@signed_in
def offer(application_id: uuid.UUID) -> Any:
    seen = queries.application_on_desk(me(), application_id)
    form = OfferForm()
    if not form.validate_on_submit() or form.until.instant is None:
        return applicant_page(seen, 422, offer=form)
    try:
        operations.offer(
            me(),
            seen.application,
            until=form.until.instant,
            seen=seen_state(form.seen.data, seen.state),
            words=form.words.data or "",
        )
    except operations.BadTerm as refusal:
        form.form_errors.append(str(refusal.message))
        return applicant_page(queries.application_on_desk(me(), application_id), 422, offer=form)
    except Refused as refusal:
        say(refusal)
        return _back(application_id)
    flash(_("The offer is made. You hear of the answer."), "success")
    return _back(application_id)


@bp.post("/company/applications/<uuid:application_id>/tags")
@signed_in
def tag(application_id: uuid.UUID) -> Any:
    """Put a tag on it, or with ``without`` take one off."""
    seen = queries.application_on_desk(me(), application_id)
    try:
        if request.form.get("without"):
            operations.untag(me(), seen.application, request.form["without"])
        else:
            operations.tag(me(), seen.application, request.form.get("tag", ""))
    except Refused as refusal:
        say(refusal)
    return _back(application_id)


@bp.post("/company/applications/<uuid:application_id>/notes")
@signed_in
def note(application_id: uuid.UUID) -> Any:
    seen = queries.application_on_desk(me(), application_id)
    form = NoteForm()
    try:
        if form.validate_on_submit():
            operations.note(me(), seen.application, form.body.data or "")
            return _back(application_id)
    except Refused as refusal:
        form.form_errors.append(str(refusal.message))
    return applicant_page(queries.application_on_desk(me(), application_id), 422, note_form=form)


@bp.post("/company/applications/<uuid:application_id>/notes/<uuid:note_id>/deletion")
@signed_in
def remove_note(application_id: uuid.UUID, note_id: uuid.UUID) -> Any:
    seen = queries.application_on_desk(me(), application_id)
    operations.remove_note(me(), queries.note_on_desk(seen, note_id), seen.application)
    return _back(application_id)


@bp.get("/company/applications/<uuid:application_id>/files/<uuid:file_id>")
@signed_in
def applicant_file(application_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    """A file under the name that the company may know."""
    _look(application_id)
    seen = queries.application_on_desk(me(), application_id)
    found = next((row for row in seen.files if row.file.id == file_id), None)
    if found is None:
        raise NotVisible(str(file_id))
    return file_answer(found.file, found.name)
