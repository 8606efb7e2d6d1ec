"""The search of an approved company. Whoever may not be found does not exist here."""

import uuid
from datetime import date
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from app.accounts.models import Organisation
from app.accounts.queries import company_of
from app.accounts.session import me
from app.evidence.rules import Vouching
from app.kernel.counties import COUNTIES
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.industries import INDUSTRIES
from app.portfolio.views.answers import file_answer
from app.privacy import operations as privacy
from app.privacy.rules import Look, register_look
from app.talent import operations, queries
from app.talent.forms import AskForm, SaveForm
from app.talent.policies import may_search
from app.talent.queries import Card
from app.talent.rules import LANGUAGES, Query, WantedSkill
from app.talent.views.blueprint import asked_page, bp
from app.web.doors import signed_in

FOUND = register_look(Look("talent-search", _l("You, without your name, in a search for students")))
OPENED = register_look(Look("talent-profile", _l("What you say of yourself to companies")))
ROWS = 3
"""Of wanted skills in the form."""


def _company(slug: str) -> Organisation:
    """Her company, approved now. Raises NotVisible."""
    organisation: Organisation = company_of(me(), slug)
    if not may_search(me(), organisation.id):
        raise NotVisible(slug)
    return organisation


def asked_query() -> Query:
    """The query string; what makes no sense is left out."""
    args = request.args
    found = []
    rows = zip(args.getlist("skill"), args.getlist("level"), args.getlist("by"), strict=False)
    for key, level, by in list(rows)[:ROWS]:
        if key.strip():
            number = int(level) if level.isdecimal() and len(level) < 3 else 1
            by = by if by in set(Vouching) else Vouching.AUTOGRADED
            found.append(WantedSkill(key.strip()[:200], max(1, number), Vouching(by)))
    hours = args.get("hours", "")
    return Query(
        tuple(found),
        county=_one_of(args.get("county", ""), COUNTIES),
        language=_one_of(args.get("language", ""), LANGUAGES),
        industry=_one_of(args.get("industry", ""), INDUSTRIES),
        hours=int(hours) if hours.isdecimal() and len(hours) < 3 else 0,
        on=_day(args.get("on", "")),
    )


def _one_of(value: str, known: Any) -> str:
    return value if value in known else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def as_arguments(query: Query) -> dict[str, Any]:
    """QUERY as the query string has it."""
    return {
        "skill": [one.key for one in query.skills],
        "level": [one.level for one in query.skills],
        "by": [one.vouching.value for one in query.skills],
        "county": query.county,
        "language": query.language,
        "industry": query.industry,
        "hours": query.hours or "",
        "on": query.on.isoformat() if query.on else "",
    }


@bp.get("/company/<slug>/talent")
@signed_in
def search(slug: str) -> str:
    organisation = _company(slug)
    query = asked_query()
    found = queries.search(organisation.id, query, asked_page())
    html = render_template(
        "talent/search.html",
        organisation=organisation,
        query=query,
        rows=[*query.skills, *([None] * (ROWS - len(query.skills)))],
        found=found,
        arguments=as_arguments(query),
        skills=queries.skill_choices(),
        saved=queries.saved_searches(organisation.id),
        form=SaveForm(formdata=None),
        counties=COUNTIES,
        industries=INDUSTRIES,
        vouchings=list(Vouching),
    )
    _looked(organisation.id, found.rows, FOUND)
    return html


def _looked(organisation_id: uuid.UUID, cards: Any, look: Look) -> None:
    privacy.looked_at_all(
        {card.profile.person_id: "" for card in cards},
        me(),
        look.name,
        organisation_id=organisation_id,
    )


@bp.get("/company/<slug>/talent/<code>")
@signed_in
def student(slug: str, code: str) -> str:
    organisation = _company(slug)
    return _student_page(organisation, queries.card(organisation.id, code), AskForm(formdata=None))


def _student_page(organisation: Organisation, card: Card, form: AskForm) -> str:
    html = render_template("talent/student.html", organisation=organisation, card=card, form=form)
    _looked(organisation.id, [card], OPENED)
    return html


@bp.get("/company/<slug>/talent/<code>/files/<uuid:file_id>")
@signed_in
def student_file(slug: str, code: str, file_id: uuid.UUID) -> Response:
    organisation = _company(slug)
    answer = file_answer(queries.file_of(organisation.id, code, file_id))
    _looked(organisation.id, [queries.card(organisation.id, code)], OPENED)
    return answer


@bp.post("/company/<slug>/talent/<code>/questions")
@signed_in
def ask(slug: str, code: str) -> Any:
    organisation = _company(slug)
    card = queries.card(organisation.id, code)
    form = AskForm()
    if not form.validate_on_submit():
        return _student_page(organisation, card, form), 422
    try:
        operations.ask(me(), organisation.id, code, form.words.data or "")
    except Refused as refusal:
        form.form_errors.append(str(refusal.message))
        return _student_page(organisation, queries.card(organisation.id, code), form), 422
    flash(_("Asked. The answer comes to this page."), "success")
    return redirect(url_for("talent.company_contacts", slug=slug), code=303)


@bp.get("/company/<slug>/talent/contacts")
@signed_in
def company_contacts(slug: str) -> str:
    """Whom the company asked; a name stands there once somebody said yes."""
    organisation = _company(slug)
    listed = queries.contacts_of_company(organisation.id, asked_page())
    html = render_template("talent/company_contacts.html", organisation=organisation, listed=listed)
    known = {row.person.id: "" for row in listed.rows if row.person is not None}
    privacy.looked_at_all(known, me(), OPENED.name, organisation_id=organisation.id)
    return html


@bp.post("/company/<slug>/talent/saved")
@signed_in
def save(slug: str) -> Any:
    """Keep the search of the query string."""
    organisation = _company(slug)
    form = SaveForm()
    query = asked_query()
    if not form.validate_on_submit():
        flash(_("Give the search a name of at most 80 characters."), "error")
    else:
        operations.save_search(me(), organisation.id, form.name.data or "", query)
        flash(_("Saved. You hear every morning who is found anew."), "success")
    return redirect(url_for("talent.search", slug=slug, **as_arguments(query)), code=303)


@bp.get("/company/<slug>/talent/saved/<uuid:search_id>")
@signed_in
def saved(slug: str, search_id: uuid.UUID) -> Any:
    """What a saved search finds now."""
    organisation = _company(slug)
    query = Query.from_json(queries.saved_search(organisation.id, search_id).query)
    return redirect(url_for("talent.search", slug=slug, **as_arguments(query)))


@bp.post("/company/<slug>/talent/saved/<uuid:search_id>/end")
@signed_in
def end_saved(slug: str, search_id: uuid.UUID) -> Any:
    organisation = _company(slug)
    operations.end_search(queries.saved_search(organisation.id, search_id))
    flash(_("The search is not kept any more."), "success")
    return redirect(url_for("talent.search", slug=slug), code=303)
