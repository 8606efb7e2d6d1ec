"""The site's exchange, asked over HTTP or over a Unix socket; standard library only."""

from __future__ import annotations

import base64
import binascii
import hashlib
import http.client
import json
import os
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from jupyter_config.exchange.files import UnsafePath, safe_path

__all__ = ["ExchangeClient", "ExchangeRefused", "ExchangeUnreachable"]

#: 20 MB of files grow by a third in base64; the rest is room for names.
MOST_RESPONSE_BYTES = 40 * 1024 * 1024
TIMEOUT_SECONDS = 30.0


class ExchangeRefused(Exception):
    """The exchange said no; ``message`` is fit for the person, ``status`` is HTTP's."""

    def __init__(self, message: str, *, status: int, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code


class ExchangeUnreachable(Exception):
    """Nobody answered, or not in the exchange's language."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class ExchangeClient:
    """A person's view of the exchange, as the owner of ``token``."""

    def __init__(
        self, url: str, token: str, *, language: str = "zh-TW", timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self._url = urlsplit(url)
        self._token = token
        self._language = language
        self._timeout = timeout

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> ExchangeClient:
        """Return the client of this lab server. Raises ExchangeUnreachable outside of one."""
        try:
            return cls(
                environ["BANYAN_EXCHANGE_URL"],
                environ["JUPYTERHUB_API_TOKEN"],
                language=environ.get("BANYAN_LANGUAGE", "zh-TW"),
            )
        except KeyError as missing:
            raise ExchangeUnreachable(f"The variable {missing} is not set.") from None

    def courses(self) -> list[dict[str, Any]]:
        return self._list("GET", "/courses", "courses")

    def assignments(self, course_id: str | None = None) -> list[dict[str, Any]]:
        query = f"?{urlencode({'course_id': course_id})}" if course_id else ""
        return self._list("GET", f"/assignments{query}", "assignments")

    def release(self, course_id: str, assignment_id: str) -> dict[str, bytes]:
        """Return the released files by their path below the lab's folder."""
        return self._files(f"{self._lab(course_id, assignment_id)}/release")

    def submit(
        self, course_id: str, assignment_id: str, files: Mapping[str, bytes]
    ) -> dict[str, Any]:
        """Hand in ``files`` and return number, submitted_at, receipt and state."""
        body = {
            "files": [
                {"path": path, "content": base64.b64encode(content).decode()}
                for path, content in files.items()
            ]
        }
        return self._ask("POST", f"{self._lab(course_id, assignment_id)}/submissions", body)

    def feedback(self, course_id: str, assignment_id: str, number: int) -> dict[str, bytes]:
        """Return the feedback pages of one submission by file name."""
        return self._files(f"{self._lab(course_id, assignment_id)}/submissions/{number}/feedback")

    def submissions(self, course_id: str, assignment_id: str) -> list[dict[str, Any]]:
        """Return the latest submission of each student (for the course's instructors)."""
        return self._list(
            "GET", f"{self._lab(course_id, assignment_id)}/submissions", "submissions"
        )

    def submitted_files(
        self, course_id: str, assignment_id: str, student: str, number: int
    ) -> dict[str, bytes]:
        lab = self._lab(course_id, assignment_id)
        return self._files(f"{lab}/submissions/{quote(student, safe='')}/{number}/files")

    @staticmethod
    def _lab(course_id: str, assignment_id: str) -> str:
        return f"/assignments/{quote(course_id, safe='')}/{quote(assignment_id, safe='')}"

    def _list(self, method: str, path: str, key: str) -> list[dict[str, Any]]:
        found = self._ask(method, path).get(key)
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise ExchangeUnreachable(f"The exchange's answer has no list of {key}.")
        return found

    def _files(self, path: str) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        for item in self._list("GET", path, "files"):
            try:
                name = safe_path(item["path"])
                content = base64.b64decode(item["content"], validate=True)
            except (KeyError, TypeError, UnsafePath, binascii.Error) as error:
                raise ExchangeUnreachable(f"The exchange sent a file to refuse: {error}") from error
            expected = item.get("sha256")
            if expected is not None and hashlib.sha256(content).hexdigest() != expected:
                raise ExchangeUnreachable(f"The file {name} arrived damaged.")
            files[name] = content
        return files

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        headers = {
            "Authorization": f"token {self._token}",
            "Accept": "application/json",
            "Accept-Language": self._language,
        }
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        connection = self._connection()
        try:
            connection.request(method, self._url.path.rstrip("/") + path, data, headers)
            response = connection.getresponse()
            raw = response.read(MOST_RESPONSE_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            raise ExchangeUnreachable(f"The exchange does not answer: {error}") from error
        finally:
            connection.close()
        if len(raw) > MOST_RESPONSE_BYTES:
            raise ExchangeUnreachable("The exchange's answer is too large.")
        try:
            answer = json.loads(raw)
        except ValueError:
            answer = None
        if response.status >= 400:
            raise _refusal(response.status, answer)
        if not isinstance(answer, dict):
            raise ExchangeUnreachable("The exchange's answer is not what was asked for.")
        return answer

    def _connection(self) -> http.client.HTTPConnection:
        url = self._url
        if url.scheme == "http+unix":
            return _UnixConnection(unquote(url.netloc), self._timeout)
        if url.scheme == "https":
            return http.client.HTTPSConnection(
                url.hostname or "",
                url.port,
                timeout=self._timeout,
                context=ssl.create_default_context(),
            )
        return http.client.HTTPConnection(url.hostname or "", url.port, timeout=self._timeout)


def _refusal(status: int, answer: Any) -> Exception:
    error: Any = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("message"), str):
        error = {"message": f"HTTP {status}", "code": ""}
    if status >= 500:  # the site's trouble, not an answer to this person
        return ExchangeUnreachable(f"The exchange failed: {error['message']}")
    return ExchangeRefused(error["message"], status=status, code=str(error.get("code", "")))
