"""``banyan/work``: earlier submissions and states of files, a newer version, starting over.

Everything here keeps what was there: see ``exchange/versions.py`` and ``history.py``.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from tornado import web

from jupyter_config.exchange import files, versions
from jupyter_config.exchange.client import ExchangeClient, ExchangeRefused, ExchangeUnreachable
from jupyter_config.lab_extension import history
from jupyter_config.lab_extension.handlers import (
    OpenHandler,
    first_notebooks,
    open_submission,
    reader_environ,
    workspace_of,
)
from jupyter_config.lab_extension.work_page import Offer, page

__all__ = ["WorkHandler", "work_doors"]


class WorkHandler(OpenHandler):
    """The page of what is kept of a lab (or, without one, of all her files), and its buttons."""

    @web.authenticated
    async def get(self) -> None:
        try:
            view = await asyncio.to_thread(self.gathered)
        except ExchangeRefused as error:
            return self.closed(error)
        fields = ("course_id", "assignment_id")
        names = {key: self.get_argument(key) for key in fields} if self.named() else {}
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(
            page(
                self.locale_name(),
                names=names,
                xsrf=self.xsrf_form_html(),
                done=self.get_argument("done", ""),
                **view,
            )
        )

    @web.authenticated
    async def post(self) -> None:
        act = self.get_argument("act")
        try:
            target = await asyncio.to_thread(self.done, act)
        except ExchangeRefused as error:
            return self.closed(error)
        except ExchangeUnreachable as error:
            self.log.error("banyan/work: %s", error)
            return self.explain(
                503,
                "目前拿不到實作檔案",
                "課程網站暫時沒有回應，沒有任何變更。你的檔案都還在，請稍後再試一次。",
                "The course site does not answer: nothing was changed. Try again shortly.",
            )
        except (FileNotFoundError, versions.NotExact, ValueError) as error:
            raise web.HTTPError(409, f"Nothing was changed: {error}") from error
        self.redirect(target)

    def done(self, act: str) -> str:
        """Do ACT; the address to go to."""
        if act == "restore":
            found = history.restore(
                self.home(), self.get_argument("path"), self.get_argument("state")
            )
            return self.here(done=found.relative_to(self.home()).as_posix())
        course, lab = self.lab()
        folder = self.folder(course, lab)
        if act == "submission":
            return self.shown(
                open_submission(folder, course, lab, int(self.get_argument("number")))
            )
        if act == "decline":
            versions.decline(self.home(), course, lab, int(self.get_argument("version")))
            return self.shown(folder)
        new = released(course, lab)
        if act == "beside":
            beside = versions.dated(folder, words=f"version {new.version},")
            files.write_new(beside, new.files)
            versions.decline(self.home(), course, lab, new.version)
            return self.shown(beside)
        if act == "merge":
            base = versions.remembered(self.home(), course, lab)
            if base is None:
                raise versions.NotExact(lab)
            versions.merge_folder(folder, base, new)
        elif act == "start-over":
            versions.start_over(folder, new)
        else:
            raise ValueError(act)
        versions.remember(self.home(), course, lab, new)
        return self.shown(folder)

    def gathered(self) -> dict[str, Any]:
        """What the page shows. Raises ExchangeRefused when the lab is not open to her."""
        home = self.home()
        if not self.named():
            kept = history.kept_files(home)
            return {
                "lab": "", "back": f"{self.base_url}lab", "offer": None, "submissions": None,
                "history": kept, "missing": {path for path in kept if not (home / path).exists()},
            }  # fmt: skip
        course, lab = self.lab()
        folder = self.folder(course, lab)
        kept = history.kept_files(home, f"{course}/{lab}")
        title, submissions, offer = lab, None, None
        client = ExchangeClient.from_environ(reader_environ(self.locale_name()))
        try:
            listed = client.assignments(course)
            mine = next((one for one in listed if one["assignment_id"] == lab), None)
            if mine is not None:
                title, submissions = str(mine.get("title") or lab), mine["submissions"]
            offer = offered(home, folder, course, lab)
        except ExchangeUnreachable as error:
            self.log.warning("banyan/work: %s", error)
        return {
            "lab": title,
            "back": self.shown(folder),
            "offer": offer,
            "submissions": submissions,
            "history": kept,
            "missing": {path for path in kept if not (home / path).exists()},
        }

    def closed(self, error: ExchangeRefused) -> None:
        self.explain(
            error.status,
            "這個實作目前無法開啟",
            "你可能不在這門課裡，或這個實作還沒有開放。",
            "This lab is not open to you: you may not be in its course, or it is not released.",
            error.message,
        )

    def named(self) -> bool:
        return bool(self.get_argument("course_id", ""))

    def home(self) -> Path:
        return Path(self.settings["server_root_dir"]).expanduser()

    def locale_name(self) -> str:
        wanted = self.get_argument("locale", "") or os.environ.get("BANYAN_LOCALE", "")
        return "en" if wanted == "en" else "zh-Hant-TW"

    def here(self, **more: str) -> str:
        names: dict[str, str] = dict(more)
        if self.named():
            names["course_id"], names["assignment_id"] = self.lab()
        return f"{self.base_url}banyan/work?{urlencode(names)}"

    def shown(self, folder: Path) -> str:
        """The address of a folder's first notebook in JupyterLab."""
        relative = folder.relative_to(self.home()).as_posix()
        names = first_notebooks(folder) if folder.is_dir() else []
        path = quote(f"{relative}/{names[0]}" if names else relative.rpartition("/")[0])
        workspace = quote(workspace_of(folder.parent.name, folder.name.split(" (")[0]))
        return f"{self.base_url}lab/workspaces/{workspace}/tree/{path}"


def released(course: str, lab: str) -> versions.Release:
    version, found = ExchangeClient.from_environ().versioned_release(course, lab)
    return versions.Release(version, found)


def offered(home: Path, folder: Path, course: str, lab: str) -> Offer | None:
    """The newer version, when there is one and a folder that came from an older."""
    base = versions.remembered(home, course, lab)
    if base is None or not folder.is_dir():
        return None
    new = released(course, lab)
    if new.version == base.version:
        return None
    obstacle = None
    try:
        versions.plan_merge(folder, base, new)
    except versions.NotExact as error:
        obstacle = str(error)
    return Offer(base.version, new.version, versions.changes(base, new), obstacle)


def work_doors(base: str) -> list[tuple[str, Any]]:
    return [(f"{base}/banyan/work", WorkHandler)]
