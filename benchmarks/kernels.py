"""A kernel as a browser reaches it: REST and a WebSocket through the proxy."""

import asyncio
import json
import uuid
from http.cookiejar import CookieJar

import httpx
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

PATIENCE_SECONDS = 120.0


class ToLoopback(httpx.HTTPTransport):
    """Every host name is this machine, as browsers treat names below localhost."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        there = httpx.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1"),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return super().handle_request(there)


class KernelDoor:
    """The Jupyter server at BASE (ending in a slash), for a client that is signed in there."""

    def __init__(self, http: httpx.Client, base: str) -> None:
        self.http = http
        self.base = base

    def first_reply(self, notebook: str) -> None:
        """Open NOTEBOOK's kernel as JupyterLab does and return when it has answered."""
        session = self.http.post(
            f"{self.base}api/sessions",
            json={
                "path": notebook,
                "name": notebook.rpartition("/")[2],
                "type": "notebook",
                "kernel": {"name": "python3"},
            },
            headers={"X-XSRFToken": self._xsrf()},
        ).raise_for_status()
        asyncio.run(self._ask(session.json()["kernel"]["id"]))

    async def _ask(self, kernel: str) -> None:
        address = self.http.build_request("GET", f"{self.base}api/kernels/{kernel}/channels")
        headers = {
            name: address.headers[name]
            for name in ("host", "cookie", "authorization")
            if name in address.headers
        }
        headers["origin"] = f"http://{headers['host']}"
        there = address.url.copy_with(scheme="ws", host="127.0.0.1")
        async with asyncio.timeout(PATIENCE_SECONDS):
            connection = await websocket_connect(HTTPRequest(str(there), headers=headers))
            asked = uuid.uuid4().hex
            header = {"msg_id": asked, "msg_type": "kernel_info_request", "session": asked}
            header |= {"username": "", "version": "5.3", "date": ""}
            request = {"channel": "shell", "header": header, "parent_header": {}}
            await connection.write_message(json.dumps({**request, "metadata": {}, "content": {}}))
            while True:
                raw = await connection.read_message()
                if raw is None:
                    raise RuntimeError("the kernel's channel closed")
                answer = json.loads(raw)
                if (answer["msg_type"], answer["parent_header"].get("msg_id")) == (
                    "kernel_info_reply",
                    asked,
                ):
                    break
            connection.close()

    def _xsrf(self) -> str:
        """The token of this server; JupyterHub sets one for each path."""
        jar: CookieJar = self.http.cookies.jar
        path = httpx.URL(self.base).path
        found = [c for c in jar if c.name == "_xsrf" and c.path == path]
        return (found[-1].value or "") if found else ""
