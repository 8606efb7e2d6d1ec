"""Pages of rounds: the list, one round, keeping it, both sides' rankings, results and proof."""

from collections.abc import Iterable
from functools import cache

from flask import Flask, url_for

from app.accounts.models import Person
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.rounds import queries
from app.rounds.policies import takes_part_somewhere
from app.rounds.views import (  # noqa: F401 (each adds its routes)
    applicant,
    company,
    desk,
    keeping,
    reading,
)
from app.rounds.views.blueprint import bp
from app.rounds.views.words import helpers
from app.web.layout import Todo, TodoSection, layout

__all__ = ["bp", "init_app"]

bp.context_processor(helpers)


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_navigation(
            _l("Ranking rounds"),
            "rounds.index",
            visible=lambda user: user.is_authenticated and takes_part_somewhere(user),
            order=36,
            menu="account",
        )
        layout().add_home_section(
            what_waits_to_be_ranked, order=9, present=cache(queries.could_have_to_rank)
        )


def what_waits_to_be_ranked(person: Person) -> Iterable[TodoSection]:
    """Rounds that are open and where she, or her company, has not ranked yet."""
    items = [
        Todo(
            str(one.title),
            url_for("rounds.mine", code=one.code),
            due=one.closes_at,
            action=_("Rank them"),
        )
        for one in queries.not_ranked_by(person)
    ]
    items += [
        Todo(
            str(one.name),
            url_for("rounds.ranking", code=one.round.code, project_id=one.id),
            detail=str(one.round.title),
            due=one.round.closes_at,
            action=_("Rank them"),
        )
        for one in queries.not_ranked_for(person)
    ]
    return [TodoSection(_("Rankings that wait for you"), items)]
