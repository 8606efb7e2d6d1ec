"""``banyan up | backup | restore | doctor``: what an operator types."""

import os
import sys
from collections.abc import Callable
from functools import wraps

import click

from app.hosting.errors import HostingError
from app.hosting.supervisor import run_house
from app.kernel.config import Config

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


commands = [up]
