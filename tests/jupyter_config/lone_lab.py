"""A lab server by itself beside the stand-in for the site: no Hub, no sandbox, up in two seconds.

For what happens inside JupyterLab; who may come in is the Hub's, and tested with it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx

from tests.jupyter_config.conftest import CHECKOUT, free_port, wait
from tests.jupyter_config.fake_site import Site, serve


@dataclass
class LoneLab:
    site: Site
    url: str
    home: Path

    def open(self, course: str = "smart-a", lab: str = "squares") -> str:
        return f"{self.url}banyan/open?course_id={course}&assignment_id={lab}"

    def post(self, door: str, lab: str = "squares", **query: str) -> httpx.Response:
        """Ask one of the server's own doors as its page does."""
        with httpx.Client(base_url=self.url, timeout=60) as client:
            client.get("lab")
            return client.post(
                f"banyan/{door}",
                params={"course_id": "smart-a", "assignment_id": lab, **query},
                headers={"X-XSRFToken": client.cookies["_xsrf"]},
            )


@contextmanager
def lone_lab(
    *, locale: str, releases: dict[tuple[str, str], dict[str, bytes]]
) -> Iterator[LoneLab]:
    """A JupyterLab of mei's in ``locale`` that offers ``releases``, until the block ends."""
    site = Site("")
    site.releases.update(releases)
    with tempfile.TemporaryDirectory(prefix="lone-", dir="/tmp") as name:
        folder = Path(name)
        home = folder / "home"
        home.mkdir()
        serving = serve(site, folder / "site.sock")
        site_url = next(serving)
        port = free_port()
        socket_name = quote(str(folder / "site.sock"), safe="")
        environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "PYTHONPATH": str(CHECKOUT),
            "JUPYTER_CONFIG_PATH": str(CHECKOUT / "jupyter_config" / "lab"),
            "JUPYTERHUB_API_TOKEN": "plain:mei",
            "BANYAN_EXCHANGE_URL": f"http+unix://{socket_name}/api/exchange/v1",
            "BANYAN_URL": site_url,
            "BANYAN_LOCALE": locale,
        }
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
        command += [f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="]
        command += ["--ServerApp.password=", f"--ServerApp.root_dir={home}"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, env=environment, cwd=home, stdout=log, stderr=log)
        lab = LoneLab(site, f"http://localhost:{port}/", home)
        try:
            wait(lambda: httpx.get(f"{lab.url}api").status_code == 200, "the lone lab")
            yield lab
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:  # a busy machine: its kernels end with it
                server.kill()
                server.wait(30)
            serving.close()
