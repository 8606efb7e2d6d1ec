"""What one person may take of this machine, where servers are local: from the environment.

Memory and processes are traits of the spawner; what follows is set for a whole installation.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jupyter_config import cgroups

__all__ = ["HOME_MB", "LimitError", "LocalLimits"]

HOME_MB: Final = 4096
HOME_FILES: Final = 200_000


class LimitError(Exception):
    """A limit that cannot be kept; the message says which variable to change."""


@dataclass(frozen=True)
class LocalLimits:
    """``home_mb`` and ``home_files`` bound a home; 0 for no bound.

    ``cores`` is how many cores of processor time somebody may take all the while: who takes more
    goes behind the others, and loses nothing while the machine is idle. ``most_cores`` is how many
    her processes run on at all, 0 for all. ``nice`` (0–19) is how far every lab stands behind the
    site. ``groups`` is the folder of people's control groups, where systemd gave the unit its own.
    """

    home_mb: int = HOME_MB
    home_files: int = HOME_FILES
    cores: float = 1.0
    most_cores: int = 0
    nice: int = 5
    groups: Path | None = None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> LocalLimits:
        """Read LABS_HOME_MB, LABS_HOME_FILES, LABS_CORES, LABS_MOST_CORES, LABS_NICE and
        LABS_CGROUP, which prepares the control group. Raises LimitError."""
        cgroup = environ.get("LABS_CGROUP") or ""
        if cgroup not in ("", "delegated"):
            raise LimitError(f"LABS_CGROUP is {cgroup!r}. Say 'delegated', or leave it empty.")
        half = max(2, (len(os.sched_getaffinity(0)) + 1) // 2)
        return cls(
            home_mb=int(_number(environ, "LABS_HOME_MB", HOME_MB, 0, 100_000_000)),
            home_files=int(_number(environ, "LABS_HOME_FILES", HOME_FILES, 0, 100_000_000)),
            cores=_number(environ, "LABS_CORES", 1.0, 0.1, 4096),
            most_cores=int(_number(environ, "LABS_MOST_CORES", half, 0, 4096)),
            nice=int(_number(environ, "LABS_NICE", 5, 0, 19)),
            groups=cgroups.beginning(cgroups.own_group()) if cgroup else None,
        )


def _number(
    environ: Mapping[str, str], name: str, default: float, low: float, high: float
) -> float:
    said = environ.get(name) or ""
    try:
        value = float(said) if said else float(default)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise LimitError(f"{name} is {said!r}. Give a number from {low:g} to {high:g}.")
    return value
