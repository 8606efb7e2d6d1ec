"""What a lab's panel in JupyterLab shows: the terms of the lab, and what came of her work."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, g, url_for

from app.accounts.models import Person
from app.catalog.models import CourseItem
from app.grading import policies, queries
from app.grading.api.blueprint import WITH_HUB_TOKEN, bp, for_person, lab_of
from app.grading.models import Attempt, HandInRule, ManualScore, NotebookScore, Submission
from app.grading.operations.submitting import SectionClosed, TimeOver, topic
from app.grading.rules import LIVE, AttemptState
from app.grading.views.blueprint import (
    given_scores,
    hint_for,
    in_words,
    shown_message,
    shown_outcome,
    shown_score,
)
from app.kernel import clock
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.models import Section
from app.learning.queries import SectionView
from app.learning.rules.ai_use import AI_USE_NAMES, AiUse
from app.learning.rules.release import Release
from app.web.streams import stream

__all__ = ["explain_lateness", "panel"]

Lateness = Callable[[Section, CourseItem], str]
"""What late work of an item loses, in a sentence; nothing when it loses nothing."""

_lateness: list[Lateness] = []

UNDECIDED = (AttemptState.FAILED, AttemptState.TAMPERED)
"""What is told even while points are held: nothing about points is in it."""


def explain_lateness(explain: Lateness) -> None:
    """Grades are made above this room: it says what lateness costs."""
    if explain not in _lateness:
        _lateness.append(explain)


@bp.get("/assignments/<course_id>/<assignment_id>/panel")
@WITH_HUB_TOKEN
@for_person
def panel(course_id: str, assignment_id: str) -> Any:
    """Everything of one lab for who works on it now."""
    view, item = lab_of(course_id, assignment_id)
    return {
        "course_id": view.section.code,
        "assignment_id": item.slug,
        "title": str(item.title),
        "course": str(view.version.title),
        "role": "instructor" if view.is_staff else "student",
        "lab_url": url_for("grading.lab", code=view.section.code, slug=item.slug),
        "max_score": item.lab_version.max_score if item.lab_version else None,
        **_terms(view, item),
        **_rule(g.person, view, item),
        **_work(g.person, view, item),
    }


@bp.get("/assignments/<course_id>/<assignment_id>/panel/events")
@WITH_HUB_TOKEN
@for_person
def panel_events(course_id: str, assignment_id: str) -> Response:
    """Says ``changed`` whenever her work in a lab has news."""
    view, item = lab_of(course_id, assignment_id)
    return stream(topic(view.section.id, g.person.id, item.slug))


def _terms(view: SectionView, item: CourseItem) -> dict[str, Any]:
    terms = view.terms(item)
    closed = None
    if not view.accepts_work(item):
        closed = str((SectionClosed if view.section.closed_at else TimeOver).message)
    costs = [words for explain in _lateness if (words := explain(view.section, item))]
    return {
        "now": _iso(clock.now()),
        "due_at": _iso(terms.due_at),
        "closes_at": _iso(terms.closes_at),
        "closed": closed,
        "lateness": " ".join(costs) if terms.due_at else "",
    }


def _rule(person: Person, view: SectionView, item: CourseItem) -> dict[str, Any]:
    rule = queries.rule_of(view.section, item.slug)
    team = queries.my_team(person, rule)
    most = rule.most_submissions if rule is not None else None
    used = queries.used_up(person, rule, team) if rule is not None and most else None
    return {
        "most_submissions": most,
        "used": used,
        "team": None
        if team is None
        else {"name": team.name, "people": [one.name for one in team.people]},
        "team_missing": _team_missing(view, rule) if team is None else "",
        "ai": _ai(rule),
    }


def _team_missing(view: SectionView, rule: HandInRule | None) -> str:
    if rule is None or rule.group_set_id is None:
        return ""
    if view.is_staff:
        return _("This lab is handed in by teams. You can try it by yourself.")
    if rule.may_be_alone:
        return _(
            "This lab is handed in by teams, and you are in none of them. You may hand in alone."
        )
    return _(
        "This lab is handed in by teams, and you are in none of them yet. Ask your instructor to "
        "put you into a group; your work in the lab is kept."
    )


def _ai(rule: HandInRule | None) -> dict[str, Any] | None:
    if rule is None or rule.ai_use is None:
        return None
    return {
        "name": str(AI_USE_NAMES[rule.ai_use]) if rule.ai_use is not AiUse.OWN else "",
        "words": str(rule.ai_words) if rule.ai_words is not None else "",
        "asks_declaration": rule.asks_declaration,
    }


def _work(person: Person, view: SectionView, item: CourseItem) -> dict[str, Any]:
    held = learning.held_from(person, view.section, item.key) if item.key in view.held else None
    submissions = queries.my_submissions(person, view.section, item.slug)
    best = None if held else queries.best_of(view.section.id, person.id, item.slug)
    counts = best.submission_id if best is not None else None
    return {
        "held": _held_words(held) if held else "",
        "submissions": [
            {**_line(row, is_held=held is not None), "counts": row.id == counts}
            for row in submissions
        ],
        "newest": _result(submissions[0], is_held=held is not None) if submissions else None,
    }


def _held_words(release: Release) -> str:
    beginning = _("Handed in, is being graded.")
    if release.released_at is None:
        return f"{beginning} " + _(
            "Grades and feedback will be released by your instructor for everybody together."
        )
    local = release.released_at.astimezone(clock.TAIPEI).strftime("%Y-%m-%d %H:%M")
    return f"{beginning} " + _("Grades and feedback will be released on %(date)s.", date=local)


def _line(row: Submission, *, is_held: bool) -> dict[str, Any]:
    """One submission in the list of all."""
    attempt = row.attempt
    hides = is_held and attempt.state not in UNDECIDED
    return {
        "number": row.number,
        "submitted_at": _iso(row.submitted_at),
        "state": "held" if hides else _state(attempt),
        "score": None if is_held or attempt.state in UNDECIDED else attempt.score,
        "max_score": attempt.max_score,
        "team": row.team_name,
        "by": row.person.name if row.team_name else None,
        "url": url_for("grading.submission", submission_id=row.id),
    }


def _state(attempt: Attempt) -> str:
    """The attempt's state; one that waits for a decision accuses nobody."""
    if attempt.state is not AttemptState.TAMPERED:
        return attempt.state.value
    is_confirmed = attempt.case is not None and attempt.case.decision == "confirmed"
    return "no_score" if is_confirmed else "withheld"


def _result(row: Submission, *, is_held: bool) -> dict[str, Any]:
    """The newest submission, cell by cell as far as she may know."""
    attempt, given = row.attempt, given_scores(row)
    is_live = attempt.state in LIVE
    return {
        **_line(row, is_held=is_held),
        "is_live": is_live and not is_held,
        "words": "" if is_held and is_live else _state_words(attempt),
        "place": queries.place_in_line(attempt)
        if attempt.state is AttemptState.QUEUED and not is_held
        else None,
        "pending_count": 0 if is_held else attempt.pending_count,
        "receipt": row.receipt,
        "lacks_declaration": row.lacks_declaration and policies.is_of(g.person, row),
        "case_url": url_for("grading.case", case_id=attempt.case.id) if attempt.case else None,
        "notebooks": []
        if is_held
        else [_notebook(row, attempt, notebook, given) for notebook in attempt.notebooks],
    }


def _state_words(attempt: Attempt) -> str:
    if attempt.state is AttemptState.QUEUED:
        if queries.grading_is_possible():
            return _("The submission is safe and waits for its turn.")
        return _("The submission is safe. Grading is paused at the moment; it goes on by itself.")
    if attempt.state is AttemptState.RUNNING:
        return _("The notebook is being run and tested.")
    if attempt.state is AttemptState.FAILED:
        return in_words(attempt.reason, attempt.reason_params) or _(
            "This submission could not be graded."
        )
    if attempt.state is AttemptState.TAMPERED:
        if _state(attempt) == "no_score":
            return _("Your instructor has decided that this attempt gets no score.")
        return _(
            "The checks around the tests did not come out as they should. The score is not shown "
            "until an instructor has looked at it."
        )
    return ""


def _notebook(
    row: Submission,
    attempt: Attempt,
    notebook: NotebookScore,
    given: dict[tuple[str, str], ManualScore],
) -> dict[str, Any]:
    cells = []
    for cell in notebook.cells:
        person = given.get((notebook.name, cell.grade_id))
        cells.append(
            {
                "grade_id": cell.grade_id,
                "outcome": shown_outcome(attempt, cell, person),
                "score": shown_score(attempt, cell, person),
                "max_score": cell.max_score,
                "message": in_words(shown_message(attempt, cell, person), cell.params),
                "hint": hint_for(row, cell),
                "comment": person.comment if person is not None else "",
                "by": person.graded_by.name if person is not None and person.comment else "",
            }
        )
    shown = notebook.reason if notebook.state != "tampered" else None
    return {
        "name": notebook.name,
        "reason": in_words(shown, notebook.reason_params),
        "cells": cells,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
