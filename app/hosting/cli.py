"""``banyan up | backup | restore | doctor``: what an operator types."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path

import click

from app.hosting import backup as backups
from app.hosting.doctor import examine
from app.hosting.errors import HostingError
from app.hosting.supervisor import run_house
from app.kernel.config import Config
from app.kernel.secrets import make_all

__all__ = ["commands"]


def _plainly(command: Callable[..., None]) -> Callable[..., None]:
    """Errors of this room are sentences, not tracebacks."""

    @wraps(command)
    def wrapped(*args: object, **kwargs: object) -> None:
        try:
            command(*args, **kwargs)
        except HostingError as error:
            click.echo(f"banyan: {error.message}", err=True)
            sys.exit(1)

    return wrapped


@click.command()
@_plainly
def up() -> None:
    """Open the whole house: database, proxy, site, Hub and worker, until Ctrl-C."""
    run_house(Config.from_environ(os.environ))


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@_plainly
def backup(target: Path) -> None:
    """Back up databases, files, homes, secrets and keys to TARGET (a new file, or a folder).

    The house may run meanwhile. The archive holds all secrets: keep it as safe as the house.
    """
    path, manifest = backups.backup(Config.from_environ(os.environ), target, os.environ)
    size = path.stat().st_size / 1e6
    click.echo(f"Backed up {len(manifest['files'])} files, {size:.1f} MB: {path}")


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@_plainly
def restore(source: Path) -> None:
    """Bring the backup SOURCE into an empty instance (BANYAN_INSTANCE)."""
    config = Config.from_environ(os.environ)
    manifest = backups.restore(config, source, os.environ)
    click.echo(
        f"Restored {len(manifest['files'])} files of {manifest['created_at']} into "
        f"{config.instance}. Next: banyan up"
    )


@click.command()
@_plainly
def doctor() -> None:
    """Look at this machine and say what is missing."""
    findings = examine(Config.from_environ(os.environ), os.environ)
    for finding in findings:
        click.echo(f"{'ok     ' if finding.is_well else 'PROBLEM'}  {finding.sentence}")
    if not all(finding.is_well for finding in findings):
        sys.exit(1)


@click.command()
def secrets() -> None:
    """Make the secrets that are missing, for parts that are started one by one.

    They are files of mode 600 in BANYAN_INSTANCE/secrets; `banyan up` makes them by itself.
    """
    instance = Config.from_environ(os.environ).instance
    make_all(instance)
    click.echo(f"The secrets of this installation are in {instance / 'secrets'}.")


commands = [up, backup, restore, doctor, secrets]
