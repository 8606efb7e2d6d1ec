"""LABS_SPAWNER=docker: each person's server is a container on the Hub's own machine.

As in the local sandbox, the Hub and the exchange come in as Unix sockets, so that the container's
network carries nothing but the proxy's requests: an internal network of Docker in which containers
do not see each other (docs/deploy/one-host.md makes it).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from dockerspawner import DockerSpawner
from traitlets import Unicode

from jupyter_config.homes import Home, prepare_home
from jupyter_config.profiles import Profile, Profiles
from jupyter_config.spawners.profiled import (
    DATA,
    MEBIBYTE,
    PORT,
    SHARED_MEMORY_MB,
    ProfiledSpawner,
)

__all__ = ["LabContainerSpawner", "configure"]

INSIDE_HUB: Final = "/run/banyan/hub"
INSIDE_EXCHANGE: Final = "/run/banyan/exchange"
OPEN_FILES: Final = 4096
LARGEST_FILE_MB: Final = 2048


class LabContainerSpawner(ProfiledSpawner, DockerSpawner):
    """One person's server as a container."""

    instance = Unicode(help="The folder of everything that this installation keeps.").tag(
        config=True
    )
    hub_socket = Unicode(help="The Unix socket that the Hub listens on.").tag(config=True)

    async def start(self) -> Any:
        """Start the container and return where the proxy reaches it."""
        # DockerSpawner would take an image from here.
        self.user_options.pop("image", None)
        self.image = self.profile.image
        return await super().start()

    async def create_object(self) -> Any:
        """Create the container of this person and profile."""
        home = await asyncio.to_thread(prepare_home, Path(self.instance) / "homes", self.user.name)
        self.fit(home)
        return await super().create_object()

    def get_env(self) -> dict[str, str]:
        env = {**super().get_env(), **self.lab_environment()}
        hub = quote(f"{INSIDE_HUB}/{Path(self.hub_socket).name}", safe="")
        api = f"http+unix://{hub}{self.hub.base_url}api"
        env |= {
            "JUPYTERHUB_API_URL": api,
            "JUPYTERHUB_ACTIVITY_URL": f"{api}/users/{self.user.name}/activity",
        }
        return {key: str(value) for key, value in env.items() if value is not None}

    def fit(self, home: Home) -> None:
        """Make the container as the profile says; last, so that nothing asked for remains."""
        profile = self.profile
        run = Path(self.instance).resolve()
        self.image = profile.image
        self.cmd = self.command()
        self.mem_limit = self.memory_mb * MEBIBYTE
        self.cpu_limit = profile.cpu
        self.volumes = {str(home.path.resolve()): f"/home/{self.user.name}"}
        self.read_only_volumes = {
            str(Path(self.hub_socket).parent.resolve()): INSIDE_HUB,
            str((run / "run" / "exchange").resolve()): INSIDE_EXCHANGE,
            str((run / "data" / "open").resolve()): DATA,
        }
        uid = home.uid if os.geteuid() == 0 else os.geteuid()
        self.extra_create_kwargs = {
            "user": f"{uid}:{uid}",
            "hostname": "lab",
            "working_dir": f"/home/{self.user.name}",
            "labels": {
                "banyan.lab": "true",
                "banyan.person": self.user.name,
                "banyan.profile": profile.name,
            },
        }
        self.extra_host_config = _host_config(profile, self.memory_mb)


def _host_config(profile: Profile, memory_mb: int) -> dict[str, Any]:
    """Return what Docker is told beside memory, processor time and mounts."""
    config: dict[str, Any] = {
        "init": True,
        "read_only": True,
        "privileged": False,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "pids_limit": profile.processes,
        "mem_reservation": min(profile.memory_reserved_mb, memory_mb) * MEBIBYTE,
        "memswap_limit": memory_mb * MEBIBYTE,  # the same as the limit: no swap
        "shm_size": SHARED_MEMORY_MB * MEBIBYTE,
        "tmpfs": {"/tmp": f"rw,nosuid,nodev,mode=1777,size={profile.scratch_mb}m"},  # noqa: S108
        "ulimits": [
            {"Name": "core", "Soft": 0, "Hard": 0},
            {"Name": "nofile", "Soft": OPEN_FILES, "Hard": OPEN_FILES},
            {
                "Name": "fsize",
                "Soft": LARGEST_FILE_MB * MEBIBYTE,
                "Hard": LARGEST_FILE_MB * MEBIBYTE,
            },
        ],
        "log_config": {"Type": "json-file", "Config": {"max-size": "5m", "max-file": "1"}},
    }
    if profile.gpu is not None:
        config["device_requests"] = [
            {"Driver": "nvidia", "Count": profile.gpu.count, "Capabilities": [["gpu"]]}
        ]
    return config


def configure(c: Any, environ: Mapping[str, str], found: Profiles, instance: Path) -> None:
    """Set what is the same for everybody."""
    exchange = quote(f"{INSIDE_EXCHANGE}/site.sock", safe="")
    c.JupyterHub.spawner_class = LabContainerSpawner
    c.LabContainerSpawner.instance = str(instance)
    c.LabContainerSpawner.hub_socket = unquote(urlsplit(environ["HUB_BIND"]).netloc)
    c.LabContainerSpawner.exchange_url = f"http+unix://{exchange}/api/exchange/v1"
    c.LabContainerSpawner.network_name = environ.get("LABS_DOCKER_NETWORK", "banyan-labs")
    c.LabContainerSpawner.use_internal_ip = True
    c.LabContainerSpawner.port = PORT
    c.LabContainerSpawner.prefix = "lab"
    c.LabContainerSpawner.remove = True
    c.LabContainerSpawner.pull_policy = "ifnotpresent"
