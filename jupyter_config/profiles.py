"""What people's servers may use where labs run in containers, as data.

``profiles.yaml`` beside this file holds what the house comes with; an operator's file, named by
LABS_PROFILES, goes before it key by key. The Hub makes containers from it, the site its queue.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from jupyter_config.profile_checks import Problems, merged, profile_of, unfolded

__all__ = ["DataSets", "Gpu", "Homes", "Profile", "ProfileError", "Profiles", "Quota", "read"]

PACKAGED: Final = Path(__file__).with_name("profiles.yaml")


class ProfileError(Exception):
    """The profiles cannot be used; each line of the message says which key and what to give."""


@dataclass(frozen=True)
class Gpu:
    """Graphics cards of one server; ``resource`` is what the cluster calls them."""

    count: int
    resource: str


@dataclass(frozen=True)
class Quota:
    """How many servers of a profile may run at once, and for how long one may: minutes.

    ``per_school`` and ``per_course`` are None without such a limit. Who comes above a limit waits
    in a queue of the site.
    """

    servers: int
    per_school: int | None
    per_course: int | None
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What one server may use. Sizes are in mebibytes, ``cpu`` in cores.

    What is *reserved* is there for it in any case; up to the limit it shares with others.
    ``environments`` are those of labs that open in this profile by themselves.
    """

    name: str
    title: Mapping[str, str]
    image: str
    environments: tuple[str, ...]
    cpu: float
    cpu_reserved: float
    memory_mb: int
    memory_reserved_mb: int
    processes: int
    disk_mb: int
    scratch_mb: int
    idle_minutes: int
    gpu: Gpu | None = None
    quota: Quota | None = None
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Homes:
    """Where homes are in a cluster: ``claim``, a volume each, or ``directory`` of one volume."""

    kind: str
    storage_class: str
    volume: str


@dataclass(frozen=True)
class DataSets:
    """Where data sets are; ``volume`` is empty when there are none."""

    volume: str


@dataclass(frozen=True)
class Profiles:
    """All profiles of an installation, and where its homes and data sets are."""

    profiles: Mapping[str, Profile]
    default: Profile
    homes: Homes
    data_sets: DataSets

    def named(self, name: str) -> Profile:
        """Return the profile. Raises KeyError."""
        return self.profiles[name]

    def for_environment(self, environment: str) -> Profile:
        """Return the profile in which a lab of this environment opens."""
        for profile in self.profiles.values():
            if environment in profile.environments:
                return profile
        return self.default

    @property
    def queued(self) -> tuple[Profile, ...]:
        """Return the profiles that only so many people can have at once."""
        return tuple(profile for profile in self.profiles.values() if profile.quota is not None)


def read(environ: Mapping[str, str] = os.environ) -> Profiles:
    """Return the profiles of this installation. Raises ProfileError with every problem at once."""
    content = _load(PACKAGED)
    name = environ.get("LABS_PROFILES") or ""
    if name:
        content = merged(content, _load(Path(name)))
    problems = Problems(name or str(PACKAGED))
    images = problems.table(content, "images", {"prefix", "tag"})
    homes = problems.table(content, "homes", {"kind", "storage_class", "volume"})
    data_sets = problems.table(content, "data_sets", {"volume"})
    problems.unknown(content, "", {"images", "homes", "data_sets", "default", "profiles"})
    _check_homes(problems, homes)
    found: dict[str, Profile] = {}
    for key, value in unfolded(content.get("profiles"), problems).items():
        fields = profile_of(key, value, problems)
        if fields is not None:
            found[key] = _profile(fields, str(images.get("prefix")), str(images.get("tag")))
    _one_profile_each(found.values(), problems)
    default = found.get(str(content.get("default")))
    if not problems.found and (default is None or default.quota is not None):
        problems.add("default", "name a profile that has no quota")
    if problems.found or default is None:
        raise ProfileError("\n".join(problems.found))
    return Profiles(
        profiles=found,
        default=default,
        homes=Homes(**{key: str(homes.get(key) or "") for key in homes}),
        data_sets=DataSets(str(data_sets.get("volume") or "")),
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text())
    except OSError as error:
        raise ProfileError(f"{path} cannot be read ({error.strerror}).") from error
    except yaml.YAMLError as error:
        raise ProfileError(f"{path} is not YAML: {error}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ProfileError(f"{path} must be a table of keys, as profiles.yaml is.")
    return content


def _profile(fields: dict[str, Any], prefix: str, tag: str) -> Profile:
    """Return the profile of checked ``fields``; an image without a tag is this installation's."""
    image = str(fields.pop("image"))
    if "@" not in image and ":" not in image.rpartition("/")[2]:
        image = f"{prefix}{image}:{tag}"
    gpu, quota = fields.pop("gpu", None), fields.pop("quota", None)
    return Profile(
        image=image,
        environments=tuple(fields.pop("environments")),
        tolerations=tuple(fields.pop("tolerations", ())),
        gpu=Gpu(**gpu) if gpu else None,
        quota=Quota(**{"per_school": None, "per_course": None, **quota}) if quota else None,
        **fields,
    )


def _check_homes(problems: Problems, homes: Mapping[str, Any]) -> None:
    if homes.get("kind") not in ("claim", "directory"):
        problems.add("homes.kind", "say claim or directory")
    elif homes["kind"] == "directory" and not homes.get("volume"):
        problems.add("homes.volume", "name the volume claim that holds everybody's folders")


def _one_profile_each(found: Any, problems: Problems) -> None:
    """Every environment opens in one profile at most, and never in one with a quota."""
    taken: dict[str, str] = {}
    for profile in found:
        for environment in profile.environments:
            if environment in taken:
                problems.add(
                    f"profiles.{profile.name}.environments",
                    f"{environment} opens in {taken[environment]} already",
                )
            taken[environment] = profile.name
        if profile.quota is not None and profile.environments:
            problems.add(
                f"profiles.{profile.name}.environments",
                "leave it empty: nobody gets a profile with a quota without the queue",
            )
