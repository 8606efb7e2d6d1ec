"""Configuration of a person's JupyterLab server, inside her sandbox."""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from jupyterlab.commands import get_user_settings_dir, get_workspaces_dir

from jupyter_config.lab_extension import authoring, history

c = get_config()  # type: ignore[name-defined]  # noqa: F821  # given by traitlets

HERE = Path(__file__).resolve().parent


def settings_in(locale: str) -> str:
    """Return a folder of JupyterLab's settings whose default language is ``locale``."""
    folder = Path(tempfile.mkdtemp(prefix="settings-"))
    shutil.copy(HERE / "settings" / "page_config.json", folder)
    os.environ["BANYAN_LAB_SETTINGS"] = str(folder)
    if authoring.is_author(Path.home()):
        authoring.offer_toolbar()
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
# Builds name these files by what is in them, so a browser need never ask for one again.
c.ServerApp.static_immutable_cache = [
    f"{os.environ.get('JUPYTERHUB_SERVICE_PREFIX', '/').rstrip('/')}/lab/extensions/"
]
c.LabApp.app_settings_dir = settings_in(os.environ.get("BANYAN_LOCALE", "zh-Hant-TW"))
# Said here, because JupyterLab finds them when it is imported: before a forked server had a home.
c.LabApp.user_settings_dir = get_user_settings_dir()
c.LabApp.workspaces_dir = get_workspaces_dir()
c.LabApp.extra_labextensions_path = [str(HERE.parent / "lab_extension" / "labextensions")]
c.LabApp.extension_manager = "readonly"
c.LabApp.check_for_updates_class = "jupyterlab.handlers.announcements.NeverCheckForUpdate"
c.LabApp.news_url = None

# A full home refuses to save, in words, and never half.
c.ServerApp.contents_manager_class = "jupyter_config.lab_extension.room.HomeContentsManager"
# A folder is deleted with what is in it: JupyterHub has no trash, and room is made somehow.
c.FileContentsManager.always_delete_dir = True

# Every save leaves an earlier state behind, from which a deleted file comes back.
c.FileContentsManager.post_save_hook = history.keep_after_save

# A signed-out or suspended person is noticed within seconds (the default is five minutes).
c.HubOAuth.cache_max_age = 5

# Idle kernels end after an hour, an idle server after two; its files stay. While there is a kernel
# the server stays too, so where servers are to be put away sooner, kernels are.
idle_seconds = int(os.environ.get("BANYAN_IDLE_SECONDS", "7200"))
c.ServerApp.shutdown_no_activity_timeout = idle_seconds
c.MappingKernelManager.cull_idle_timeout = min(3600, idle_seconds or 3600)
c.MappingKernelManager.cull_interval = max(1, min(1200, idle_seconds or 1200) // 4)
c.TerminalManager.cull_inactive_timeout = min(3600, idle_seconds or 3600)
c.TerminalManager.cull_interval = max(1, min(1200, idle_seconds or 1200) // 4)
c.JupyterHubSingleUser.hub_activity_interval = 60
