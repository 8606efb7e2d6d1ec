"""What this room puts on a home page: requests that wait for who answers them."""

from collections.abc import Iterable

from flask import Flask, url_for

from app.accounts.models import Person
from app.kernel.i18n import gettext as _
from app.privacy import policies, queries, rules
from app.web.layout import Todo, TodoSection


def init_app(app: Flask) -> None:
    app.extensions["layout"].add_home_section(
        requests_that_wait, order=55, present=queries.words_are_waiting
    )


def requests_that_wait(person: Person) -> Iterable[TodoSection]:
    """For the office: what people asked for in words, what is due first."""
    if not policies.answers_requests(person):
        return
    yield TodoSection(
        title=_("Requests about data"),
        items=[
            Todo(
                title=str(rules.REQUEST_NAMES[found.kind]),
                url=url_for("privacy.office_request", request_id=found.id),
                detail=found.person.name if found.person else found.contact,
                due=found.due_at,
                action=_("Reply"),
                status="waiting",
            )
            for found in queries.words_to_answer()
        ],
    )
