"""What stands in deploy/, read once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
DEPLOY = CHECKOUT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
VALUES = KUBERNETES / "jupyterhub-values.yaml"
NOT_OBJECTS = {"kustomization.yaml", VALUES.name}


def files() -> list[Path]:
    """Every file of objects of the cluster."""
    return sorted(path for path in KUBERNETES.rglob("*.yaml") if path.name not in NOT_OBJECTS)


@cache
def objects() -> list[dict[str, Any]]:
    """Every object of the cluster that this installation makes itself."""
    return [found for path in files() for found in yaml.safe_load_all(path.read_text())]


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [found for found in objects() if found["kind"] == kind]


def named(kind: str, name: str, namespace: str = "banyan") -> dict[str, Any]:
    (found,) = (
        item
        for item in of_kind(kind)
        if item["metadata"]["name"] == name and item["metadata"]["namespace"] == namespace
    )
    return found


def pods() -> dict[str, dict[str, Any]]:
    """The pods of the site's own workloads, by the name of the workload."""
    found: dict[str, dict[str, Any]] = {}
    for item in objects():
        if item["kind"] in ("Deployment", "Job"):
            found[item["metadata"]["name"]] = item["spec"]["template"]
        elif item["kind"] == "CronJob":
            found[item["metadata"]["name"]] = item["spec"]["jobTemplate"]["spec"]["template"]
    return found


def values() -> dict[str, Any]:
    return yaml.safe_load(VALUES.read_text())


def matches(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Whether a label selector chooses LABELS."""
    for key, value in selector.get("matchLabels", {}).items():
        if labels.get(key) != value:
            return False
    for rule in selector.get("matchExpressions", []):
        assert rule["operator"] == "In"
        if labels.get(rule["key"]) not in rule["values"]:
            return False
    return True


def variables_read(*places: str) -> set[str]:
    """The environment variables that the code at PLACES (below the checkout) asks for."""
    pattern = re.compile(r"""(?:environ(?:\.get\(|\[)|\(environ, )\s*["']([A-Z][A-Z0-9_]+)["']""")
    return {name for path in _python(places) for name in pattern.findall(path.read_text())}


def _python(places: tuple[str, ...]) -> Iterator[Path]:
    for place in places:
        path = CHECKOUT / place
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))
