"""Backup and restore: databases, stored files, homes, secrets and keys in one archive.

The databases are dumped first, each in one snapshot; stored files are content-addressed and never
change, so those copied afterwards contain every one that a row of the dump names.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from app.hosting.archive import extract, writing
from app.hosting.errors import HostingError
from app.hosting.postgres import Cluster, cluster_of, program
from app.kernel import clock
from app.kernel.config import Config

__all__ = ["BackupRefused", "backup", "restore"]

FORMAT = 1
DUMPS = "databases"
# Made anew by every start.
_NOT_KEPT = frozenset({"postgres", "run", "logs", ".gitkeep", ".restoring"})
# A configuration that is read makes these in an empty instance; a restore replaces them.
_HARMLESS = _NOT_KEPT - {"postgres"} | {"secrets"}


class BackupRefused(HostingError):
    """What was asked would lose something, or cannot be done here."""


def backup(config: Config, target: Path, environ: Mapping[str, str]) -> tuple[Path, dict[str, Any]]:
    """Back the installation up while it runs or stands still.

    ``target`` is a file to be made or an existing folder, which then gets a file named by the
    time. Returns the archive's path and its manifest. Raises HostingError.
    """
    now = clock.now()
    if target.is_dir():
        target = target / f"banyan-{now:%Y%m%d-%H%M%S}.tar"
    if target.exists():
        raise BackupRefused(f"{target} exists already; a backup never overwrites another.")
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.resolve().parent.is_relative_to(config.instance):
        raise BackupRefused(
            f"{target} is inside {config.instance}, which is being backed up. Choose another place."
        )
    with (
        _databases(config, environ) as databases,
        tempfile.TemporaryDirectory() as scratch,
        writing(target) as archive,
    ):
        for name, url in databases.items():
            dump = Path(scratch) / f"{name}.dump"
            _postgres_program(
                *("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges"),
                # Comments on extensions belong to the superuser and could not be restored.
                *("--no-comments", "--file", str(dump)),
            )
            archive.add_file(dump, f"{DUMPS}/{name}.dump")
        for path in sorted(config.instance.iterdir()):
            if path.name in _NOT_KEPT or path.is_symlink():
                continue
            if path.is_dir():
                archive.add_folder(path, path.name)
            elif path.is_file():
                archive.add_file(path, path.name)
        manifest = archive.finish(
            {
                "format": FORMAT,
                "created_at": now.isoformat(timespec="seconds"),
                "banyan": version("banyan"),
                "postgresql": _server_version(databases["banyan"]),
                "site_url": config.site_url,
                "databases": sorted(databases),
            }
        )
    return target, manifest


def restore(config: Config, source: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    """Bring a backup into an empty instance (and empty databases when they are your own).

    Every file is verified before anything counts. Returns the manifest. Raises BackupRefused when
    there is something to lose, ArchiveDamaged when the archive is not what was written; the
    instance is empty afterwards as it was before.
    """
    instance = config.instance
    if not source.is_file():
        raise BackupRefused(f"{source} is not a file.")
    present = sorted(path.name for path in instance.iterdir() if path.name not in _HARMLESS)
    if present:
        raise BackupRefused(
            f"{instance} is not empty ({', '.join(present[:5])}). A restore goes into an empty "
            "folder: set BANYAN_INSTANCE to a new one, or move the old one away."
        )
    staging = instance / ".restoring"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    moved: list[Path] = []
    try:
        manifest = extract(source, staging)
        if manifest.get("format") != FORMAT:
            raise BackupRefused(
                f"{source} was made by Banyan {manifest.get('banyan')} in a format that this "
                "version does not read. Restore it with that version, then upgrade."
            )
        dumps = staging / DUMPS
        for path in sorted(staging.iterdir()):
            if path != dumps:
                place = instance / path.name
                _remove(place)
                path.rename(place)
                moved.append(place)
        moved.append(instance / "postgres")
        with _databases(config, environ) as databases:
            for name in manifest["databases"]:
                _restore_database(databases[name], dumps / f"{name}.dump")
    except BaseException:
        for place in moved:
            _remove(place)
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return manifest


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def _databases(config: Config, environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """libpq URLs of both databases; the embedded server runs meanwhile."""
    if config.database_url:
        hub = environ.get("HUB_DATABASE_URL", "")
        if not hub:
            raise BackupRefused("DATABASE_URL is set: set HUB_DATABASE_URL too.")
        yield {"banyan": _libpq(config.database_url), "hub": _libpq(hub)}
        return
    cluster: Cluster = cluster_of(config.instance)
    was_running = cluster.is_running()
    cluster.start()
    try:
        yield {name: cluster.dsn(name) for name in ("banyan", "hub")}
    finally:
        if not was_running:
            cluster.stop()


def _restore_database(url: str, dump: Path) -> None:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchone()
        assert row is not None
        if row[0]:
            raise BackupRefused(
                f"The database {connection.info.dbname} on {connection.info.host} has {row[0]} "
                "tables. A restore goes into an empty database."
            )
    _postgres_program(
        *("pg_restore", url, "--no-owner", "--no-privileges", "--exit-on-error"),
        *("--single-transaction", str(dump)),
    )


def _postgres_program(name: str, url: str, *arguments: str) -> None:
    """Run pg_dump or pg_restore on ``url``; its password is not put on the command line."""
    parameters = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    password = parameters.pop("password", "")
    connection = " ".join(f"{key}='{value}'" for key, value in parameters.items())
    done = subprocess.run(
        [program(name), "--dbname", connection, *arguments],
        env={"PGPASSWORD": password, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise HostingError(f"{name} failed: {done.stderr.strip()}")


def _server_version(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    assert row is not None
    return str(row[0])


def _libpq(url: str) -> str:
    return url.replace("postgresql+psycopg:", "postgresql:", 1)
