"""What is done before the house opens: migrations, courses, demo; skipped when nothing changed."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from app.hosting.errors import HostingError
from app.hosting.places import CHECKOUT
from app.kernel.config import Config

__all__ = ["Step", "database_identity", "fingerprint", "perform", "steps_of"]


@dataclass(frozen=True)
class Step:
    """A command that need not be run again while the files under ``inputs`` are the same."""

    name: str
    title: str
    command: tuple[str, ...]
    inputs: tuple[Path, ...]


def steps_of(config: Config) -> tuple[Step, ...]:
    """The steps of this installation, in order."""
    banyan = (sys.executable, "-m", "app.cli")
    code, migrations = CHECKOUT / "app", CHECKOUT / "migrations"
    steps = [
        Step("migrate", "Database tables", (*banyan, "db", "upgrade"), (migrations,)),
        Step("skills", "Skills", (*banyan, "skills", "load"), (code / "skills",)),
        Step("courses", "Courses", (*banyan, "courses", "load"), (config.courses, code)),
    ]
    if config.demo:
        steps.append(Step("demo", "Demo", (*banyan, "demo", "load"), (config.courses, code)))
    # What is written is found at once; this is for what stood here before a room learnt to tell.
    steps.append(Step("search", "Search", (*banyan, "search", "rebuild"), (code,)))
    return tuple(steps)


def perform(
    step: Step, *, stamps: Path, identity: str, environment: Mapping[str, str], log: Path
) -> bool:
    """Run ``step`` unless it was run for the same inputs on the same database.

    ``stamps`` is the file that remembers. Returns whether it ran. Raises HostingError with the
    end of what it printed when it fails.
    """
    try:
        done = json.loads(stamps.read_text())
    except (FileNotFoundError, ValueError):
        done = {}
    current = f"{identity} {fingerprint(step.inputs)} {' '.join(step.command[1:])}"
    if done.get(step.name) == current:
        return False
    result = subprocess.run(
        step.command,
        cwd=CHECKOUT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    said = result.stdout.decode(errors="replace")
    with log.open("a") as file:
        file.write(said)
    if result.returncode != 0:
        tail = "\n".join(said.strip().splitlines()[-25:])
        raise HostingError(f"{step.title}: `banyan {' '.join(step.command[3:])}` failed.\n{tail}")
    stamps.write_text(json.dumps({**done, step.name: current}, indent=2) + "\n")
    return True


def fingerprint(folders: Iterable[Path]) -> str:
    """Changes when a file below ``folders`` is added, removed or written to (by size and time)."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                status = path.stat()
                line = f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n"
                digest.update(line.encode(errors="surrogateescape"))
    return digest.hexdigest()


def database_identity(url: str) -> str:
    """Tells one database from another that later stands at the same address."""
    with psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:", 1)) as connection:
        row = connection.execute(
            "SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = "
            "current_database()) FROM pg_control_system()"
        ).fetchone()
    assert row is not None
    return f"{row[0]}:{row[1]}"
