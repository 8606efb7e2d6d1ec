"""The section's staff: writing challenges, who handed in what, ending, scoring again."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from app.accounts.models import Person
from app.accounts.session import me
from app.challenges import operations, policies, queries
from app.challenges.forms import ChallengeForm
from app.challenges.models import Challenge
from app.challenges.views.blueprint import bp, frame, problem_words, teachers
from app.kernel import clock
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.queries import SectionDesk
from app.web.csv import csv_response


def _written_by_me(code: str, slug: str) -> tuple[SectionDesk, Challenge]:
    desk, found = queries.challenge_on_desk(me(), code, slug)
    if not policies.can_write(me(), desk.section):
        raise NotVisible(slug)
    return desk, found


@bp.get("/teaching/<code>/challenges")
@teachers
def challenges(code: str) -> str:
    desk = learning.section_desk(me(), code)
    if not policies.can_see_desk(me(), desk.section):
        raise NotVisible(code)
    return render_template(
        "challenges/desk_list.html",
        challenges=queries.challenges_of(desk.section, drafts=True),
        may_write=policies.can_write(me(), desk.section),
        now=clock.now(),
        **frame(desk),
    )


@bp.route("/teaching/<code>/challenges/new", methods=["GET", "POST"])
@teachers
def new(code: str) -> Any:
    desk = learning.section_desk(me(), code)
    if not policies.can_write(me(), desk.section):
        raise NotVisible(code)
    form = ChallengeForm([board.set for board in learning.board_of(desk.section)])
    if form.validate_on_submit():
        try:
            made = operations.create(
                me(), desk.section, form.slug.data or "", form.settings, form.evaluation
            )
        except Refused as error:
            form.form_errors.append(str(error.message))
        else:
            flash(_("Only you and your colleagues see it. Try it out, then publish it."), "success")
            return redirect(url_for("challenges.desk", code=code, slug=made.slug), code=303)
    return _form_page(desk, form, None)


@bp.route("/teaching/<code>/challenges/<slug>/edit", methods=["GET", "POST"])
@teachers
def edit(code: str, slug: str) -> Any:
    desk, found = _written_by_me(code, slug)
    form = ChallengeForm.of(found, [board.set for board in learning.board_of(desk.section)])
    if form.validate_on_submit():
        before = found.evaluation.number
        try:
            operations.edit(me(), found, form.settings)
            made = operations.set_evaluation(me(), found, form.evaluation)
        except Refused as error:
            form.form_errors.append(str(error.message))
        else:
            flash(
                _("Saved. Entries are scored by the new evaluation from now on; score the earlier"
                  " ones again when they should count alike.")
                if made.number != before
                else _("Saved."),
                "success",
            )  # fmt: skip
            return redirect(url_for("challenges.desk", code=code, slug=slug), code=303)
    return _form_page(desk, form, found)


def _form_page(desk: SectionDesk, form: ChallengeForm, found: Challenge | None) -> Any:
    page = render_template("challenges/edit.html", form=form, challenge=found, **frame(desk))
    return page, 422 if form.is_submitted() and form.errors else 200


@bp.get("/teaching/<code>/challenges/<slug>")
@teachers
def desk(code: str, slug: str) -> str:
    at, found = queries.challenge_on_desk(me(), code, slug)
    asked = {
        "search": request.args.get("q", "").strip().replace("\0", "")[:200],
        "state": request.args.get("state", ""),
    }
    return render_template(
        "challenges/desk.html",
        challenge=found,
        listed=queries.entries_of(found, page=max(1, request.args.get("page", 1, int)), **asked),
        asked=asked,
        by_state=queries.counts_by_state(found),
        run=queries.run_of(found),
        may_write=policies.can_write(me(), at.section),
        is_over=found.is_over(clock.now()),
        now=clock.now(),
        **frame(at),
    )


@bp.get("/teaching/<code>/challenges/<slug>/entries.csv")
@teachers
def entries_csv(code: str, slug: str) -> Response:
    _at, found = queries.challenge_on_desk(me(), code, slug)
    return csv_response(
        f"{slug}-entries.csv",
        [
            _("Received"),
            _("Name"),
            _("Team"),
            _("File"),
            _("State"),
            _("Public score"),
            _("Final score"),
            _("Late"),
            _("Trial"),
            _("What is wrong"),
            "SHA-256",
        ],
        (
            [
                row.received_at.astimezone(clock.TAIPEI).isoformat(timespec="seconds"),
                row.person.name,
                row.team_name or "",
                row.file_name,
                row.state.value,
                row.score.public if row.score else "",
                row.score.private if row.score else "",
                int(row.is_late),
                int(row.is_trial),
                problem_words(row),
                row.blob,
            ]
            for row in queries.entries_of(found, page=None).rows
        ),
    )


def _done(code: str, slug: str, act: Callable[[Person, Challenge], Any], said: str = "") -> str:
    """Do something with a challenge that I may write; the address of its desk."""
    _at, found = _written_by_me(code, slug)
    act(me(), found)
    if said:
        flash(said, "success")
    return url_for("challenges.desk", code=code, slug=slug)


@bp.post("/teaching/<code>/challenges/<slug>/publication")
@teachers
def create_publication(code: str, slug: str) -> Any:
    said = _("Published. Students see it.")
    return redirect(_done(code, slug, operations.publish, said), code=303)


@bp.post("/teaching/<code>/challenges/<slug>/end")
@teachers
def create_end(code: str, slug: str) -> Any:
    said = _("Ended. The final ranking is told when everything is scored.")
    return redirect(_done(code, slug, operations.end_early, said), code=303)


@bp.post("/teaching/<code>/challenges/<slug>/runs")
@teachers
def create_run(code: str, slug: str) -> Any:
    return redirect(_done(code, slug, operations.ask_to_score_again) + "#runs", code=303)


@bp.get("/teaching/<code>/challenges/<slug>/runs/progress")
@teachers
def run_progress(code: str, slug: str) -> str:
    """The part of the page that is fetched again while everything is scored again."""
    at, found = queries.challenge_on_desk(me(), code, slug)
    return render_template(
        "challenges/_run.html",
        run=queries.run_of(found),
        challenge=found,
        section=at.section,
        fragment=True,
    )
