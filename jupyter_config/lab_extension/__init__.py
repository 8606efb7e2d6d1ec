"""The lab server's own doors: open a lab's notebook, hand in a lab's folder."""

from __future__ import annotations

from typing import Any

from jupyter_config.lab_extension.handlers import OpenHandler, SubmitHandler

__all__ = ["load_jupyter_server_extension"]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "jupyter_config.lab_extension"}]


def _load_jupyter_server_extension(server: Any) -> None:
    base = server.web_app.settings["base_url"].rstrip("/")
    server.web_app.add_handlers(
        ".*$",
        [(f"{base}/banyan/open", OpenHandler), (f"{base}/banyan/submit", SubmitHandler)],
    )


load_jupyter_server_extension = _load_jupyter_server_extension
