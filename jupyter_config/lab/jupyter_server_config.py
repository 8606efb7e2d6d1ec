"""Configuration of a person's JupyterLab server, inside her sandbox."""

import json
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

c = get_config()  # type: ignore[name-defined]  # noqa: F821  # given by traitlets

HERE = Path(__file__).resolve().parent


def settings_in(locale: str) -> str:
    """Return a folder of JupyterLab's settings whose default language is ``locale``."""
    folder = Path(tempfile.mkdtemp(prefix="settings-"))
    shutil.copy(HERE / "settings" / "page_config.json", folder)
    overrides = json.loads((HERE / "settings" / "overrides.json").read_text())
    overrides["@jupyterlab/translation-extension:plugin"] = {
        "locale": "en" if locale == "en" else "zh_TW"
    }
    (folder / "overrides.json").write_text(json.dumps(overrides))
    return str(folder)


site = urlsplit(os.environ.get("BANYAN_URL", "http://localhost:8000"))

# Grading and publishing happen on the site, so what nbgrader has for instructors stays off. No
# language servers are installed, and the classic interface would only be a second one to learn.
c.ServerApp.jpserver_extensions = {
    "jupyterlab": True,
    "jupyter_server_terminals": True,
    "jupyter_config.lab_extension": True,
    "nbgrader.server_extensions.assignment_list": True,
    "nbgrader.server_extensions.validate_assignment": True,
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.course_list": False,
    "jupyter_lsp": False,
    "notebook": False,
    "notebook_shim": False,
}
c.ServerApp.tornado_settings = {
    "headers": {
        "Content-Security-Policy": f"frame-ancestors 'self' {site.scheme}://{site.netloc}",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
}
c.LabApp.app_settings_dir = settings_in(os.environ.get("BANYAN_LOCALE", "zh-Hant-TW"))
c.LabApp.extension_manager = "readonly"
c.LabApp.check_for_updates_class = "jupyterlab.handlers.announcements.NeverCheckForUpdate"
c.LabApp.news_url = None

# A signed-out or suspended person is noticed within seconds (the default is five minutes).
c.HubOAuth.cache_max_age = 5

# Idle kernels end after an hour, an idle server after two; its files stay.
c.MappingKernelManager.cull_idle_timeout = 3600
c.MappingKernelManager.cull_interval = 300
c.TerminalManager.cull_inactive_timeout = 3600
c.TerminalManager.cull_interval = 300
c.ServerApp.shutdown_no_activity_timeout = 7200
c.JupyterHubSingleUser.hub_activity_interval = 60
