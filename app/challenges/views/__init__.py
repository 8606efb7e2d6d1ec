"""The room's pages."""

from flask import Flask

from app.challenges.queries import count_in, has_challenges
from app.challenges.views import desk, entries, home, pages  # noqa: F401 (each adds its routes)
from app.challenges.views.blueprint import bp, problem_words, shown_score
from app.web.layout import layout

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_home_section(home.challenges_at_home, order=24, present=has_challenges)
    app.jinja_env.globals["challenges_in"] = count_in
    app.jinja_env.globals["entry_problem"] = problem_words
    app.jinja_env.filters["challenge_score"] = shown_score
