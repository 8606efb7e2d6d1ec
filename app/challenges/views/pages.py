"""What everybody in a section sees of its challenges."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from markupsafe import Markup

from app.accounts.session import me
from app.challenges import operations, queries
from app.challenges.forms import EntryForm, NameForm
from app.challenges.models import Challenge
from app.challenges.rules import ShownAs
from app.challenges.views.blueprint import bp, shown_score
from app.kernel import clock
from app.kernel.errors import NotVisible
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.queries import SectionView
from app.web import markdown
from app.web.csv import csv_response
from app.web.doors import signed_in


@bp.get("/learn/<code>/challenges")
@signed_in
def index(code: str) -> str:
    view = learning.section_for(me(), code)
    return render_template(
        "challenges/index.html",
        view=view,
        challenges=queries.challenges_of(view.section, drafts=False),
        now=clock.now(),
    )


@bp.get("/learn/<code>/challenges/<slug>")
@signed_in
def challenge(code: str, slug: str) -> Any:
    view, found = queries.challenge_for(me(), code, slug)
    return challenge_page(view, found, EntryForm(formdata=None))


def challenge_page(view: SectionView, found: Challenge, form: EntryForm) -> tuple[str, int]:
    page = render_template(
        "challenges/challenge.html",
        view=view,
        challenge=found,
        description=Markup(markdown.render(str(found.description), pictures=None)),
        sets=queries.sets_of(found),
        shows=queries.shows(found) if found.skills else [],
        form=form,
        name_form=NameForm(formdata=None, data={"shown_as": _shown_as(found)}),
        **mine_of(view, found),
    )
    return page, 422 if form.is_submitted() and form.errors else 200


def mine_of(view: SectionView, found: Challenge) -> dict[str, Any]:
    """What the part of the page shows that is fetched again when a score comes."""
    team = queries.team_of(me(), found) if view.enrolment else None
    return {
        "team": team,
        "attempts": queries.attempts(found, team.id if team else me().id),
        "listed": queries.my_entries(me(), found, 1, 5),
        "now": clock.now(),
    }


def _shown_as(found: Challenge) -> str:
    known = queries.participant(me(), found)
    return (known.shown_as if known else ShownAs.NUMBER).value


@bp.post("/learn/<code>/challenges/<slug>/name")
@signed_in
def set_name(code: str, slug: str) -> Any:
    view, found = queries.challenge_for(me(), code, slug)
    form = NameForm()
    if view.enrolment is None or not form.validate_on_submit():
        raise NotVisible(slug)
    operations.show_as(me(), found, ShownAs(form.shown_as.data))
    flash(_("Saved."), "success")
    return redirect(url_for("challenges.leaderboard", code=code, slug=slug), code=303)


@bp.get("/learn/<code>/challenges/<slug>/leaderboard")
@signed_in
def leaderboard(code: str, slug: str) -> str:
    view, found = queries.challenge_for(me(), code, slug)
    final = _final(view, found)
    return render_template(
        "challenges/leaderboard.html",
        view=view,
        challenge=found,
        board=queries.board(me(), found, final=final),
        is_over=found.is_over(clock.now()),
        name_form=NameForm(formdata=None, data={"shown_as": _shown_as(found)}),
    )


@bp.get("/learn/<code>/challenges/<slug>/leaderboard.csv")
@signed_in
def leaderboard_csv(code: str, slug: str) -> Response:
    view, found = queries.challenge_for(me(), code, slug)
    board = queries.board(me(), found, final=_final(view, found))
    return csv_response(
        f"{slug}-leaderboard.csv",
        [_("Rank"), _("Name"), _("Public score"), _("Final score"), _("Submissions")],
        (
            [
                row.rank,
                row.name,
                shown_score(row.public),
                shown_score(row.private) if board.is_final else "",
                row.entry_count,
            ]
            for row in board.rows
        ),
    )


def _final(view: SectionView, found: Challenge) -> bool:
    """Whether the final scores are shown: to everybody when it is over, to the staff on request."""
    wanted = request.args.get("board")
    if found.is_over(clock.now()):
        return wanted != "public"
    return view.is_staff and wanted == "final"
