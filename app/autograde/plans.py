"""Where the assignment's tests are judged: tried out once for a source, then kept.

The plan lies in the user's cache, by the hash of everything that decides it: the same source is
always judged the same way, and grading one more submission does not try it again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from app import engine

__all__ = ["folder", "with_roads"]


def with_roads(lab: engine.LabSource, limits: engine.Limits) -> engine.LabSource:
    """Return the lab with the roads of its tests; without, when they cannot be tried here now."""
    from dataclasses import replace

    place = folder() / f"{_key(lab)}.json"
    with contextlib.suppress(OSError, ValueError):
        return replace(lab, roads=json.loads(place.read_text(encoding="utf-8")))
    try:
        roads = engine.plan_roads(lab, limits=limits)
    except engine.EngineUnavailable:
        return lab  # every test is judged in the student's process, and says so
    with contextlib.suppress(OSError):  # without a place to keep it, it is tried each time
        _write(place, roads)
    return replace(lab, roads=roads)


def folder() -> Path:
    """Return where plans are kept: below XDG_CACHE_HOME, or ~/.cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(cache, "banyan", "roads")


def _key(lab: engine.LabSource) -> str:
    digest = hashlib.sha256(f"{engine.ROADS_VERSION} {sys.version} {lab.environment}".encode())
    parts = [(source.name, source.source) for source in lab.notebooks]
    for name, content in (*parts, *sorted(lab.files.items())):
        digest.update(f"\n{name}\n{len(content)}\n".encode("utf-8", "surrogateescape"))
        digest.update(content)
    return digest.hexdigest()


def _write(place: Path, roads: dict[str, Any]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    made = place.with_suffix(f".{os.getpid()}")
    made.write_text(json.dumps(roads), encoding="utf-8")
    made.replace(place)
