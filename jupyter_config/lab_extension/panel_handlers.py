"""What the panel asks its own server: the lab as the site knows it, and a validation here."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from tornado import web

from jupyter_config.exchange.client import ExchangeClient, ExchangeRefused, ExchangeUnreachable
from jupyter_config.lab_extension.handlers import LabHandler, first_notebooks, reader_environ
from jupyter_config.lab_extension.validating import CannotValidate, validate

__all__ = ["PanelHandler", "ValidateHandler"]


Answer = TypeVar("Answer")
PATIENCE_SECONDS = 20.0
PAUSE_SECONDS = 2.0


def panel_after(
    client: ExchangeClient, course_id: str, assignment_id: str, seen: str
) -> dict[str, Any]:
    """Return the lab's panel; while its newest submission is still ``seen``, wait for news of it.

    Raises the exchange's errors.
    """
    if not seen:
        return client.panel(course_id, assignment_id)
    try:
        with client.listening(course_id, assignment_id) as changed:
            found = client.panel(course_id, assignment_id)
            if (found.get("newest") or {}).get("state") != seen:
                return found
            changed(PATIENCE_SECONDS)
    except ExchangeUnreachable:  # busy with others' news, or away: then it is asked in a while
        time.sleep(PAUSE_SECONDS)
    return client.panel(course_id, assignment_id)


async def apart(ask: Callable[[], Answer]) -> Answer:
    """Return what ``ask`` does, run in a thread that does not keep the server from stopping."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Answer] = loop.create_future()

    def settle(answer: Answer | None, error: Exception | None) -> None:
        if future.done():  # the page has gone
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(answer)  # type: ignore[arg-type]

    def run() -> None:
        answer, error = None, None
        try:
            answer = ask()
        except Exception as found:
            error = found
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, answer, error)

    threading.Thread(target=run, name="panel", daemon=True).start()
    return await future


class PanelHandler(LabHandler):
    """``GET banyan/panel``: terms, submissions and the newest result of a lab, from the site.

    With ``seen``, the state that its page shows, it answers when that has changed, or in a while.
    """

    @web.authenticated
    async def get(self) -> None:
        course_id, assignment_id = self.lab()
        environ = reader_environ(self.get_argument("locale", ""))
        try:
            client = ExchangeClient.from_environ(environ)
            seen = self.get_argument("seen", "")
            answer = await apart(lambda: panel_after(client, course_id, assignment_id, seen))
        except ExchangeRefused as error:
            return self.refuse(error.status, error.code, error.message)
        except ExchangeUnreachable as error:
            self.log.warning("banyan/panel: %s", error)
            return self.refuse(503, "unreachable", "The course site does not answer.")
        self.finish({**answer, "site": os.environ.get("BANYAN_URL", "")})


class ValidateHandler(LabHandler):
    """``POST banyan/validate``: run the visible tests of one of the lab's notebooks here."""

    @web.authenticated
    async def post(self) -> None:
        course_id, assignment_id = self.lab()
        name = self.get_argument("notebook")
        folder = self.folder(course_id, assignment_id)
        if name not in first_notebooks(folder):
            return self.refuse(404, "no_notebook", "There is no such notebook in this lab.")
        try:
            cells = await asyncio.to_thread(validate, folder / name)
        except CannotValidate as error:
            return self.refuse(422, error.code, "The notebook could not be run.")
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"notebook": name, "cells": cells}))


def panel_doors(base: str) -> list[tuple[str, Any]]:
    return [(f"{base}/banyan/panel", PanelHandler), (f"{base}/banyan/validate", ValidateHandler)]
