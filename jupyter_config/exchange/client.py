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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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
        return self.versioned_release(course_id, assignment_id)[1]

    def versioned_release(self, course_id: str, assignment_id: str) -> tuple[int, dict[str, bytes]]:
        """Return the released files, and which version of the lab they are."""
        answer = self._ask("GET", f"{self._lab(course_id, assignment_id)}/release")
        version = answer.get("version")
        return (version if isinstance(version, int) else 0), _unpacked(answer)

    def own_submission(self, course_id: str, assignment_id: str, number: int) -> dict[str, bytes]:
        """Return the files of one of her own submissions, as they were handed in."""
        return self._files(f"{self._lab(course_id, assignment_id)}/submissions/{number}/files")

    def authored_labs(self) -> list[dict[str, Any]]:
        """Return the labs whose sources she may publish."""
        return self._list("GET", "/authoring/labs", "labs")

    def lab_source(
        self, course: str, lab: str, *, of_draft: bool = False
    ) -> tuple[int, dict[str, bytes]]:
        """Return a lab's sources with solutions and hidden tests, and their version.

        ``of_draft``: as the course's draft has them, where there is one. Version 0 is of a lab that
        is not published yet.
        """
        query = "?draft=1" if of_draft else ""
        answer = self._ask("GET", f"{self._authored(course, lab)}/source{query}")
        return int(answer["version"]), _unpacked(answer)

    def check_lab(
        self,
        course: str,
        lab: str,
        files: Mapping[str, bytes],
        *,
        base: int,
        publish: bool,
        note: str = "",
    ) -> dict[str, Any]:
        """Have sources checked, and published when nothing is wrong and PUBLISH says so."""
        body = {"files": _packed(files), "base": base, "publish": publish, "note": note}
        return self._ask("POST", f"{self._authored(course, lab)}/checks", body)

    def grade_trial(
        self,
        course: str,
        lab: str,
        files: Mapping[str, bytes],
        work: Mapping[str, bytes],
        *,
        of_draft: bool,
    ) -> dict[str, Any]:
        """Have ``work`` graded by the sources ``files``, as a student's would be."""
        body = {"files": _packed(files), "work": _packed(work), "draft": of_draft}
        return self._ask("POST", f"{self._authored(course, lab)}/trials", body)

    def keep_in_draft(
        self, course: str, lab: str, files: Mapping[str, bytes], fetched: Mapping[str, str]
    ) -> dict[str, Any]:
        """Let the course's draft have these sources; ``fetched`` are hashes of what they were."""
        body = {"files": _packed(files), "fetched": dict(fetched)}
        return self._ask("POST", f"{self._authored(course, lab)}/draft", body)

    def lab_check(self, check_id: str) -> dict[str, Any]:
        return self._ask("GET", f"/authoring/checks/{quote(check_id, safe='')}")

    def release_of(self, course: str, lab: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return what students would get of these sources."""
        body = {"files": _packed(files)}
        return _unpacked(self._ask("POST", f"{self._authored(course, lab)}/release", body))

    @staticmethod
    def _authored(course: str, lab: str) -> str:
        return f"/authoring/{quote(course, safe='')}/{quote(lab, safe='')}"

    def submit(
        self,
        course_id: str,
        assignment_id: str,
        files: Mapping[str, bytes],
        declaration: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Hand in ``files`` and return number, submitted_at, receipt and state.

        ``declaration`` says ``used`` (bool), ``tools`` and ``purpose`` of AI tools.
        """
        body: dict[str, Any] = {
            "files": [
                {"path": path, "content": base64.b64encode(content).decode()}
                for path, content in files.items()
            ]
        }
        if declaration is not None:
            body["declaration"] = dict(declaration)
        return self._ask("POST", f"{self._lab(course_id, assignment_id)}/submissions", body)

    def panel(self, course_id: str, assignment_id: str) -> dict[str, Any]:
        """Return terms, submissions and the newest result of a lab, in the client's language."""
        return self._ask("GET", f"{self._lab(course_id, assignment_id)}/panel")

    def notices(self) -> list[dict[str, Any]]:
        """Return what operators have to say to her now: ``id``, ``text`` and ``save``."""
        return self._list("GET", "/notices", "notices")

    @contextmanager
    def listening(self, course_id: str, assignment_id: str) -> Iterator[Callable[[float], bool]]:
        """Hear of changes in a lab: the callable waits some seconds and says whether there was one.

        What changes after the block is entered is heard. Raises ExchangeUnreachable, also when the
        site has no place for one more listener.
        """
        headers = {"Authorization": f"token {self._token}"}
        connection = self._connection()
        try:
            path = f"{self._lab(course_id, assignment_id)}/panel/events"
            connection.request("GET", self._url.path.rstrip("/") + path, None, headers)
            stream = connection.getresponse()
            if stream.status != 200:
                raise ExchangeUnreachable(f"No news from the exchange: HTTP {stream.status}")
            stream.readline()  # the first line comes when the site listens

            def changed(seconds: float) -> bool:
                if connection.sock is not None:
                    connection.sock.settimeout(seconds)
                try:
                    while line := stream.readline():
                        if line.startswith(b"event: changed"):
                            return True
                except TimeoutError:
                    pass
                return False

            yield changed
        except (OSError, http.client.HTTPException) as error:
            raise ExchangeUnreachable(f"The exchange does not answer: {error}") from error
        finally:
            connection.close()

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
        return _unpacked(self._ask("GET", path))

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


def _packed(files: Mapping[str, bytes]) -> list[dict[str, str]]:
    return [
        {"path": path, "content": base64.b64encode(content).decode()}
        for path, content in files.items()
    ]


def _unpacked(answer: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the files of an answer by their path. Raises ExchangeUnreachable for bad ones."""
    listed = answer.get("files")
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise ExchangeUnreachable("The exchange's answer has no list of files.")
    files: dict[str, bytes] = {}
    for item in listed:
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


def _refusal(status: int, answer: Any) -> Exception:
    error: Any = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("message"), str):
        error = {"message": f"HTTP {status}", "code": ""}
    if status >= 500:  # the site's trouble, not an answer to this person
        return ExchangeUnreachable(f"The exchange failed: {error['message']}")
    return ExchangeRefused(error["message"], status=status, code=str(error.get("code", "")))
