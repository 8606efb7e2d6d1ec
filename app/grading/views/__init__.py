"""Pages of handing in, results, feedback and grading."""

from flask import Flask

from app.grading.queries import grading_is_possible, handed_in_counts
from app.grading.rules import LIVE
from app.grading.views import (  # noqa: F401 (each adds its routes)
    bulk,
    cases,
    feedback_files,
    home,
    labs,
    queue,
    submissions,
    teaching,
)
from app.grading.views.blueprint import (
    bp,
    brief,
    duration,
    in_words,
    shown_message,
    shown_outcome,
    shown_score,
)
from app.grading.views.submissions import feedback_page

__all__ = ["bp", "feedback_page", "init_app"]


def init_app(app: Flask) -> None:
    home.init_app(app)
    queue.init_app(app)
    app.jinja_env.globals.update(
        brief=brief,
        duration=duration,
        grading_is_possible=grading_is_possible,
        handed_in_counts=handed_in_counts,
        is_live=lambda attempt: attempt.state in LIVE,
        shown_outcome=shown_outcome,
        shown_score=shown_score,
        shown_message=shown_message,
    )
    app.jinja_env.filters["in_words"] = in_words
