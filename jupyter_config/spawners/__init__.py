"""Where people's servers run: LABS_SPAWNER=local | docker | kubernetes.

``local`` is :class:`jupyter_config.spawner.SandboxSpawner`, set up where the Hub is. The other two
start containers after profiles; their libraries are the extra ``deploy``, imported only when asked
for.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jupyter_config import profiles
from jupyter_config.spawners.profiled import take_options

__all__ = ["KINDS", "SpawnerError", "configure", "kind_of"]

KINDS: Final = ("local", "docker", "kubernetes")
LIBRARIES: Final = {"docker": "dockerspawner", "kubernetes": "kubespawner"}
#: An image may have to be pulled before the first server of a node starts.
START_SECONDS: Final = 300


class SpawnerError(Exception):
    """LABS_SPAWNER asks for something that cannot be had; the message says what to do."""


def kind_of(environ: Mapping[str, str]) -> str:
    """Return which spawner is wanted. Raises SpawnerError."""
    kind = environ.get("LABS_SPAWNER") or "local"
    if kind not in KINDS:
        raise SpawnerError(f"LABS_SPAWNER is {kind!r}. Say one of {', '.join(KINDS)}.")
    return kind


def configure(c: Any, environ: Mapping[str, str], *, instance: Path, site_url: str) -> None:
    """Make ``c`` start containers, when LABS_SPAWNER says so.

    Raises SpawnerError, or ProfileError for profiles that cannot be used.
    """
    kind = kind_of(environ)
    if kind == "local":
        return
    try:
        module = importlib.import_module(f"jupyter_config.spawners.{kind}")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != LIBRARIES[kind]:
            raise
        raise SpawnerError(
            f"LABS_SPAWNER is {kind}, but {error.name} is not installed. "
            "Type: make setup EXTRAS=deploy"
        ) from error
    found = profiles.read(environ)
    c.Spawner.start_timeout = START_SECONDS
    c.Spawner.env_keep = []
    c.Spawner.apply_user_options = take_options
    c.ProfiledSpawner.profiles = found
    c.ProfiledSpawner.site_url = site_url
    module.configure(c, environ, found, instance)
