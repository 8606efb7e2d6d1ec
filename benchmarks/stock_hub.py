"""JupyterHub as it comes: its own proxy, one process per person, no sandbox."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

import httpx
import psutil

from app.hosting.house import PROXY, node
from app.hosting.ports import free_port
from benchmarks import report
from benchmarks.house import end, wait_for
from benchmarks.kernels import KernelDoor, ToLoopback
from benchmarks.memory import tree_mb

CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = {proxy_command!r}
c.ConfigurableHTTPProxy.pid_file = "{folder}/proxy.pid"
# LocalProcessSpawner without accounts of the system: everybody's folder is her own.
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/homes/{{username}}"
c.Spawner.args = ["--allow-root"]
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
c.JupyterHub.services = [{{"name": "bench", "api_token": "{token}"}}]
c.JupyterHub.load_roles = [{{
    "name": "bench", "services": ["bench"],
    "scopes": ["admin:users", "admin:servers", "tokens", "access:servers"],
}}]
"""
NOTEBOOK = "first.ipynb"


class StockHub:
    """A Hub of its own in a throwaway folder, for as long as the ``with`` lasts."""

    def __enter__(self) -> "StockHub":
        self.folder = Path(tempfile.mkdtemp(prefix="banyan-bench-"))
        self.port, token = free_port(), secrets.token_hex(16)
        config = self.folder / "jupyterhub_config.py"
        config.write_text(
            CONFIG.format(
                port=self.port,
                hub_port=free_port(),
                proxy_port=free_port(),
                proxy_command=[node(), str(PROXY)],
                folder=self.folder,
                token=token,
            )
        )
        self.log = self.folder / "hub.log"
        self.http = httpx.Client(
            transport=ToLoopback(),
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"token {token}"},
            timeout=120,
        )
        report.say("  starting a Hub as it comes")
        scripts = Path(sys.executable).parent
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", str(config)],
                cwd=self.folder,
                env={**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            wait_for(self._answers, "a Hub as it comes")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        below = psutil.Process(self.process.pid).children(recursive=True)
        end(self.process)
        _gone, left = psutil.wait_procs(below, timeout=10)
        for process in left:  # each is one that the Hub started
            process.kill()
        self.http.close()
        shutil.rmtree(self.folder)

    def open_lab(self, name: str) -> float:
        """Seconds from asking for a server to the first reply of a notebook's kernel."""
        self._call("POST", f"/users/{name}")
        token = self._call("POST", f"/users/{name}/tokens").json()["token"]
        (self.folder / "homes" / name).mkdir(parents=True, exist_ok=True)
        with httpx.Client(
            transport=ToLoopback(), headers={"Authorization": f"token {token}"}, timeout=120
        ) as http:
            began = time.perf_counter()
            self._call("POST", f"/users/{name}/server")
            wait_for(lambda: self._is_ready(name), f"the server of {name}", step=0.05)
            base = f"http://127.0.0.1:{self.port}/user/{name}/"
            KernelDoor(http, base).first_reply(NOTEBOOK)
            return time.perf_counter() - began

    def stop(self, name: str) -> None:
        self._call("DELETE", f"/users/{name}/server")
        wait_for(lambda: not self._servers(name), f"the end of {name}'s server")

    def memory_mb(self) -> list[float]:
        """Memory of each server that runs, shared pages by their share."""
        servers = [
            child
            for child in psutil.Process(self.process.pid).children()
            if any("jupyterhub-singleuser" in word for word in child.cmdline())
        ]
        return [tree_mb(server) for server in servers]

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(self.log.read_text(errors="replace")[-4000:])
        try:
            return self.http.get("/hub/api/").status_code == 200
        except httpx.HTTPError:
            return False

    def _servers(self, name: str) -> dict[str, dict[str, object]]:
        found: dict[str, dict[str, object]] = self._call("GET", f"/users/{name}").json()["servers"]
        return found

    def _is_ready(self, name: str) -> bool:
        return bool(self._servers(name).get("", {}).get("ready"))

    def _call(self, method: str, path: str) -> httpx.Response:
        answer = self.http.request(method, f"/hub/api{path}")
        if answer.status_code >= 400 and answer.status_code != 409:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer
