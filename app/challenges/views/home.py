"""Lines on the first page of whoever can take part."""

from collections.abc import Iterable

from flask import url_for

from app.accounts.models import Person
from app.challenges import queries
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.web.layout import Todo, TodoSection


def challenges_at_home(person: Person) -> Iterable[TodoSection]:
    views = {view.section.id: view for view in learning.my_enrolments(person)}
    rows = queries.challenges_at_home(list(views))
    yield TodoSection(
        _("Challenges"),
        [
            Todo(
                title=str(row.title),
                url=url_for(
                    "challenges.challenge", code=views[row.section_id].section.code, slug=row.slug
                ),
                detail=str(views[row.section_id].version.title),
                due=row.ends_at,
                action=_("Take part"),
            )
            for row in rows
        ],
    )
