"""What waits for people on their home page."""

from collections.abc import Iterable
from datetime import timedelta

from flask import url_for

from app.accounts.models import Person
from app.accounts.rules import Role
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.learning import queries
from app.learning.rules.clusters import Remaining
from app.learning.views.links import item_url
from app.web.layout import Todo, TodoSection

SOON = timedelta(days=14)


def continue_where_you_stopped(person: Person) -> Iterable[TodoSection]:
    """A student's home: the next thing of each of her courses."""
    if not person.has_role(Role.STUDENT):
        return
    items = []
    for view in queries.my_enrolments(person):
        following = view.next_item
        if following is None:
            continue
        items.append(
            Todo(
                title=str(following.title),
                url=item_url(view.section, following),
                detail=_(
                    "%(course)s: %(done)s of %(all)s done",
                    course=view.version.title,
                    done=view.done_count,
                    all=len(view.version.items),
                ),
                action=_("Start") if view.done_count == 0 else _("Continue"),
            )
        )
    yield TodoSection(
        _("Continue where you stopped"),
        items,
        empty=_("Nothing is open. Find a course under “Courses” and enrol."),
    )


def due_soon(person: Person) -> Iterable[TodoSection]:
    """What is due within two weeks and not done, the nearest first."""
    if not person.has_role(Role.STUDENT):
        return
    items = []
    for view in queries.my_enrolments(person):
        for item in view.version.items:
            due = view.terms(item).due_at
            if due is None or view.is_done(item) or not view.now - SOON < due < view.now + SOON:
                continue
            items.append(
                Todo(
                    title=str(item.title),
                    url=item_url(view.section, item),
                    detail=str(view.version.title),
                    due=due,
                    status="overdue" if due < view.now else "due",
                )
            )
    yield TodoSection(_("Due soon"), sorted(items, key=lambda todo: todo.due))


def what_remains(person: Person) -> Iterable[TodoSection]:
    """How far each of her clusters is, one line each."""
    if not person.has_role(Role.STUDENT):
        return
    items = [
        Todo(
            title=str(row.cluster.title),
            url=url_for("learning.remaining"),
            detail=_rest_in_words(row.remaining),
            status="done" if row.remaining.is_complete else "",
        )
        for row in queries.cluster_standings(person)
    ]
    yield TodoSection(_("What remains for your clusters"), items)


def _rest_in_words(rest: Remaining) -> str:
    if rest.is_complete:
        return _("completed")
    parts = []
    if rest.course_count:
        parts.append(
            ngettext("%(num)d course remains", "%(num)d courses remain", rest.course_count)
        )
    if rest.credit_count:
        parts.append(_("%(count)s credits remain", count=f"{rest.credit_count:g}"))
    if rest.average:
        parts.append(_("the average is not sufficient yet"))
    return _(", ").join(parts)


def waits_for_me(person: Person) -> Iterable[TodoSection]:
    """Requests that somebody else waits for: places to approve, credit to recognise."""
    items = [
        Todo(
            title=_("%(count)s requests for a place", count=count),
            url=url_for("learning.students", code=section.code),
            detail=f"{section.offering.course_version.title} · {section.code}",
            action=_("Decide"),
        )
        for section, count in queries.requests_to_decide(person)
    ]
    if person.has_role(Role.DEPARTMENT_OFFICE):
        count = queries.recognitions_waiting(person)
        if count:
            items.append(
                Todo(
                    title=_("%(count)s requests for credit recognition", count=count),
                    url=url_for("learning.recognitions"),
                    action=_("Decide"),
                )
            )
    yield TodoSection(_("Somebody waits for you"), items)
