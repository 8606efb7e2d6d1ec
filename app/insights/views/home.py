"""A line on the first page of whoever teaches: how many may need her."""

from collections.abc import Iterable

from flask import url_for

from app.accounts.models import Person
from app.insights import queries
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.learning import queries as learning
from app.learning.policies import teaches_somewhere
from app.web.layout import Todo, TodoSection


def attention_at_home(person: Person) -> Iterable[TodoSection]:
    if not teaches_somewhere(person):
        return
    views = learning.my_teaching(person)
    counts = queries.open_counts([view.section.id for view in views])
    yield TodoSection(
        _("Students who may need you"),
        [
            Todo(
                title=ngettext(
                    "%(num)d student needs attention",
                    "%(num)d students need attention",
                    counts[view.section.id],
                ),
                url=url_for("insights.attention", code=view.section.code),
                detail=f"{view.version.title} · {view.section.code}",
                action=_("See why"),
            )
            for view in views
            if view.section.id in counts
        ],
    )
