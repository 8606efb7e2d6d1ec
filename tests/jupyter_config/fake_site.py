"""A stand-in for the site that the Hub and the lab servers talk to over real sockets.

It signs in whoever the cookie ``fake_person`` names, answers the Hub's question about people, and
keeps an exchange in memory. It asks the real Hub whose token it was shown, as the site does.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import nbformat


def notebook(*cells: str) -> bytes:
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.writes(book).encode()


class Site:
    """What the fake site knows: people, codes, labs and what was handed in."""

    def __init__(self, client_secret: str) -> None:
        self.client_secret = client_secret
        self.hub_socket = ""
        self.people: dict[str, bool] = {"mei": True, "an-chi": True, "stranger": False}
        self.people["ya-wen"] = True
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, str] = {}
        self.releases = {
            ("smart-a", "first-lab"): {
                "first.ipynb": notebook("answer = 41 + 1\nanswer", "print('二')"),
                "data/readings.csv": b"t,v\n1,2\n",
            }
        }
        self.enrolled = {"smart-a": {"mei", "an-chi", "ya-wen"}}
        self.teaching: dict[str, set[str]] = {"smart-a": {"an-chi"}}
        self.submissions: list[dict[str, Any]] = []
        self.down = False
        self.idle_minutes: dict[str, float] = {}
        """After how long without use whose server is put away; the others' after two hours."""
        self.panel: dict[str, Any] = {}
        """What the panel is told beside the submissions, for the test to say."""

    def handle_of(self, token: str) -> str | None:
        if token.startswith("plain:"):
            return token.removeprefix("plain:")
        with httpx.Client(transport=httpx.HTTPTransport(uds=self.hub_socket)) as client:
            answer = client.get(
                "http://hub/hub/api/user", headers={"Authorization": f"token {token}"}
            )
        return answer.json()["name"] if answer.status_code == 200 else None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site
    only_exchange = False

    def log_message(self, *args: object) -> None:
        pass

    def address_string(self) -> str:
        return "local"

    def do_GET(self) -> None:
        self._body: Any = None
        self._answer()

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("application/json"):
            self._body = json.loads(raw)
        else:
            self._body = {key: values[0] for key, values in parse_qs(raw.decode()).items()}
        self._answer()

    def _answer(self) -> None:
        url = urlsplit(self.path)
        self.query = {key: values[0] for key, values in parse_qs(url.query).items()}
        if self.site.down:
            return self.error(503, "down", "closed for the test")
        if url.path.startswith("/api/exchange/v1/"):
            return self.exchange(url.path.removeprefix("/api/exchange/v1/").split("/"))
        if self.only_exchange:
            return self.error(404, "not_here", "only the exchange")
        if url.path == "/oauth/authorize":
            return self.authorize()
        if url.path == "/oauth/token":
            return self.token()
        if url.path == "/oauth/userinfo":
            who = self.site.tokens.get(self.headers["Authorization"].removeprefix("Bearer "))
            allowed = self.site.people.get(who or "", False)
            return self.json(200, {"sub": who, "preferred_username": who, "labs_allowed": allowed})
        if url.path.startswith("/api/hub/people/"):
            assert self.headers["Authorization"] == f"Bearer {self.site.client_secret}"
            who, _, asked = url.path.removeprefix("/api/hub/people/").partition("/")
            if who not in self.site.people:
                return self.error(404, "unknown", "nobody")
            if asked == "admission":
                return self.json(200, {"idle_minutes": self.site.idle_minutes.get(who)})
            return self.json(200, {"handle": who, "labs_allowed": self.site.people[who]})
        return self.json(200, {"page": url.path})

    def authorize(self) -> None:
        cookie = SimpleCookie(self.headers.get("Cookie", ""))
        if "fake_person" not in cookie:
            return self.error(401, "sign_in", "the site's sign-in page")
        assert self.query["code_challenge_method"] == "S256"
        assert set(self.query["scope"].split()) == {"openid", "profile", "email", "labs"}
        code = secrets.token_hex(8)
        self.site.codes[code] = {
            "who": cookie["fake_person"].value,
            "challenge": self.query["code_challenge"],
        }
        back = urlencode({"code": code, "state": self.query["state"]})
        self.send_response(302)
        self.send_header("Location", f"{self.query['redirect_uri']}?{back}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def token(self) -> None:
        known = self.site.codes.pop(self._body["code"])
        digest = hashlib.sha256(self._body["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == known["challenge"]
        token = secrets.token_hex(8)
        self.site.tokens[token] = known["who"]
        self.json(200, {"access_token": token, "token_type": "Bearer", "expires_in": 300})

    # The exchange

    def exchange(self, parts: list[str]) -> None:
        who = self.site.handle_of(self.headers["Authorization"].removeprefix("token "))
        if who is None:
            return self.error(401, "unknown_token", "who are you?")
        site = self.site
        if parts == ["courses"]:
            mine = [
                {"course_id": course, "title": course, "role": "student"}
                for course, people in site.enrolled.items()
                if who in people
            ]
            return self.json(200, {"courses": mine})
        if parts == ["assignments"]:
            wanted = self.query.get("course_id")
            return self.json(
                200,
                {
                    "assignments": [
                        self.assignment(who, course, lab)
                        for course, lab in site.releases
                        if who in site.enrolled[course] and wanted in (None, course)
                    ]
                },
            )
        if parts[0] != "assignments" or len(parts) < 3:
            return self.error(404, "unknown", "not in this stand-in")
        course, lab, *rest = parts[1:]
        if (course, lab) not in site.releases or who not in site.enrolled[course]:
            return self.error(404, "not_open", "這個實作沒有開放給你。")
        if rest == ["release"]:
            return self.files(site.releases[course, lab])
        if rest == ["panel", "events"]:
            return self.news(who)
        if rest == ["panel"]:
            return self.panel(who, course, lab)
        if rest == ["submissions"] and self.command == "POST":
            return self.submit(who, course, lab)
        if rest == ["submissions"]:
            if who not in site.teaching[course]:
                return self.error(403, "not_yours", "instructors only")
            latest = {one["who"]: one for one in site.submissions}
            return self.json(
                200,
                {
                    "submissions": [
                        {
                            "student": one["who"],
                            "number": one["number"],
                            "submitted_at": one["submitted_at"],
                        }
                        for one in latest.values()
                    ]
                },
            )
        if rest[-1] == "feedback":
            return self.files({"first.html": b"<p>well done</p>"})
        student, number = rest[1], int(rest[2])
        for one in site.submissions:
            if (one["who"], one["number"]) == (student, number):
                return self.files(one["files"])
        return self.error(404, "unknown", "no such submission")

    def assignment(self, who: str, course: str, lab: str) -> dict[str, Any]:
        names = [name for name in self.site.releases[course, lab] if name.endswith(".ipynb")]
        return {
            "course_id": course,
            "assignment_id": lab,
            "title": lab,
            "notebooks": [name.removesuffix(".ipynb") for name in names],
            "due_at": None,
            "submissions": [
                {
                    "number": one["number"],
                    "submitted_at": one["submitted_at"],
                    "receipt": one["receipt"],
                    "state": "graded",
                    "score": 1.0,
                    "max_score": 2.0,
                    "feedback": True,
                }
                for one in self.site.submissions
                if one["who"] == who
            ],
        }

    def news(self, who: str) -> None:
        """Say once that something changed in WHO's submissions."""

        def told() -> str:
            mine = [one for one in self.site.submissions if one["who"] == who]
            return json.dumps([(one["number"], one.get("result")) for one in mine])

        before = told()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        self.wfile.write(b"retry: 2000\n\n")
        self.wfile.flush()
        deadline = time.monotonic() + 30
        while told() == before and time.monotonic() < deadline:
            time.sleep(0.05)
        with suppress(BrokenPipeError):
            self.wfile.write(b"event: changed\ndata: 1\n\n")

    def panel(self, who: str, course: str, lab: str) -> None:
        """The lab as its panel shows it; the newest submission is what the test made of it."""
        english = self.headers["Accept-Language"].startswith("en")
        mine = [one for one in reversed(self.site.submissions) if one["who"] == who]
        lines = [
            {
                "number": one["number"],
                "submitted_at": one["submitted_at"],
                "state": "queued",
                "score": None,
                "max_score": 2.0,
                "team": None,
                "by": None,
                "url": f"/submissions/{one['number']}",
                "counts": False,
                **one.get("result", {}),
            }
            for one in mine
        ]
        newest = {"is_live": True, "words": "", "place": 2, "pending_count": 0, "receipt": "r"}
        newest |= {"lacks_declaration": False, "case_url": None, "notebooks": []}
        self.json(
            200,
            {
                "title": "First steps" if english else "第一步",
                "course": "Smart A" if english else "智慧製造",
                "role": "instructor" if who in self.site.teaching[course] else "student",
                "lab_url": f"/learn/{course}/labs/{lab}",
                "max_score": 2.0,
                "now": "2026-11-22T03:00:00+00:00",
                "due_at": "2026-11-23T15:59:00+00:00",
                "closes_at": None,
                "closed": None,
                "lateness": "",
                "most_submissions": 5,
                "used": len(mine),
                "team": None,
                "team_missing": "",
                "ai": None,
                "held": "",
                "submissions": lines,
                "newest": {**newest, **lines[0]} if lines else None,
                **self.site.panel,
            },
        )

    def submit(self, who: str, course: str, lab: str) -> None:
        files = {one["path"]: base64.b64decode(one["content"]) for one in self._body["files"]}
        number = 1 + sum(one["who"] == who for one in self.site.submissions)
        one = {
            "who": who,
            "number": number,
            "files": files,
            "receipt": secrets.token_hex(8),
            "declaration": self._body.get("declaration"),
            "submitted_at": f"2026-11-22T03:0{number}:00+00:00",
        }
        self.site.submissions.append(one)
        kept = {key: one[key] for key in ("number", "submitted_at", "receipt")}
        self.json(201, {**kept, "state": "queued"})

    def files(self, files: dict[str, bytes]) -> None:
        self.json(
            200,
            {
                "version": 1,
                "files": [
                    {
                        "path": path,
                        "content": base64.b64encode(content).decode(),
                        "sha256": hashlib.sha256(content).hexdigest(),
                    }
                    for path, content in files.items()
                ],
            },
        )

    def json(self, status: int, answer: Any) -> None:
        raw = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def error(self, status: int, code: str, message: str) -> None:
        self.json(status, {"error": {"code": code, "message": message}})


class UnixServer(ThreadingHTTPServer):
    address_family = socket.AF_UNIX

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "site", 0


def serve(site: Site, exchange_socket: Path) -> Iterator[str]:
    """Serve ``site`` on a loopback port and on the exchange's socket; yield its address."""
    handler = type("SiteHandler", (Handler,), {"site": site})
    unix_handler = type("ExchangeHandler", (handler,), {"only_exchange": True})
    servers = [
        ThreadingHTTPServer(("127.0.0.1", 0), handler),
        UnixServer(str(exchange_socket), unix_handler),  # type: ignore[arg-type]
    ]
    exchange_socket.chmod(0o666)
    for server in servers:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
    try:
        yield f"http://127.0.0.1:{servers[0].server_port}"
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
