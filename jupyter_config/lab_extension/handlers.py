"""``GET banyan/open`` lands in a lab's notebook; ``POST banyan/submit`` hands the folder in.

Both take ``course_id`` and ``assignment_id`` and need the person's own session at this server.
"""

from __future__ import annotations

import asyncio
import html
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jupyter_server.base.handlers import JupyterHandler
from nbgrader.coursedir import CourseDirectory
from tornado import web

from jupyter_config.exchange import files, versions
from jupyter_config.exchange.client import ExchangeClient, ExchangeRefused, ExchangeUnreachable
from jupyter_config.lab_extension.reading import follow

__all__ = ["OpenHandler", "SubmitHandler"]

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
PAGE = """<!doctype html>
<html lang="zh-Hant-TW"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.6 }}
main {{ max-width: 38rem; margin: 15vh auto 0; padding: 0 1.5rem }}
h1 {{ font-size: 1.4rem }} a {{ display: inline-block; margin: 1rem 1rem 0 0 }}
</style></head><body><main>
<h1>{title}</h1><p>{chinese}</p><p lang="en">{english}</p>{detail}
<a href="{again}">再試一次 <span lang="en">· Try again</span></a>
<a href="{site}">回到課程網站 <span lang="en">· Back to the course site</span></a>
</main></body></html>"""


class LabHandler(JupyterHandler):
    """What both doors share: whose folder, and which lab."""

    def lab(self) -> tuple[str, str]:
        """Return course and assignment from the request. Raises HTTPError 400."""
        names = self.get_argument("course_id"), self.get_argument("assignment_id")
        if not all(IDENTIFIER.fullmatch(name) for name in names):
            raise web.HTTPError(400, "course_id and assignment_id are lower-case names.")
        return names

    def refuse(self, status: int, code: str, message: str) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"error": {"code": code, "message": message}}))

    def folder(self, course_id: str, assignment_id: str) -> Path:
        return Path(self.settings["server_root_dir"]).expanduser() / course_id / assignment_id


class OpenHandler(LabHandler):
    """Fetch the lab when it is not there yet, then show its first notebook in JupyterLab."""

    @web.authenticated
    async def get(self) -> None:
        course_id, assignment_id = self.lab()
        folder = self.folder(course_id, assignment_id)
        follow(self.get_argument("locale", ""))
        if self.has_newer(folder, course_id, assignment_id):
            names = urlencode({"course_id": course_id, "assignment_id": assignment_id})
            return self.redirect(f"{self.base_url}banyan/work?{names}#offer")
        number = self.get_argument("submission", "")
        try:
            if number.isdecimal():
                folder = await asyncio.to_thread(
                    open_submission, folder, course_id, assignment_id, int(number)
                )
            notebook = await asyncio.to_thread(ensure_notebook, folder, course_id, assignment_id)
        except ExchangeRefused as error:
            return self.explain(
                error.status,
                "這個實作目前無法開啟",
                "你可能不在這門課裡，或這個實作還沒有開放。",
                "This lab is not open to you: you may not be in its course, or it is not released.",
                error.message,
            )
        except ExchangeUnreachable as error:
            self.log.error("banyan/open: %s", error)
            return self.explain(
                503,
                "目前拿不到實作檔案",
                "課程網站暫時沒有回應。你的檔案都還在，請稍後再試一次。",
                "The course site does not answer. Your files are safe: try again shortly.",
            )
        except OSError as error:
            self.log.error("banyan/open: %s", error)
            return self.explain(
                507,
                "無法寫入你的資料夾",
                "磁碟可能滿了，或資料夾裡已經有同名的檔案。",
                "Your folder cannot be written: the disk may be full, or a file has its name.",
            )
        path = quote(f"{course_id}/{folder.name}/{notebook}")
        workspace = workspace_of(course_id, assignment_id)
        self.redirect(f"{self.base_url}lab/workspaces/{workspace}/tree/{path}?banyan=open")

    def has_newer(self, folder: Path, course_id: str, assignment_id: str) -> bool:
        """Whether the site, which sends her, has a newer version that she has not declined."""
        site = int(self.get_argument("version", "0") or 0)
        home = folder.parents[1]
        base = versions.remembered(home, course_id, assignment_id) if site else None
        return (
            base is not None
            and bool(first_notebooks(folder))
            and site > max(base.version, versions.declined(home, course_id, assignment_id))
        )

    def explain(
        self, status: int, title: str, chinese: str, english: str, detail: str = ""
    ) -> None:
        """Answer with a page that a person can act on."""
        self.set_status(status if status >= 400 else 500)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(
            PAGE.format(
                title=html.escape(title),
                chinese=html.escape(chinese),
                english=html.escape(english),
                detail=f"<p>{html.escape(detail)}</p>" if detail else "",
                again=html.escape(self.request.uri or "", quote=True),
                site=html.escape(os.environ.get("BANYAN_URL", "/"), quote=True),
            )
        )


class SubmitHandler(LabHandler):
    """Hand in the lab's folder as it is on disk; answers with the receipt."""

    @web.authenticated
    async def post(self) -> None:
        course_id, assignment_id = self.lab()
        folder = self.folder(course_id, assignment_id)
        try:
            receipt = await asyncio.to_thread(
                submit,
                folder,
                course_id,
                assignment_id,
                declaration=self.declaration(),
                environ=reader_environ(self.get_argument("locale", "")),
            )
        except FileNotFoundError:
            return self.refuse(404, "not_fetched", "這個實作還沒有下載。 · Open the lab first.")
        except files.TooLarge as error:
            return self.refuse(413, "too_large", str(error))
        except ExchangeRefused as error:
            return self.refuse(error.status, error.code, error.message)
        except ExchangeUnreachable as error:
            self.log.error("banyan/submit: %s", error)
            return self.refuse(
                503,
                "unreachable",
                "課程網站暫時沒有回應，還沒有繳交。 · The course site does not answer: nothing was"
                " handed in.",
            )
        self.set_status(201)
        self.finish(receipt)

    def declaration(self) -> dict[str, Any] | None:
        """Return what the panel says of AI tools; nobody else sends a body. Raises HTTPError."""
        if not self.request.headers.get("Content-Type", "").startswith("application/json"):
            return None
        body = self.get_json_body()
        said = body.get("declaration") if isinstance(body, dict) else None
        if said is not None and not isinstance(said, dict):
            raise web.HTTPError(400, "The declaration is an object.")
        return said


def ensure_notebook(folder: Path, course_id: str, assignment_id: str) -> str:
    """Return the first notebook in ``folder``; fetch the release only when there is none.

    Work is never overwritten, and a lab that is here opens even when the site is down. Raises
    ExchangeRefused, ExchangeUnreachable, OSError.
    """
    notebooks = first_notebooks(folder)
    if not notebooks:
        version, released = ExchangeClient.from_environ().versioned_release(
            course_id, assignment_id
        )
        if folder.is_dir():
            files.restore_missing(folder, released)
        else:
            try:
                files.write_new(folder, released)
            except FileExistsError:  # a second tab was faster
                files.restore_missing(folder, released)
        found = versions.Release(version, released)
        versions.remember(folder.parents[1], course_id, assignment_id, found)
        notebooks = first_notebooks(folder)
    if not notebooks:
        raise ExchangeUnreachable("The release holds no notebook.")
    return notebooks[0]


def workspace_of(course_id: str, assignment_id: str) -> str:
    """The name of a lab's own JupyterLab workspace.

    JupyterLab restores this lab's own tabs and puts its notebook in front, instead of whatever was
    open last; labs of one name in two courses have a workspace each. No name has an underscore.
    """
    return f"{course_id}_{assignment_id}"


def open_submission(folder: Path, course: str, lab: str, number: int) -> Path:
    """A copy of one of her submissions in a folder of its own, made unless it is there.

    Raises ExchangeRefused, ExchangeUnreachable.
    """
    client = ExchangeClient.from_environ()
    listed: list[Mapping[str, Any]] = [
        one
        for each in client.assignments(course)
        if each["assignment_id"] == lab
        for one in each["submissions"]
        if int(one["number"]) == number
    ]
    if not listed:
        raise ExchangeRefused(
            f"第 {number} 次繳交不存在。 · There is no submission {number}.",
            status=404,
            code="not_found",
        )
    day = files.local_stamp(str(listed[0]["submitted_at"]))
    target = folder.with_name(f"{folder.name} (submission {number}, {day})")
    if not target.exists():
        files.write_new(target, client.own_submission(course, lab, number))
    return target


def first_notebooks(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.ipynb") if not path.name.startswith("."))


def reader_environ(locale: str) -> Mapping[str, str]:
    """Return the environment of a client that speaks ``locale``; empty: the server's own."""
    language = {"en": "en", "zh-Hant-TW": "zh-TW"}.get(locale)
    return {**os.environ, "BANYAN_LANGUAGE": language} if language else os.environ


def submit(
    folder: Path,
    course_id: str,
    assignment_id: str,
    *,
    declaration: dict[str, Any] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> dict[str, object]:
    """Hand in ``folder``, with what was declared of AI tools.

    Raises FileNotFoundError, TooLarge and the exchange's errors.
    """
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    found = files.gather(folder, CourseDirectory().ignore)
    client = ExchangeClient.from_environ(environ)
    return client.submit(course_id, assignment_id, found, declaration)
