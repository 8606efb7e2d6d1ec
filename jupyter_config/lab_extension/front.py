"""The page of JupyterLab: what it need not load, and our modules under a name that lasts.

A browser keeps a file for good when its address names its content. JupyterLab's own files are named
like that by its build; ours have no build, so their folder's address carries the mark of what is in
it: a changed module is a new address.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import FileFindHandler

__all__ = ["FOLDER", "ModulesHandler", "mark", "modules_door", "page_config"]

NAME = "banyan-lab"
FOLDER = Path(__file__).with_name("labextensions") / NAME / "static"
FOR_GOOD = "public, max-age=31536000, immutable"


@functools.cache
def mark(folder: Path = FOLDER) -> str:
    """What the files of FOLDER have in them, in twelve characters."""
    found = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        found.update(f"{path.name} {len(content)}\n".encode() + content)
    return found.hexdigest()[:12]


class ModulesHandler(FileFindHandler):
    """``GET banyan/front/MARK/FILE``: everybody's code, nobody's data."""

    _static_paths = {}  # noqa: RUF012  # the parent's is one for all folders

    def set_headers(self) -> None:
        super().set_headers()
        self.set_header("Cache-Control", FOR_GOOD)


def modules_door(base: str) -> tuple[str, type[ModulesHandler], dict[str, Any]]:
    return (f"{base}/banyan/front/{mark()}/(.*)", ModulesHandler, {"path": str(FOLDER)})


def page_config(_handler: object, config: dict[str, Any]) -> dict[str, Any]:
    """JupyterLab's ``page_config_hook``: extensions that are off are not fetched either."""
    off = set(config.get("disabledExtensions", ()))
    config["federated_extensions"] = [
        # From below lab/extensions/banyan-lab/, where JupyterLab would look for it.
        {**one, "load": f"../../../banyan/front/{mark()}/container.js"}
        if one["name"] == NAME
        else one
        for one in config["federated_extensions"]
        if one["name"] not in off
    ]
    return config
