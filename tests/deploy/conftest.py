"""A Hub's spawner for one person, configured as the Hub configures it, without a Hub."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jupyterhub import orm
from kubernetes_asyncio.config import kube_config
from kubernetes_validate import utils as validating
from traitlets.config import Config, PyFileConfigLoader

CHECKOUT = Path(__file__).resolve().parents[2]
HUB_CONFIG = CHECKOUT / "jupyter_config" / "jupyterhub_config.py"
CLUSTER = """
apiVersion: v1
kind: Config
clusters: [{name: nowhere, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: nobody, user: {}}]
contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody, namespace: default}}]
current-context: nowhere
"""
#: What the configuration reads, by its own words.
SECRETS = re.findall(r'read_secret\(\s*instance, "(\w+)"', HUB_CONFIG.read_text())


_runner: list[asyncio.Runner] = []


@pytest.fixture(scope="session", autouse=True)
def loop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The event loop of this folder's tests, and a cluster's address at which nobody listens."""
    place = tmp_path_factory.mktemp("cluster") / "config"
    place.write_text(CLUSTER)
    before = kube_config.KUBE_CONFIG_DEFAULT_LOCATION
    kube_config.KUBE_CONFIG_DEFAULT_LOCATION = str(place)
    with asyncio.Runner() as runner:
        _runner.append(runner)
        yield
        _runner.clear()
    kube_config.KUBE_CONFIG_DEFAULT_LOCATION = before


@pytest.fixture(scope="session", autouse=True)
def schemas_are_read_once() -> Iterator[None]:
    """The validator reads megabytes of definitions for every object."""
    before = validating.schema_contents
    validating.schema_contents = functools.cache(before)
    yield
    validating.schema_contents = before


def wait_for(what: Coroutine[Any, Any, Any]) -> Any:
    """Run WHAT to its end, in the loop of the folder's tests."""
    return _runner[0].run(what)


@pytest.fixture
def hub_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Config]]:
    """Read jupyterhub_config.py as the Hub does, with the given environment."""
    secrets = tmp_path / "instance" / "secrets"
    secrets.mkdir(parents=True)
    for name in SECRETS:
        (secrets / name).write_text("ab" * 32)
    base = {
        "BANYAN_INSTANCE": str(tmp_path / "instance"),
        "BANYAN_URL": "https://learn.example.edu",
        "LABS_URL": "https://labs.example.edu",
        "HUB_DATABASE_URL": "postgresql+psycopg://hub@db.example.edu/hub",
        "PROXY_API_URL": "http://proxy-api:8001",
    }

    def read(**environment: str) -> Config:
        for name, value in {**base, **environment}.items():
            monkeypatch.setenv(name, value)
        loader = PyFileConfigLoader(HUB_CONFIG.name, path=str(HUB_CONFIG.parent))
        return loader.load_config()

    yield read


@pytest.fixture
def in_cluster(hub_config: Callable[..., Config]) -> Callable[..., Config]:
    """The Hub's configuration in a cluster."""

    def read(**environment: str) -> Config:
        return hub_config(
            **{
                "LABS_SPAWNER": "kubernetes",
                "HUB_BIND": "http://:8081",
                "HUB_CONNECT_URL": "http://hub:8081",
                **environment,
            }
        )

    return read


@pytest.fixture
def on_docker(hub_config: Callable[..., Config], tmp_path: Path) -> Callable[..., Config]:
    """The Hub's configuration on one machine with Docker."""

    def read(**environment: str) -> Config:
        socket = str(tmp_path / "instance" / "run" / "hub" / "hub.sock").replace("/", "%2F")
        return hub_config(
            **{"LABS_SPAWNER": "docker", "HUB_BIND": f"http+unix://{socket}", **environment}
        )

    return read


def person(name: str) -> SimpleNamespace:
    """What a spawner reads of its person."""
    return SimpleNamespace(name=name, id=7, url=f"/user/{name}/", escaped_name=name, settings={})


def hub(config: Config) -> SimpleNamespace:
    """What a spawner reads of the Hub."""
    url = config.JupyterHub.hub_connect_url
    return SimpleNamespace(
        public_host=config.JupyterHub.subdomain_host,
        base_url="/hub/",
        url=f"{url}/hub/",
        api_url=f"{url}/hub/api",
    )


def spawner_for(config: Config, name: str = "mei", **options: Any) -> Any:
    """Return the spawner of one person after the site's request with ``options``.

    ``by`` says who asks: the site (unless said otherwise) or the person.
    """
    by = options.pop("by", "site")
    requester = orm.Service(name="site") if by == "site" else orm.User(name=name)

    async def make() -> Any:
        made = config.JupyterHub.spawner_class(
            user=person(name),
            hub=hub(config),
            config=config,
            api_token="token-of-her-server",
            oauth_client_id="jupyterhub-user-mei",
        )
        made.handler = SimpleNamespace(current_user=requester)
        made.user_options = options
        made.apply_user_options(made, options)
        return made

    return wait_for(make())
