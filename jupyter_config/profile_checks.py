"""What may stand in a file of profiles; every problem is found before anything is used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["Problems", "merged", "profile_of", "unfolded"]

NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")
IMAGE: Final = re.compile(r"[a-z0-9][\w./:@-]*")
ENVIRONMENTS: Final = ("standard", "scientific", "deep-learning")
LOCALES: Final = ("zh-Hant-TW", "en")

#: key: (kind, smallest, largest)
NUMBERS: Final[dict[str, tuple[type, float, float]]] = {
    "cpu": (float, 0.1, 256),
    "cpu_reserved": (float, 0, 256),
    "memory_mb": (int, 256, 4_194_304),
    "memory_reserved_mb": (int, 0, 4_194_304),
    "processes": (int, 32, 65_536),
    "disk_mb": (int, 64, 16_777_216),
    "scratch_mb": (int, 64, 1_048_576),
    "idle_minutes": (int, 5, 1440),
}
REQUIRED: Final = {"title", "image", "environments", *NUMBERS}
OPTIONAL: Final = {"gpu", "quota", "node_selector", "tolerations", "like"}


class Problems:
    """What is wrong in one file, each as a sentence with its key."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[str] = []

    def add(self, key: str, what: str) -> None:
        self.found.append(f"{self.file}: {key}: {what}.")

    def unknown(self, table: Mapping[str, Any], key: str, known: set[str]) -> None:
        """Add a problem for each key of ``table`` that nobody would read."""
        for name in table:
            if name not in known:
                where = f"{key}.{name}" if key else str(name)
                self.add(where, f"no such key; there are {', '.join(sorted(known))}")

    def table(self, content: Mapping[str, Any], key: str, known: set[str]) -> Mapping[str, Any]:
        """Return the table under ``key``, whose keys are ``known`` and whose values are words."""
        found = content.get(key)
        if not isinstance(found, Mapping):
            self.add(key, f"give a table of {', '.join(sorted(known))}")
            return {}
        self.unknown(found, key, known)
        for name in known & set(found):
            if not isinstance(found[name], str | None):
                self.add(f"{key}.{name}", f"{found[name]!r} is no word; put it in quotes")
        return found

    def number(self, table: Mapping[str, Any], key: str, name: str) -> None:
        kind, least, most = NUMBERS[name]
        value = table.get(name)
        whole = "a whole number" if kind is int else "a number"
        allowed = int if kind is int else (int, float)
        if isinstance(value, bool) or not isinstance(value, allowed) or not least <= value <= most:
            self.add(f"{key}.{name}", f"is {value!r}; give {whole} from {least:g} to {most:g}")

    def count(self, table: Mapping[str, Any], key: str, name: str, *, optional: bool) -> None:
        value = table.get(name)
        if value is None and optional:
            return
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 100_000:
            self.add(f"{key}.{name}", f"is {value!r}; give a whole number from 1 to 100000")


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``over`` put before it, table by table; null takes a key away."""
    result = dict(base)
    for key, value in over.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return result


def unfolded(profiles: object, problems: Problems) -> dict[str, Mapping[str, Any]]:
    """Return the profiles by name, each with what it has from the one that it is ``like``."""
    if not isinstance(profiles, Mapping) or not profiles:
        problems.add("profiles", "give at least one profile")
        return {}
    result: dict[str, Mapping[str, Any]] = {}
    for name, value in profiles.items():
        key = f"profiles.{name}"
        if not isinstance(name, str) or not NAME.fullmatch(name):
            problems.add(key, "a profile's name has small letters, digits and hyphens")
        elif not isinstance(value, Mapping):
            problems.add(key, "give a table of keys")
        else:
            chain = _ancestry(name, profiles, problems)
            whole: dict[str, Any] = {}
            for part in chain:
                whole = merged(whole, part)
            result[name] = whole
    return result


def _ancestry(name: str, profiles: Mapping[Any, Any], problems: Problems) -> list[Any]:
    """Return the profile's own table after those that it is like, the farthest first."""
    chain, seen = [profiles[name]], [name]
    while like := chain[0].get("like"):
        parent = profiles.get(like)
        if like in seen or not isinstance(parent, Mapping):
            problems.add(f"profiles.{seen[-1]}.like", f"{like!r} is no other profile")
            break
        seen.append(like)
        chain.insert(0, parent)
    return chain


def profile_of(name: str, table: Mapping[str, Any], problems: Problems) -> dict[str, Any] | None:
    """Return the checked fields of a profile; None after adding what is wrong with it."""
    key, before = f"profiles.{name}", len(problems.found)
    problems.unknown(table, key, REQUIRED | OPTIONAL)
    for number in NUMBERS:
        problems.number(table, key, number)
    title = table.get("title")
    if not isinstance(title, Mapping) or not all(isinstance(title.get(i), str) for i in LOCALES):
        problems.add(f"{key}.title", f"give words for {' and '.join(LOCALES)}")
    image = table.get("image")
    if not isinstance(image, str) or not IMAGE.fullmatch(image):
        problems.add(f"{key}.image", f"is {image!r}; give an image's name, its tag or digest after")
    environments = table.get("environments")
    if not isinstance(environments, list) or not set(map(str, environments)) <= {*ENVIRONMENTS}:
        problems.add(f"{key}.environments", f"give a list of {', '.join(ENVIRONMENTS)}")
    _check_gpu(table.get("gpu"), f"{key}.gpu", problems)
    _check_quota(table.get("quota"), f"{key}.quota", problems)
    _check_nodes(table, key, problems)
    if len(problems.found) == before:
        for what in ("cpu", "memory"):
            unit = "" if what == "cpu" else "_mb"
            if table[f"{what}_reserved{unit}"] > table[f"{what}{unit}"]:
                problems.add(f"{key}.{what}_reserved{unit}", f"is above the limit {what}{unit}")
    if len(problems.found) > before:
        return None
    return {"name": name, **{field: table[field] for field in table if field != "like"}}


def _check_gpu(gpu: object, key: str, problems: Problems) -> None:
    if gpu is None:
        return
    if not isinstance(gpu, Mapping):
        problems.add(key, "give count and resource")
        return
    problems.unknown(gpu, key, {"count", "resource"})
    problems.count(gpu, key, "count", optional=False)
    if not isinstance(gpu.get("resource"), str) or "/" not in gpu["resource"]:
        problems.add(f"{key}.resource", "give the cluster's name for it, as nvidia.com/gpu")


def _check_quota(quota: object, key: str, problems: Problems) -> None:
    if quota is None:
        return
    if not isinstance(quota, Mapping):
        problems.add(key, "give servers and minutes, and per_school or per_course as you like")
        return
    problems.unknown(quota, key, {"servers", "per_school", "per_course", "minutes"})
    problems.count(quota, key, "servers", optional=False)
    problems.count(quota, key, "minutes", optional=False)
    problems.count(quota, key, "per_school", optional=True)
    problems.count(quota, key, "per_course", optional=True)


def _check_nodes(table: Mapping[str, Any], key: str, problems: Problems) -> None:
    selector = table.get("node_selector", {})
    if not isinstance(selector, Mapping) or not all(
        isinstance(part, str) for pair in selector.items() for part in pair
    ):
        problems.add(f"{key}.node_selector", 'give labels and values as words ("true" in quotes)')
    tolerations = table.get("tolerations", [])
    known = {"key", "operator", "value", "effect"}
    if not isinstance(tolerations, list) or not all(
        isinstance(one, Mapping)
        and set(one) <= known
        and all(isinstance(value, str) for value in one.values())
        for one in tolerations
    ):
        problems.add(f"{key}.tolerations", f"give a list of tables of {', '.join(sorted(known))}")
