"""``banyan/author``: a lab's source opened here, checked, published, tried as a student."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nbgrader.coursedir import CourseDirectory
from tornado import web

from jupyter_config.exchange import files
from jupyter_config.exchange.client import ExchangeClient, ExchangeRefused, ExchangeUnreachable
from jupyter_config.lab_extension import authoring
from jupyter_config.lab_extension.handlers import (
    IDENTIFIER,
    OpenHandler,
    first_notebooks,
    reader_environ,
)
from jupyter_config.lab_extension.reading import follow

__all__ = ["AuthorHandler", "AuthorOpenHandler", "AuthorTrialHandler", "author_doors"]


ACTS = ("check", "publish", "trial", "grade", "draft", "fetch")


class AuthorOpenHandler(OpenHandler):
    """``GET banyan/author/open``: bring a lab's source home, and land in its first notebook."""

    @web.authenticated
    async def get(self) -> None:
        course, lab = named(self)
        home = Path(self.settings["server_root_dir"]).expanduser()
        follow(self.get_argument("locale", ""))
        try:
            folder = await asyncio.to_thread(self.brought, home, course, lab)
        except ExchangeRefused as error:
            return self.explain(
                error.status,
                "這個實作的原始檔無法開啟",
                "只有編寫這門課的人可以開啟。",
                "Sources open for those who write the course.",
                error.message,
            )
        except (ExchangeUnreachable, OSError) as error:
            self.log.error("banyan/author: %s", error)
            return self.explain(
                503,
                "目前拿不到原始檔",
                "課程網站暫時沒有回應，或磁碟已滿。您的檔案都還在，請稍後再試一次。",
                "The course site does not answer, or the disk is full. Your files are safe.",
            )
        authoring.offer_toolbar()
        path = quote(shown(home, folder)["path"])
        workspace = f"author_{course}_{lab}"
        self.redirect(f"{self.base_url}lab/workspaces/{workspace}/tree/{path}?banyan=author")

    def brought(self, home: Path, course: str, lab: str) -> Path:
        """The folder to open. Raises ExchangeRefused, ExchangeUnreachable, OSError."""
        return opened(home, course, lab)


class AuthorTrialHandler(AuthorOpenHandler):
    """``GET banyan/author/trial``: what students would get of the draft, in a folder of its own."""

    def brought(self, home: Path, course: str, lab: str) -> Path:
        client = ExchangeClient.from_environ(reader_environ(self.get_argument("locale", "")))
        _version, source = client.lab_source(course, lab, of_draft=True)
        release = client.release_of(course, lab, source)
        return authoring.place_trial(home, course, lab, release, source, of_draft=True)


class AuthorHandler(OpenHandler):
    """``banyan/author``: GET the state of a source, or of a check; POST what to do with it."""

    @web.authenticated
    async def get(self) -> None:
        check_id = self.get_argument("check", "")
        if check_id:
            return await self.answer(lambda client: client.lab_check(check_id))
        course, lab = named(self)
        home = Path(self.settings["server_root_dir"]).expanduser()

        def state(client: ExchangeClient) -> dict[str, Any]:
            mine = [
                one
                for one in client.authored_labs()
                if (one["course"], one["lab"]) == (course, lab)
            ]
            if not mine:
                raise ExchangeRefused("no such lab", status=404, code="not_found")
            return {**mine[0], "base": authoring.note_of(home, course, lab).get("version")}

        await self.answer(state)

    @web.authenticated
    async def post(self) -> None:
        course, lab = named(self)
        home = Path(self.settings["server_root_dir"]).expanduser()
        act = self.get_argument("act")
        folder = authoring.source_folder(home, course, lab)
        ignore = tuple(CourseDirectory().ignore)

        def asked(client: ExchangeClient) -> dict[str, Any]:
            if act == "fetch":
                version, fetched = client.lab_source(course, lab)
                beside = authoring.fetch_beside(home, course, lab, version, fetched)
                return shown(home, beside)
            if act == "grade":
                trial = authoring.trial_of(home, course, lab, ignore)
                return client.grade_trial(
                    course, lab, trial.source, trial.work, of_draft=trial.of_draft
                )
            held = authoring.gather_source(folder, ignore)
            if act == "trial":
                release = client.release_of(course, lab, held)
                return shown(home, authoring.place_trial(home, course, lab, release, held))
            note = authoring.note_of(home, course, lab)
            base = note.get("version", 0)
            if act == "draft":
                kept = client.keep_in_draft(course, lab, held, note.get("files", {}))
                authoring.note_base(home, course, lab, base, held)
                return kept
            return client.check_lab(
                course,
                lab,
                held,
                base=base,
                publish=act == "publish",
                note=self.get_argument("note", ""),
            )

        if act not in ACTS:
            raise web.HTTPError(400, f"act is one of {', '.join(ACTS)}.")
        await self.answer(asked)

    async def answer(self, question: Callable[[ExchangeClient], dict[str, Any]]) -> None:
        environ = reader_environ(self.get_argument("locale", ""))
        try:
            said = await asyncio.to_thread(lambda: question(ExchangeClient.from_environ(environ)))
        except ExchangeRefused as error:
            return self.refuse(error.status, error.code, error.message)
        except ExchangeUnreachable as error:
            self.log.warning("banyan/author: %s", error)
            return self.refuse(503, "unreachable", "The course site does not answer.")
        except files.TooLarge as error:
            return self.refuse(413, "too_large", str(error))
        except FileNotFoundError:
            return self.refuse(404, "not_fetched", "Open the lab's source first.")
        if said.get("state") == "published" and isinstance(said.get("version"), int):
            await asyncio.to_thread(self.note_published, said)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(said))

    def note_published(self, said: dict[str, Any]) -> None:
        """What she published is what hers comes from now."""
        home = Path(self.settings["server_root_dir"]).expanduser()
        course, lab = str(said["course"]), str(said["lab"])
        base = authoring.note_of(home, course, lab).get("version", 0)
        folder = authoring.source_folder(home, course, lab)
        if base < said["version"] and folder.is_dir():
            held = authoring.gather_source(folder, tuple(CourseDirectory().ignore))
            authoring.note_base(home, course, lab, said["version"], held)


def named(handler: OpenHandler) -> tuple[str, str]:
    """Course and lab of the request. Raises HTTPError 400."""
    names = handler.get_argument("course"), handler.get_argument("lab")
    if not all(IDENTIFIER.fullmatch(name) for name in names):
        raise web.HTTPError(400, "course and lab are lower-case names.")
    return names


def opened(home: Path, course: str, lab: str) -> Path:
    """Fetch a source unless hers is there. Raises ExchangeRefused, ExchangeUnreachable."""
    folder = authoring.source_folder(home, course, lab)
    try:
        version, fetched = ExchangeClient.from_environ().lab_source(course, lab)
    except ExchangeUnreachable:
        if not folder.is_dir():
            raise
        return folder  # the site is away, her work is here
    return authoring.ensure_source(home, course, lab, version, fetched)


def shown(home: Path, folder: Path) -> dict[str, Any]:
    names = first_notebooks(folder)
    relative = folder.relative_to(home).as_posix()
    return {"folder": relative, "path": f"{relative}/{names[0]}" if names else relative}


def author_doors(base: str) -> list[tuple[str, Any]]:
    return [
        (f"{base}/banyan/author/open", AuthorOpenHandler),
        (f"{base}/banyan/author/trial", AuthorTrialHandler),
        (f"{base}/banyan/author", AuthorHandler),
    ]
