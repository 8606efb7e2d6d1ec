"""What this room puts on other rooms' pages: a brief's, a company's desk, people's first page."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from flask import Flask, render_template, url_for
from flask_login import current_user
from markupsafe import Markup

from app.accounts.models import Organisation, Person
from app.accounts.policies import acts_for_some, is_approved_company_person
from app.applications import policies, queries
from app.applications.rules import NEXT_STEPS, STATE_NAMES, State
from app.applications.views.blueprint import helpers
from app.briefs.models import Brief
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.i18n import ngettext
from app.web.layout import Layout, Todo, TodoSection


def init_frame(app: Flask) -> None:
    frame: Layout = app.extensions["layout"]
    frame.add_navigation(
        _l("My applications"),
        "applications.mine",
        visible=lambda user: user.is_authenticated and policies.applies(user),
        order=28,
        menu="account",
    )
    frame.add_part("brief-actions", on_a_brief, order=10)
    frame.add_part("brief-desk", on_a_desk, order=20)
    frame.add_part("company-desk", on_the_company_desk, order=20)
    frame.add_home_section(what_waits_for_her, order=8, present=cache(queries.waits_for_her))
    frame.add_home_section(who_waits_for_us, order=8, present=cache(queries.acts_somewhere))


def on_a_brief(brief: Brief) -> Any:
    """For students: apply, or see how it stands."""
    if not current_user.is_authenticated or not policies.applies(current_user):
        return None
    hers = queries.application_of(current_user, brief)
    return _markup("applications/_on_brief.html", brief=brief, hers=hers)


def on_a_desk(brief: Brief) -> Any:
    """For the company: to the board."""
    if brief.current is None or not policies.can_read_applicants(current_user, brief):
        return None
    return _markup("applications/_on_desk.html", brief=brief)


def on_the_company_desk(organisation: Organisation) -> Any:
    """Every brief that somebody applied for, with how many wait."""
    if not is_approved_company_person(current_user, organisation.id):
        return None
    rows = queries.waiting_by_brief(current_user, [organisation])
    return _markup(
        "applications/_on_company.html",
        rows=rows,
        organisation=organisation,
        answering=queries.answering_of(organisation.id),
    )


def what_waits_for_her(person: Person) -> Iterable[TodoSection]:
    """Offers and interviews that want her answer."""
    items = [
        Todo(
            title=str(row.brief.title),
            url=url_for("applications.application", application_id=row.id),
            detail=str(NEXT_STEPS[row.state]),
            due=row.offer_until if row.state is State.OFFERED else None,
            action=str(STATE_NAMES[row.state]),
            status="due" if row.state is State.OFFERED else "",
        )
        for row in queries.wants_her(person)
    ]
    yield TodoSection(_("Your applications"), items)


def who_waits_for_us(person: Person) -> Iterable[TodoSection]:
    """Applicants whom nobody of the company has answered."""
    if not acts_for_some(person):
        return
    items = [
        Todo(
            title=str(row.brief.title),
            url=url_for(
                "applications.board",
                slug=row.brief.organisation.slug,
                brief_id=row.brief.id,
            ),
            detail=ngettext(
                "%(num)d applicant has no answer yet",
                "%(num)d applicants have no answer yet",
                row.unanswered,
            ),
            action=_("Read"),
            status="overdue" if row.is_overdue else "",
        )
        for row in queries.waiting_by_brief(person, None)
        if row.unanswered
    ]
    yield TodoSection(_("Applicants"), items)


def _markup(template: str, **context: Any) -> Markup:
    return Markup(render_template(template, **helpers(), **context))  # autoescaped there
