"""Whether what runs is well: one check for each part, for probes, the page and the doctor."""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.accounts import hub
from app.kernel import clock, schema
from app.kernel.config import Config
from app.kernel.database import db
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import STALLED_AFTER_SECONDS
from app.kernel.secrets import secret

LEAST_FREE_BYTES = 1024**3
PATIENCE_SECONDS = 2.0

Rows = Callable[[str], Sequence[Sequence[Any]]]
"""Asks the database; raises whatever its driver raises."""


@dataclass(frozen=True)
class Check:
    """One part of the house. The site cannot serve people without what IS_ESSENTIAL."""

    name: str
    is_well: bool
    sentence: LazyText
    is_essential: bool = False


def from_session(statement: str) -> Sequence[Sequence[Any]]:
    """Satisfies Rows: asks through this request's session."""
    return [tuple(row) for row in db.session.execute(text(statement))]


def running_checks(config: Config, rows: Rows = from_session) -> list[Check]:
    """Look at every part that runs, without changing anything; a few milliseconds when all is
    well, some seconds when parts do not answer."""
    return [*_database(rows), _hub(config), _proxy(config), _disk(config)]


def is_ready(checks: Iterable[Check]) -> bool:
    """Whether the site can serve people."""
    return all(check.is_well for check in checks if check.is_essential)


def _database(rows: Rows) -> Iterator[Check]:
    try:
        found = [str(row[0]) for row in rows("SELECT version_num FROM alembic_version")]
        beats = [row[0] for row in rows("SELECT last_heartbeat FROM procrastinate_workers")]
    except Exception as error:  # whatever the driver says, it is this check's answer
        if isinstance(error, SQLAlchemyError):
            db.session.rollback()
        yield Check("database", False, _l("The database does not answer."), is_essential=True)
        return
    yield Check("database", True, _l("The database answers."), is_essential=True)
    heads = schema.heads()
    if found == heads:
        said = _l("The database has the newest schema (%(revision)s).", revision=heads[0])
    else:
        said = _l(
            "The database has schema %(found)s, this version needs %(needed)s: run banyan db "
            "upgrade.",
            found=", ".join(found) or "–",
            needed=", ".join(heads),
        )
    yield Check("migrations", found == heads, said, is_essential=True)
    alive_since = clock.now() - timedelta(seconds=STALLED_AFTER_SECONDS)
    living = sum(beat > alive_since for beat in beats)
    yield Check(
        "worker",
        living > 0,
        _l("Workers that are alive: %(count)s.", count=living)
        if living
        else _l("No worker is alive: nothing is graded and no mail leaves. Start banyan worker."),
    )


def _hub(config: Config) -> Check:
    if hub.answers(config):
        return Check("hub", True, _l("The Hub answers."))
    return Check("hub", False, _l("The Hub does not answer: labs cannot be opened."))


def _proxy(config: Config) -> Check:
    """The proxy has to send the labs' host to the Hub; without that route people meet an error."""
    try:
        answer = httpx.get(
            f"{proxy_api_url(config.instance)}/api/routes",
            headers={"Authorization": f"token {secret(config.instance, 'proxy_auth_token')}"},
            timeout=PATIENCE_SECONDS,
            trust_env=False,
        )
        answer.raise_for_status()
        routes = list(answer.json())
    except (httpx.HTTPError, ValueError):
        return Check("proxy", False, _l("The proxy’s API does not answer."))
    host = urlsplit(config.labs_url).hostname or ""
    if any(route.strip("/").split("/")[0] == host for route in routes):
        return Check("proxy", True, _l("The proxy has %(count)s routes.", count=len(routes)))
    return Check(
        "proxy",
        False,
        _l("The proxy has no route to the Hub: POST /hub/api/proxy with the site’s token."),
    )


def proxy_api_url(instance: Path) -> str:
    """Where the proxy's API listens: PROXY_API_URL, or the port that the house chose."""
    given = os.environ.get("PROXY_API_URL")
    if given:
        return given
    try:
        port = json.loads((instance / "run" / "ports.json").read_text())["proxy_api"]
    except (OSError, ValueError, KeyError):
        port = 8001
    return f"http://127.0.0.1:{port}"


def _disk(config: Config) -> Check:
    free = shutil.disk_usage(config.instance).free
    size = f"{free / 1024**3:.1f}"
    if free >= LEAST_FREE_BYTES:
        said = _l("%(size)s GB are free for people’s files.", size=size)
    else:
        said = _l("Only %(size)s GB are free: what people hand in may be refused.", size=size)
    return Check("disk", free >= LEAST_FREE_BYTES, said, is_essential=True)
