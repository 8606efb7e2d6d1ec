"""The Hub's REST API, as the house uses it. ``configure`` says which client speaks to it."""

import json
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import httpx

from app.kernel import clock
from app.kernel.config import Config
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l

TIMEOUT_SECONDS = 10.0
LIST_SIZE = 200
IDENTITY_SECONDS = 5.0
"""How long a token's answer is believed; a suspended person is out at most this much later."""


class HubUnavailable(Refused):
    message = _l(
        "The lab service is not answering. Your files are safe; please try again in a minute."
    )


class HubBusy(HubUnavailable):
    """So many servers are starting that the Hub takes no more for a while."""

    message = _l(
        "Very many people are opening their labs at this moment. Your place is not lost: please "
        "try again in half a minute."
    )


class SubmitFailed(Refused):
    """Her server could not hand in; the message is the exchange's own."""


@dataclass(frozen=True)
class ServerStatus:
    """``stopped``, ``starting`` or ``ready``."""

    state: str


@dataclass(frozen=True)
class RunningServer:
    """A server as the Hub lists it. ``state``: ``starting``, ``ready`` or ``stopping``."""

    handle: str
    state: str
    started_at: datetime | None
    active_at: datetime | None


class HubClient(Protocol):
    def start(self, handle: str, *, locale: str, environment: str = "", profile: str = "") -> None:
        """Start her server, speaking her language, unless it runs or starts already.

        ``environment`` is the lab's; where servers are containers it chooses the image, unless
        the site names a ``profile`` that she has waited for.
        """

    def status(self, handle: str) -> ServerStatus: ...

    def forget(self, handle: str) -> None:
        """Stop her server and end all her tokens. Her files are kept."""

    def running(self) -> list[RunningServer]:
        """Everybody's servers that run, start or stop."""

    def stop(self, handle: str) -> None:
        """Stop her server if it runs, without waiting for its end. Files and tokens are kept."""

    def failure(self, handle: str) -> str:
        """What the Hub says of her last start when it failed, else nothing."""

    def whoami(self, token: str) -> str | None:
        """Whose token this is, or None."""

    def submit(self, handle: str, course_id: str, assignment_id: str) -> dict[str, Any]:
        """Let her running server hand in a folder; the receipt."""


class RestHub:
    """The real one."""

    def __init__(self, config: Config) -> None:
        parts = urlsplit(config.hub_api_url)
        if parts.scheme == "http+unix":
            transport = httpx.HTTPTransport(uds=unquote(parts.netloc))
            base = f"http://hub{parts.path}"
        else:
            transport, base = httpx.HTTPTransport(), config.hub_api_url
        self._labs = urlsplit(config.labs_url)
        self._token = config.hub_api_token
        self._is_loopback = config.is_loopback
        self._http = httpx.Client(
            transport=transport,
            base_url=base,
            timeout=TIMEOUT_SECONDS,
            headers={"Host": self._labs.netloc},
        )
        self._identities: dict[str, tuple[float, str | None]] = {}

    def start(self, handle: str, *, locale: str, environment: str = "", profile: str = "") -> None:
        created = self._call("POST", f"/users/{handle}")
        if created.status_code not in (201, 409):
            raise HubUnavailable
        options = {"locale": locale, "environment": environment}
        if profile:
            options["profile"] = profile
        started = self._call("POST", f"/users/{handle}/server", body=options)
        # 201: running, 202: a server is still starting, 400: it runs already. All are success
        # here, because the page polls.
        if started.status_code == 429:
            raise HubBusy
        if started.status_code not in (201, 202, 400):
            raise HubUnavailable

    def status(self, handle: str) -> ServerStatus:
        answer = self._call("GET", f"/users/{handle}")
        if answer.status_code == 404:
            return ServerStatus("stopped")
        server = (answer.json().get("servers") or {}).get("")
        if not server:
            return ServerStatus("stopped")
        if server.get("ready"):
            return ServerStatus("ready")
        return ServerStatus("starting" if server.get("pending") == "spawn" else "stopped")

    def forget(self, handle: str) -> None:
        deadline = time.monotonic() + 30
        while True:
            stopped = self._call("DELETE", f"/users/{handle}/server")
            if stopped.status_code in (204, 404) or time.monotonic() > deadline:
                break
            time.sleep(0.3)
        gone = self._call("DELETE", f"/users/{handle}")
        if gone.status_code not in (204, 404):
            raise HubUnavailable

    def running(self) -> list[RunningServer]:
        found: list[RunningServer] = []
        while True:
            answer = self._call("GET", f"/users?state=active&offset={len(found)}&limit={LIST_SIZE}")
            if answer.status_code != 200:
                raise HubUnavailable
            page = answer.json()
            found += [_running(user) for user in page]
            if len(page) < LIST_SIZE:
                return [server for server in found if server.state]

    def stop(self, handle: str) -> None:
        answer = self._call("DELETE", f"/users/{handle}/server")
        # 202: it is stopping, 400: it does not run or stops already.
        if answer.status_code not in (202, 204, 400, 404):
            raise HubUnavailable

    def failure(self, handle: str) -> str:
        answer = self._call("GET", f"/users/{handle}/server/progress")
        if answer.status_code != 200:
            return ""
        events = [line[5:] for line in answer.text.splitlines() if line.startswith("data:")]
        last = json.loads(events[-1]) if events else {}
        return str(last.get("message", "")) if last.get("failed") else ""

    def whoami(self, token: str) -> str | None:
        now = time.monotonic()
        known = self._identities.get(token)
        if known is not None and now - known[0] < IDENTITY_SECONDS:
            return known[1]
        answer = self._call("GET", "/user", token=token)
        if answer.status_code not in (200, 401, 403):
            raise HubUnavailable
        body = answer.json() if answer.status_code == 200 else {}
        name = body.get("name") if body.get("kind") == "user" else None
        if len(self._identities) > 10_000:
            self._identities.clear()
        self._identities[token] = (now, name)
        return name

    def submit(self, handle: str, course_id: str, assignment_id: str) -> dict[str, Any]:
        host = f"{handle}.{self._labs.netloc}"
        # On one machine the proxy is here, and nothing needs to resolve the name.
        address = f"127.0.0.1:{self._labs.port or 80}" if self._is_loopback else host
        try:
            answer = httpx.post(
                f"{self._labs.scheme}://{address}/user/{handle}/banyan/submit",
                data={"course_id": course_id, "assignment_id": assignment_id},
                headers={"Host": host, "Authorization": f"token {self._token}"},
                timeout=60,
            )
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise HubUnavailable from error
        if answer.status_code != 201:
            raise SubmitFailed(str(body.get("error", {}).get("message", answer.status_code)))
        return dict(body)

    def _call(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        body: dict[str, str] | None = None,
    ) -> httpx.Response:
        headers = {"Authorization": f"token {token or self._token}"}
        try:
            answer = self._http.request(method, path, headers=headers, json=body)
            if answer.status_code == 403:
                # The first request after the Hub's database came back is refused, whoever asks.
                answer = self._http.request(method, path, headers=headers, json=body)
        except httpx.HTTPError as error:
            raise HubUnavailable from error
        if answer.status_code >= 500 and answer.status_code != 503:
            raise HubUnavailable
        return answer


def _running(user: dict[str, Any]) -> RunningServer:
    server = (user.get("servers") or {}).get("") or {}
    pending = server.get("pending")
    state = {"spawn": "starting", "stop": "stopping"}.get(pending or "", "")
    if not state and server.get("ready"):
        state = "ready"
    return RunningServer(
        user["name"],
        state,
        _instant(server.get("started")),
        _instant(server.get("last_activity")),
    )


def _instant(text: str | None) -> datetime | None:
    """An instant of the Hub, which writes them in UTC."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


@dataclass
class FakeHub:
    """Satisfies HubClient, for tests: servers are ready at once, but for those of who is ``slow``;
    tokens are what ``grant`` says."""

    servers: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    is_down: bool = False
    slow: set[str] = field(default_factory=set)
    failures: dict[str, str] = field(default_factory=dict)
    """What starts end with, by handle; such a server does not run."""
    profiles: dict[str, str] = field(default_factory=dict)
    """With which profile, by handle; empty when the site named none."""
    environments: dict[str, str] = field(default_factory=dict)
    """For which environment a server was started, by handle."""

    def grant(self, handle: str) -> str:
        """A token of HANDLE's server."""
        self.tokens[f"token-of-{handle}"] = handle
        return f"token-of-{handle}"

    def start(self, handle: str, *, locale: str, environment: str = "", profile: str = "") -> None:
        self._answer()
        if handle not in self.failures:
            self.servers[handle] = "starting" if handle in self.slow else "ready"
            self.environments[handle] = environment
            self.profiles[handle] = profile

    def status(self, handle: str) -> ServerStatus:
        self._answer()
        return ServerStatus(self.servers.get(handle, "stopped"))

    def forget(self, handle: str) -> None:
        self._answer()
        self.servers.pop(handle, None)
        self.tokens = {token: who for token, who in self.tokens.items() if who != handle}

    def running(self) -> list[RunningServer]:
        self._answer()
        now = clock.now()
        return [RunningServer(who, state, now, now) for who, state in self.servers.items()]

    def stop(self, handle: str) -> None:
        self._answer()
        self.servers.pop(handle, None)

    def failure(self, handle: str) -> str:
        self._answer()
        return self.failures.get(handle, "")

    def whoami(self, token: str) -> str | None:
        self._answer()
        return self.tokens.get(token)

    def submit(self, handle: str, course_id: str, assignment_id: str) -> dict[str, Any]:
        self._answer()
        raise SubmitFailed(_l("Open the lab first."))

    def _answer(self) -> None:
        if self.is_down:
            raise HubUnavailable


_client: HubClient | None = None


def configure(made: HubClient) -> None:
    global _client
    _client = made


def client() -> HubClient:
    if _client is None:
        raise RuntimeError("hub.configure(client) comes first")
    return _client
