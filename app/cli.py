"""``banyan``: the command line for operators and instructors."""

import importlib
import importlib.util
import os
import sys

import click

from app.factory import ROOMS, create_app
from app.hosting import cli as hosting_cli
from app.kernel.config import Config, ConfigError


class BanyanGroup(click.Group):
    """Commands of rooms run inside the application; its errors are sentences."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except ConfigError as error:
            click.echo(f"banyan: {error}", err=True)
            sys.exit(2)


@click.group(cls=BanyanGroup)
@click.version_option(package_name="banyan", prog_name="banyan")
def main() -> None:
    """Banyan (榕): courses, AI labs, verified skills, projects and internships."""


def in_app(command: click.Command) -> click.Command:
    """Let COMMAND (or all of a group) run within an application context."""
    if isinstance(command, click.Group):
        for child in command.commands.values():
            in_app(child)
        return command
    inner = command.callback
    assert inner is not None

    def run(*args: object, **kwargs: object) -> object:
        app = create_app(Config.from_environ(os.environ))
        with app.app_context():
            return inner(*args, **kwargs)

    command.callback = run
    return command


for _room in ("kernel", *ROOMS):
    if importlib.util.find_spec(f"app.{_room}.cli") is not None:
        for _command in importlib.import_module(f"app.{_room}.cli").commands:
            main.add_command(in_app(_command))
for _command in hosting_cli.commands:
    main.add_command(_command)


if __name__ == "__main__":
    main()
