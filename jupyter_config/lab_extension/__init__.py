"""Banyan inside JupyterLab: the lab server's own doors, and the panel that asks them.

``labextensions/banyan-lab`` is the front end, a prebuilt JupyterLab extension of plain modules.
"""

from __future__ import annotations

from typing import Any

from tornado.ioloop import PeriodicCallback

from jupyter_config.lab_extension import front
from jupyter_config.lab_extension.author_handlers import author_doors
from jupyter_config.lab_extension.handlers import OpenHandler, SubmitHandler
from jupyter_config.lab_extension.notice_handlers import NoticeHandler
from jupyter_config.lab_extension.panel_handlers import panel_doors
from jupyter_config.lab_extension.work_handlers import work_doors

__all__ = ["load_jupyter_server_extension"]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "jupyter_config.lab_extension"}]


def _load_jupyter_server_extension(server: Any) -> None:
    base = server.web_app.settings["base_url"].rstrip("/")
    server.web_app.add_handlers(
        ".*$",
        [
            (f"{base}/banyan/open", OpenHandler),
            (f"{base}/banyan/submit", SubmitHandler),
            *panel_doors(base),
            *work_doors(base),
            *author_doors(base),
            (f"{base}/banyan/notices", NoticeHandler),
            front.modules_door(base),
        ],
    )
    server.web_app.settings["page_config_hook"] = front.page_config
    look_for_idleness(server)


def look_for_idleness(server: Any) -> None:
    """Put a server away in time that is to rest for less than four minutes.

    Jupyter looks once a minute, which is enough for the others.
    """
    seconds = server.shutdown_no_activity_timeout
    if 0 < seconds < 240:
        PeriodicCallback(server.shutdown_no_activity, 250 * seconds).start()


load_jupyter_server_extension = _load_jupyter_server_extension
