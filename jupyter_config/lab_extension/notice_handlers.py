"""What whoever works here has to know now: maintenance, a stop, a home that is short of room."""

from __future__ import annotations

import functools
import os

from tornado import web

from jupyter_config.exchange.client import ExchangeClient, ExchangeRefused, ExchangeUnreachable
from jupyter_config.lab_extension.handlers import LabHandler, reader_environ
from jupyter_config.lab_extension.panel_handlers import apart
from jupyter_config.lab_extension.room import notice

__all__ = ["NoticeHandler"]


class NoticeHandler(LabHandler):
    """``GET banyan/notices``: the site's notices for this person, in the page's language.

    None of the site's while it does not answer: who works here need not know.
    """

    @web.authenticated
    async def get(self) -> None:
        environ = reader_environ(self.get_argument("locale", ""))
        try:
            client = ExchangeClient.from_environ(environ)
            notices = await apart(client.notices)
        except (ExchangeRefused, ExchangeUnreachable) as error:
            self.log.info("banyan/notices: %s", error)
            notices = []
        if (room := getattr(self.contents_manager, "room", None)) is not None:
            locale = self.get_argument("locale", "") or os.environ.get("BANYAN_LOCALE", "")
            short = await apart(functools.partial(notice, room, locale))
            notices = [*notices, *([short] if short else [])]
        self.finish({"notices": notices})
