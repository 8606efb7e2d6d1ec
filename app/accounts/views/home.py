"""What this room puts on a home page: what the account still needs, whom she looks after."""

from collections.abc import Iterable

from flask import Flask, url_for

from app.accounts import policies, queries
from app.accounts.models import Person
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.web.layout import Todo, TodoSection

MOST_ORGANISATIONS = 8


def init_app(app: Flask) -> None:
    frame = app.extensions["layout"]
    frame.add_home_section(what_your_account_needs, order=5)
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
                title=_("Show which school you belong to"),
                url=url_for("accounts.claim"),
                detail=_("With your student number, or ask your instructor for an invitation."),
                action=_("Enter my student number"),
                status="due",
            )
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
