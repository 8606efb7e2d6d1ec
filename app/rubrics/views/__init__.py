"""Pages of rubrics and of comments to use again."""

from flask import Flask

from app.kernel.i18n import lazy_gettext as _l
from app.rubrics import forms
from app.rubrics.policies import writes_rubrics
from app.rubrics.rules import SCORING_NAMES, Scoring, plain
from app.rubrics.views import (  # noqa: F401 (each adds its routes)
    comments,
    editor,
    files,
    lists,
    reading,
    trying,
)
from app.rubrics.views.blueprint import bp
from app.web.layout import layout

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    app.jinja_env.globals["rubric_entry"] = forms.entry_of
    app.jinja_env.globals["rubric_assessment_token"] = trying.assessment_token
    app.jinja_env.globals["rubric_words"] = trying.words_of
    app.jinja_env.filters["plain_points"] = plain
    app.jinja_env.filters["scoring_name"] = lambda value: SCORING_NAMES[Scoring(value)]
    with app.app_context():
        layout().add_navigation(
            _l("Rubrics"),
            "rubrics.index",
            visible=lambda user: user.is_authenticated and writes_rubrics(user),
            order=60,
            menu="account",
        )
