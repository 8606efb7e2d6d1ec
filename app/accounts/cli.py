"""``banyan operator|people|organisation|companies|keys``: what is done on the machine itself.

The application is made by ``app.cli`` around each command.
"""

import click
from flask import current_app

from app.accounts import operations, queries
from app.accounts.models import Organisation, Person
from app.accounts.operations.operators import make_operator
from app.accounts.rules import (
    ACTING_ROLES,
    OrganisationKind,
    Role,
    Standing,
    Step,
    normalise_email,
    weakness_of,
)
from app.kernel.config import Config
from app.kernel.errors import Refused
from app.kernel.i18n import set_locale
from app.kernel.localized import LocalizedText


def _config() -> Config:
    config: Config = current_app.extensions["config"]
    return config


def _person(email: str) -> Person:
    found = queries.person_by_email(email)
    if found is None:
        raise click.ClickException(f"nobody here has the address {email}")
    return found


def _organisation(slug: str) -> Organisation:
    found = queries.organisation_by_slug(slug)
    if found is None:
        known = ", ".join(o.slug for o in queries.organisations()) or "none yet"
        raise click.ClickException(f"there is no organisation {slug!r} (known: {known})")
    return found


@click.group()
def operator() -> None:
    """People who run this installation."""


@operator.command("create")
@click.argument("email")
@click.option("--name", required=True, help="As others see her.")
@click.option(
    "--password",
    is_flag=True,
    help="Ask for a password here, instead of printing a link at which she chooses one.",
)
def create_operator(email: str, name: str, password: bool) -> None:
    """Make an operator: a new account, or one that exists.

    Without --password, prints an address at which she chooses her password, once, within two
    hours. There is no default password.
    """
    set_locale("en")
    if "@" not in email:
        raise click.ClickException(f"{email} is not a mail address")
    chosen = None
    if password:
        chosen = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        weakness = weakness_of(chosen, name=name, email=email)
        if weakness:
            raise click.ClickException(str(weakness))
    person = make_operator(name=name, email=normalise_email(email), password=chosen)
    click.echo(f"{person.name} <{person.email}> (@{person.handle}) is an operator.")
    if chosen is None and person.password_hash is None:
        click.echo("Choose the password here, once, within two hours:")
        click.echo(operations.reset_link(_config(), person))


@click.group()
def people() -> None:
    """Accounts: find, suspend, restore."""


@people.command("suspend")
@click.argument("email")
@click.option("--reason", default="by the command line", show_default=True)
def suspend(email: str, reason: str) -> None:
    """End somebody's sessions, tokens and running lab now, and refuse new ones."""
    operations.suspend_person(None, _person(email), reason)
    click.echo(f"{email} is suspended.")


@people.command("restore")
@click.argument("email")
def restore(email: str) -> None:
    """Let somebody sign in again."""
    operations.restore_person(None, _person(email))
    click.echo(f"{email} can sign in again.")


@people.command("reset-link")
@click.argument("email")
def reset_link(email: str) -> None:
    """Print an address at which somebody can choose a password, once, within two hours."""
    click.echo(operations.reset_link(_config(), _person(email)))


@click.group()
def organisation() -> None:
    """Schools, companies, trade associations, agencies."""


@organisation.command("create")
@click.argument("slug")
@click.option("--kind", type=click.Choice([kind.value for kind in OrganisationKind]), required=True)
@click.option("--name-zh", required=True, help="Name in Chinese.")
@click.option("--name-en", default="", help="Name in English.")
@click.option("--tax-id", default=None, help="統一編號, eight digits.")
@click.option("--county", default=None)
@click.option(
    "--domain",
    "domains",
    multiple=True,
    help="DOMAIN:ROLE, a mail domain that proves a role; for example gs.example.edu.tw:student.",
)
def create_organisation(
    slug: str,
    kind: str,
    name_zh: str,
    name_en: str,
    tax_id: str | None,
    county: str | None,
    domains: tuple[str, ...],
) -> None:
    """Make an organisation, with the mail domains that prove who belongs to it."""
    set_locale("en")
    proofs = [_proof(text) for text in domains]
    try:
        made = operations.create_organisation(
            slug=slug,
            kind=OrganisationKind(kind),
            name=LocalizedText({"zh-Hant-TW": name_zh, "en": name_en}),
            tax_id=tax_id,
            county=county,
            domains=proofs,
        )
    except Refused as error:
        raise click.ClickException(str(error.message)) from None
    click.echo(f"{made.slug}: {name_zh} {name_en}".rstrip())


def _proof(text: str) -> tuple[str, Role]:
    domain, _colon, role = text.partition(":")
    try:
        return domain, Role(role or "student")
    except ValueError:
        known = ", ".join(Role)
        raise click.ClickException(f"{role} is not a role; known: {known}") from None


@organisation.command("list")
def list_organisations() -> None:
    """Every organisation: short name, kind, names."""
    for found in queries.organisations():
        names = " / ".join(found.name.values())
        click.echo(f"{found.slug:30} {found.kind:12} {names}")


@organisation.command("add-domain")
@click.argument("slug")
@click.argument("domain")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="student")
def add_domain(slug: str, domain: str, role: str) -> None:
    """Let verified mail of DOMAIN prove a role in SLUG."""
    set_locale("en")
    try:
        operations.add_domain(_organisation(slug), domain, Role(role))
    except Refused as error:
        raise click.ClickException(str(error.message)) from None
    click.echo(f"Mail of {domain} now proves: {role} of {slug}.")


@click.group()
def companies() -> None:
    """Companies, associations and agencies that signed up: their approval, their owners."""


@companies.command("list")
@click.option("--standing", type=click.Choice([s.value for s in Standing]), default=None)
def list_companies(standing: str | None) -> None:
    """Who signed up: short name, standing, since when, the mail's domain (* proven), names."""
    for row in queries.approvals(standing=standing or "", page=None).rows:
        found = row.organisation
        domain = f"{row.domain or '-'}{'*' if row.is_proven else ''}"
        names = " / ".join(found.name.values())
        click.echo(f"{found.slug:30} {found.standing:10} {row.at:%Y-%m-%d} {domain:28} {names}")


@companies.command("show")
@click.argument("slug")
def show_company(slug: str) -> None:
    """One of them: its number, its people, its history, and what to look at."""
    set_locale("en")
    found = _organisation(slug)
    click.echo(f"{found.slug}  {' / '.join(found.name.values())}  {found.tax_id or 'no number'}")
    click.echo(f"standing: {found.standing}   mail: {queries.proof_of(found).state}")
    for doubt in queries.doubts_about(found):
        click.echo(f"! {doubt}")
    for row in queries.people_acting_for(found):
        click.echo(f"  {row.role:16} {row.person.name} <{row.person.email}>")
    for line in reversed(queries.steps_of(found)):
        by = line.by.name if line.by else "command line"
        click.echo(f"  {line.at:%Y-%m-%d %H:%M} {line.step:12} {by}: {line.reason}".rstrip(": "))


@companies.command("decide")
@click.argument("slug")
@click.argument("step", type=click.Choice([s.value for s in Step if s is not Step.APPLIED]))
@click.option("--reason", default="", help="The organisation reads it.")
def decide(slug: str, step: str, reason: str) -> None:
    """Approve, return, refuse, suspend or reinstate an organisation."""
    set_locale("en")
    try:
        operations.decide(None, _organisation(slug), Step(step), reason)
    except Refused as error:
        raise click.ClickException(str(error.message)) from None
    click.echo(f"{slug} is {_organisation(slug).standing}.")


@companies.command("appoint")
@click.argument("slug")
@click.argument("email")
@click.option("--role", type=click.Choice([r.value for r in ACTING_ROLES]), default="owner")
def appoint(slug: str, email: str, role: str) -> None:
    """Make somebody an owner (or else) when nobody of the organisation can."""
    set_locale("en")
    try:
        operations.appoint_from_outside(None, _organisation(slug), _person(email), Role(role))
    except Refused as error:
        raise click.ClickException(str(error.message)) from None
    click.echo(f"{email} is now: {role} of {slug}.")


@click.group()
def keys() -> None:
    """The keys that sign what the Hub is told about people."""


@keys.command("rotate")
def rotate() -> None:
    """Sign with a new key from now on; the old one stays published for 30 days."""
    click.echo(operations.rotate_keys(_config()).kid)


@keys.command("list")
def list_keys() -> None:
    """The published keys, the one in use first."""
    for key in queries.published_keys():
        state = f"retired {key.retired_at:%Y-%m-%d}" if key.retired_at else "in use"
        click.echo(f"{key.kid}  made {key.created_at:%Y-%m-%d}  {state}")


commands = [operator, people, organisation, companies, keys]
