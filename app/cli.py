"""``banyan``: the command line for operators and instructors."""

import importlib
import importlib.util
import os
import sys

import click
from flask import Flask, has_app_context

from app import checks, engine
from app import worker as worker_process
from app.autograde import cli as autograde_cli
from app.factory import ROOMS, create_app
from app.hosting import cli as hosting_cli
from app.kernel import i18n, schema
from app.kernel.config import Config, ConfigError
from app.kernel.database import db as database
from app.matching import commands as matching_commands


class BanyanGroup(click.Group):
    """Errors of the configuration and of the machine are sentences, not traces."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except (ConfigError, engine.EngineUnavailable) as error:
            click.echo(f"banyan: {error}", err=True)
            sys.exit(2)


@click.group(cls=BanyanGroup)
@click.version_option(package_name="banyan", prog_name="banyan")
def main() -> None:
    """Banyan (榕): courses, AI labs, verified skills, projects and internships."""


def site() -> Flask:
    return create_app(Config.from_environ(os.environ))


def in_app(command: click.Command) -> click.Command:
    """Let COMMAND, or every command of a group, run within an application context."""
    if isinstance(command, click.Group):
        for child in command.commands.values():
            in_app(child)
        return command
    inner = command.callback
    assert inner is not None
    if hasattr(inner, "runs_in_app"):  # a room above has added a command to this group
        return command

    def run(*args: object, **kwargs: object) -> object:
        if has_app_context():  # who calls it has an application already
            return inner(*args, **kwargs)
        app = site()
        with app.app_context():
            try:
                return inner(*args, **kwargs)
            finally:
                database.session.remove()
                database.engine.dispose()

    run.runs_in_app = True  # type: ignore[attr-defined]
    command.callback = run
    return command


@main.group("db")
def db_group() -> None:
    """The database's schema."""


@db_group.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest schema."""
    schema.upgrade(site().config["SQLALCHEMY_DATABASE_URI"])


@db_group.command("downgrade")
@click.argument("revision")
@click.confirmation_option(prompt="Data of newer tables will be lost. Go on?")
def db_downgrade(revision: str) -> None:
    """Take the database back to REVISION."""
    schema.downgrade(site().config["SQLALCHEMY_DATABASE_URI"], revision)


@db_group.command("revise")
@click.argument("number")
@click.argument("message")
def db_revise(number: str, message: str) -> None:
    """Write the migration from the database as it is to what the models say."""
    schema.revise(site().config["SQLALCHEMY_DATABASE_URI"], message, number)


@main.command("worker")
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    help="How many jobs at a time (default: BANYAN_WORKER_CONCURRENCY, or as many as cores).",
)
def worker(jobs: int | None) -> None:
    """Take jobs from the queue and do them: grade submissions, send mail, end workspaces."""
    config = Config.from_environ(os.environ)
    worker_process.run(create_app(config), config, jobs=jobs)


@main.group("check")
def check_group() -> None:
    """What ``make check`` looks at beyond style and types."""


@check_group.command("templates")
def check_templates() -> None:
    """Templates compile, link to what exists and carry no inline script or style."""
    checks.report(checks.template_problems(site()), "templates: good")


@check_group.command("translations")
def check_translations() -> None:
    """Every message has its Chinese text."""
    checks.report(checks.translation_problems(site()), "translations: complete")


@check_group.command("migrations")
def check_migrations() -> None:
    """One linear history that ends in what the models say, tried on a database of its own."""
    checks.report(checks.migration_problems(site()), "migrations: consistent")


@main.command("permissions")
def permissions() -> None:
    """Print who may do what: the merged table of all rooms."""
    click.echo(site().extensions["permissions"].page())


for _room in ("kernel", *ROOMS):
    if importlib.util.find_spec(f"app.{_room}.cli") is not None:
        for _command in importlib.import_module(f"app.{_room}.cli").commands:
            main.add_command(in_app(_command))
_matching = matching_commands.commands(i18n.gettext, i18n.speaking)
for _command in (*hosting_cli.commands, *autograde_cli.commands, *_matching):
    main.add_command(_command)


@main.group("demo")
def demo_group() -> None:
    """The demo, on loopback only."""


@demo_group.command("load")
def demo_load() -> None:
    """Make the demo's people and sections, or what is missing of them."""
    from app import demo

    _only_in_the_demo()
    demo.load()


@demo_group.command("accounts")
def demo_accounts() -> None:
    """Print the demo's accounts."""
    from app.accounts.demo import demo_accounts as accounts

    _only_in_the_demo()
    for role, email, password in accounts():
        click.echo(f"  {role:<28} {email:<36} {password}")


def _only_in_the_demo() -> None:
    if not Config.from_environ(os.environ).demo:
        raise ConfigError("this is not a demo. Set BANYAN_DEMO=1 to make it one, on loopback only.")


in_app(demo_group)


if __name__ == "__main__":
    main()
