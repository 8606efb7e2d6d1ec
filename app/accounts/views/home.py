"""What this room puts on a home page: what the account still needs, whom she looks after."""

from collections.abc import Iterable

from flask import Flask, url_for

from app.accounts import policies, queries
from app.accounts.models import Organisation, Person
from app.accounts.rules import STANDING_NAMES, Standing
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.web.layout import Todo, TodoSection

MOST_ORGANISATIONS = 8


def init_app(app: Flask) -> None:
    frame = app.extensions["layout"]
    frame.add_home_section(
        what_your_account_needs, order=5, present=queries.account_needs_something
    )
    frame.add_home_section(for_whom_you_act, order=8, present=queries.acts_for_somebody)
    frame.add_home_section(whom_you_look_after, order=60)


def what_your_account_needs(person: Person) -> Iterable[TodoSection]:
    """A mail address to confirm, an invitation to answer, a school to show."""
    items = []
    if person.email_verified_at is None:
        items.append(
            Todo(
                title=_("Confirm your mail address"),
                url=url_for("accounts.profile"),
                detail=_("Labs and your school’s sections open after that."),
                action=_("Confirm"),
                status="due",
            )
        )
    for invitation in queries.open_invitations_for(person):
        items.append(
            Todo(
                title=_("Invitation from %(name)s", name=invitation.organisation.name),
                url=url_for("accounts.profile"),
                action=_("Reply"),
                status="waiting",
            )
        )
    if person.email_verified_at is not None and not person.live_memberships and not items:
        items.append(
            Todo(
                title=_("Sign up your organisation"),
                url=url_for("accounts.apply_for_company"),
                detail=_("If you come from a company, a trade association or an agency."),
                action=_("Sign up"),
            )
        )
        items.insert(
            0,
            Todo(
                title=_("Show which school you belong to"),
                url=url_for("accounts.claim"),
                detail=_("With your student number, or ask your instructor for an invitation."),
                action=_("Enter my student number"),
                status="due",
            ),
        )
    yield TodoSection(_("Your account"), items)


def whom_you_look_after(person: Person) -> Iterable[TodoSection]:
    """The organisations that she runs, and for officers and operators all people."""
    items = []
    if policies.is_officer(person) or policies.is_operator(person):
        items.append(
            Todo(
                title=_("People"),
                url=url_for("accounts.people"),
                detail=_("Find somebody, see her roles, suspend or restore her."),
                action=_("Manage"),
            )
        )
    run = queries.organisations_open_to(person)
    for organisation in run[:MOST_ORGANISATIONS]:
        items.append(
            Todo(
                title=str(organisation.name),
                url=url_for("accounts.organisation", slug=organisation.slug),
                detail=_("Its people, invitations and roster"),
                action=_("Manage"),
            )
        )
    if len(run) > MOST_ORGANISATIONS:
        more = len(run) - MOST_ORGANISATIONS
        items.append(
            Todo(
                title=ngettext("%(num)s more organisation", "%(num)s more organisations", more),
                url=url_for("accounts.organisations"),
                action=_("Manage"),
            )
        )
    yield TodoSection(_("Whom you look after"), items)


def for_whom_you_act(person: Person) -> Iterable[TodoSection]:
    """What waits for the people of a company: an answer of the officer, somebody at the door."""
    items = []
    asking = queries.request_counts(person)
    for company in queries.companies_of(person):
        items += list(_what_waits(person, company, asking.get(company.id, 0)))
    yield TodoSection(_("Your organisation"), items)


def _what_waits(person: Person, company: Organisation, asking: int) -> Iterable[Todo]:
    desk = url_for("accounts.company_desk", slug=company.slug)
    name = str(company.name)
    if company.standing == Standing.RETURNED:
        yield Todo(
            title=_("Something is missing in the application of %(name)s", name=name),
            url=desk,
            action=_("Correct"),
            status="due",
        )
    elif company.standing == Standing.APPROVED:
        if asking and policies.is_owner_of(person, company):
            yield Todo(
                title=ngettext(
                    "%(num)s person asks to join %(name)s",
                    "%(num)s people ask to join %(name)s",
                    asking,
                    name=name,
                ),
                url=url_for("accounts.company_people", slug=company.slug),
                action=_("Reply"),
                status="waiting",
            )
        if not company.about:
            yield Todo(
                title=_("Introduce %(name)s to students", name=name),
                url=url_for("accounts.edit_company_page", slug=company.slug),
                detail=_("What you make or serve, for whom, with how many people."),
                action=_("Write"),
            )
        yield Todo(
            title=name,
            url=desk,
            detail=_("People, projects and your public page"),
            action=_("Open the desk"),
        )
    else:
        yield Todo(
            title=name,
            url=desk,
            detail=str(STANDING_NAMES[Standing(company.standing)]),
            action=_("Open the desk"),
            status="suspended" if company.standing == Standing.SUSPENDED else "waiting",
        )
