"""What this room puts into the frame and on pages of rooms below."""

from collections.abc import Iterable
from typing import Any

from flask import render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import ColumnElement, bindparam, exists

from app.accounts.models import Membership, Organisation, Person
from app.accounts.rules import ACTING_ROLES, Role
from app.briefs import policies, queries
from app.briefs.models import Brief
from app.briefs.queries import Asked
from app.briefs.queries.home import returned_briefs, reviews_to_do
from app.briefs.rules import State
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.needs.models import PainPoint
from app.needs.views.blueprint import add_panel
from app.web.layout import Todo, TodoSection, layout


def fill() -> None:
    frame = layout()
    frame.add_navigation(
        _l("Projects and internships"), "briefs.index", order=30, under=("/briefs",)
    )
    frame.add_navigation(
        _l("Reviews of briefs"),
        "briefs.reviews",
        visible=lambda user: (
            user.is_authenticated
            and (policies.reviews_as_instructor(user) or policies.reviews_as_officer(user))
        ),
        order=58,
        menu="account",
    )
    frame.add_part("company-tabs", _tab, order=20)
    frame.add_part("company-desk", _on_desk, order=20)
    frame.add_part("company-page", _on_page, order=20)
    add_panel(_on_pain_point)
    frame.add_home_section(_home, order=22, present=_present)


def _tab(organisation: Organisation) -> tuple[str, str, bool]:
    return (
        _("Briefs"),
        url_for("briefs.of_company", slug=organisation.slug),
        request.blueprint == "briefs",
    )


def _on_desk(organisation: Organisation) -> Any:
    return Markup(
        render_template(
            "briefs/_on_desk.html",
            organisation=organisation,
            listed=queries.company_briefs(organisation.id),
        )
    )


def _on_page(organisation: Organisation) -> Any:
    """A company's open briefs on its public page."""
    listed = queries.catalogue(None, Asked(company=organisation.slug, page=1))
    if not listed.total:
        return ""
    return Markup(render_template("briefs/_on_page.html", listed=listed))


def _on_pain_point(_person: Person, pain_point: PainPoint) -> Markup:
    """What became of a pain point, on its own page."""
    briefs = queries.briefs_of_pain_point(pain_point.id)
    return Markup(render_template("briefs/_on_pain_point.html", briefs=briefs))


def _home(person: Person) -> Iterable[TodoSection]:
    waiting = reviews_to_do(person)
    if waiting:
        yield TodoSection(
            _("Briefs to review"),
            [
                Todo(
                    str(brief.title),
                    url_for("briefs.review", brief_id=brief.id),
                    detail=str(brief.organisation.name),
                    action=_("Review"),
                )
                for brief in waiting
            ],
        )
    returned = returned_briefs(person)
    if returned:
        yield TodoSection(
            _("Briefs that came back"),
            [
                Todo(
                    str(brief.title),
                    url_for("briefs.desk", slug=brief.organisation.slug, brief_id=brief.id),
                    detail=_("A reviewer wants something changed."),
                    action=_("Correct"),
                )
                for brief in returned
            ],
        )


def _present() -> ColumnElement[bool]:
    """Whether ``person_id`` may have something to review or to correct."""
    return exists().where(
        Membership.person_id == bindparam("person_id"),
        Membership.ended_at.is_(None),
        (
            Membership.role.in_((Role.INSTRUCTOR, Role.OFFICER))
            & exists().where(Brief.state == State.SUBMITTED)
        )
        | (
            Membership.role.in_(ACTING_ROLES)
            & exists().where(
                Brief.state == State.RETURNED,
                Brief.organisation_id == Membership.organisation_id,
            )
        ),
    )
