"""The configuration: one frozen dataclass, read from the environment once, at boot."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from app.kernel.secrets import secret

HOME_MB = 4096
"""As ``jupyter_config.limits`` has it: the site and the Hub read the same variable."""


class ConfigError(Exception):
    """The environment asks for something that cannot work. The message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything the house needs to know about where it stands."""

    instance: Path
    """Folder of everything that this installation keeps: blobs, homes, secrets, logs."""
    database_url: str
    """SQLAlchemy URL, ``postgresql+psycopg://…``. Empty: the embedded server under instance/."""
    site_url: str
    labs_url: str
    secret_key: str
    smtp_url: str
    """``smtp://[user:password@]host[:port]`` or ``smtps://…``. Empty: mails become files."""
    mail_from: str
    demo: bool
    hub_api_url: str
    hub_api_token: str
    hub_client_secret: str
    courses: Path
    worker_concurrency: int
    """How many jobs a worker does at a time."""
    grade_without_sandbox: bool
    """The operator accepts that students' code runs unconfined where no sandbox can be made."""
    exchange_port: str
    """The port at which the site serves only the exchange, for labs in pods. Empty: none."""
    labs_home_mb: int
    """What a person's home may hold where her server runs on this machine; 0 for no bound."""

    @property
    def mail_folder(self) -> Path:
        """Where mails land when no SMTP server is configured."""
        return self.instance / "mail"

    @property
    def is_loopback(self) -> bool:
        """Whether the site's public address can only be reached from this machine."""
        return _is_loopback(urlsplit(self.site_url).hostname or "")

    @property
    def uses_https(self) -> bool:
        return self.site_url.startswith("https://")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Config":
        """Read the environment.

        Raises ConfigError with a sentence that says which variable to change and how.
        """
        instance = Path(environ.get("BANYAN_INSTANCE") or "instance").resolve()
        try:
            instance.mkdir(parents=True, exist_ok=True)
            (instance / "run").mkdir(exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"BANYAN_INSTANCE is {instance}, which cannot be written ({error.strerror}). "
                "Point it to a folder that belongs to you."
            ) from error

        port = environ.get("PORT") or "8000"
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise ConfigError(f"PORT is {port!r}. Give a number from 1 to 65535.")
        site_url = _url(environ, "BANYAN_URL", f"http://localhost:{port}")
        labs_url = _url(environ, "LABS_URL", _labs_beside(site_url))
        if urlsplit(site_url).netloc == urlsplit(labs_url).netloc:
            raise ConfigError(
                f"LABS_URL and BANYAN_URL are both {site_url}. Labs show what students wrote, "
                "so they need a host of their own, for example labs.example.edu."
            )

        database_url = environ.get("DATABASE_URL") or ""
        if database_url.startswith(("postgres://", "postgresql://")):
            database_url = "postgresql+psycopg://" + database_url.split("://", 1)[1]
        if database_url and not database_url.startswith("postgresql+psycopg://"):
            raise ConfigError(
                f"DATABASE_URL begins with {database_url.split(':')[0]!r}. Banyan keeps its data "
                "in PostgreSQL 17 or newer: postgresql://user:password@host/database. "
                "Leave it empty to use the server that comes with it."
            )

        smtp_url = environ.get("SMTP_URL") or ""
        if smtp_url and urlsplit(smtp_url).scheme not in ("smtp", "smtps"):
            raise ConfigError("SMTP_URL must look like smtp://user:password@host:587.")

        demo = _flag(environ, "BANYAN_DEMO", default=False)
        if demo and not _is_loopback(urlsplit(site_url).hostname or ""):
            raise ConfigError(
                f"BANYAN_DEMO is on, but BANYAN_URL is {site_url}, which others can reach. The "
                "demo accounts have public passwords: set BANYAN_DEMO=0 and create the first "
                "operator with 'banyan operator create'."
            )

        listen_host = (environ.get("BANYAN_LISTEN") or "127.0.0.1").rpartition(":")[0].strip("[]")
        if demo and listen_host and not _is_loopback(listen_host):
            raise ConfigError(
                f"BANYAN_DEMO is on, but BANYAN_LISTEN lets others in ({listen_host}). The demo "
                "accounts have public passwords: listen on 127.0.0.1, or set BANYAN_DEMO=0 and "
                "create the first operator with 'banyan operator create'."
            )

        concurrency = environ.get("BANYAN_WORKER_CONCURRENCY") or str(len(os.sched_getaffinity(0)))
        if not concurrency.isdigit() or not 1 <= int(concurrency) <= 256:
            raise ConfigError("BANYAN_WORKER_CONCURRENCY must be a number from 1 to 256.")

        exchange_port = environ.get("BANYAN_EXCHANGE_PORT") or ""
        if exchange_port and not (exchange_port.isdigit() and 0 < int(exchange_port) < 65536):
            raise ConfigError(
                f"BANYAN_EXCHANGE_PORT is {exchange_port!r}. Give the port at which gunicorn "
                "listens for labs, or leave it empty."
            )

        home_mb = environ.get("LABS_HOME_MB") or str(HOME_MB)
        if not home_mb.isdigit():
            raise ConfigError(
                f"LABS_HOME_MB is {home_mb!r}. Give the megabytes that a person's home may hold, "
                "or 0 for no bound."
            )

        unconfined = environ.get("BANYAN_GRADE_WITHOUT_SANDBOX") or ""
        if unconfined not in ("", "accept-the-risk"):
            raise ConfigError(
                f"BANYAN_GRADE_WITHOUT_SANDBOX is {unconfined!r}. Without a sandbox students' code "
                "can read and change what the worker can. Leave it empty, or say "
                "'accept-the-risk' after reading docs/operations.md."
            )

        return cls(
            instance=instance,
            database_url=database_url,
            site_url=site_url,
            labs_url=labs_url,
            secret_key=environ.get("BANYAN_SECRET_KEY") or secret(instance, "secret_key"),
            smtp_url=smtp_url,
            mail_from=environ.get("BANYAN_MAIL_FROM")
            or f"Banyan <no-reply@{urlsplit(site_url).hostname}>",
            demo=demo,
            hub_api_url=environ.get("HUB_API_URL") or _hub_socket_url(instance),
            hub_api_token=secret(instance, "hub_api_token"),
            hub_client_secret=secret(instance, "hub_client_secret"),
            courses=Path(environ.get("BANYAN_COURSES") or "courses").resolve(),
            worker_concurrency=int(concurrency),
            grade_without_sandbox=unconfined == "accept-the-risk",
            exchange_port=exchange_port,
            labs_home_mb=int(home_mb) if environ.get("LABS_SPAWNER", "local") == "local" else 0,
        )


def _url(environ: Mapping[str, str], name: str, default: str) -> str:
    value = (environ.get(name) or default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise ConfigError(
            f"{name} is {value!r}. Give scheme and host only, for example https://learn.example.edu."
        )
    return value


def _labs_beside(site_url: str) -> str:
    parts = urlsplit(site_url)
    return f"{parts.scheme}://labs.{parts.netloc}"


def _hub_socket_url(instance: Path) -> str:
    # The folder may be a link to a shorter path: sockets' names are limited to 107 bytes.
    socket = (instance / "run" / "hub").resolve() / "hub.sock"
    return f"http+unix://{quote(str(socket), safe='')}/hub/api"


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = (environ.get(name) or "").lower()
    if value in ("", "0", "false", "no", "off"):
        return default if value == "" else False
    if value in ("1", "true", "yes", "on"):
        return True
    raise ConfigError(f"{name} is {value!r}. Say 1 or 0.")


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
