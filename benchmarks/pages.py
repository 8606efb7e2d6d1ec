"""``pages``: how fast pages come through the proxy, for people who are signed in."""

import http.client
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote

from app import demo
from app.kernel.database import count_statements, db
from benchmarks import campus, house, report, world
from benchmarks.size import Size

CLIENTS = 4
WARM_UP = 10
LESSON = "control-charts"
SEARCHED = "風場 振動"
"""Stands in the titles of an eighth of the courses."""
SEARCHED_EVERYWHERE = "管制圖 threshold"
"""Stands in every course, in a lesson and a lab of each; labs and courses come first."""
UNCOUNTED = ("SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass(frozen=True)
class Page:
    """A page, who reads it, and a word by which it is known to be the right one."""

    name: str
    path: str
    cookies: tuple[str, ...]
    word: str


@dataclass
class Client:
    """One browser that asks for the same page again and again over one connection."""

    port: int
    page: Page
    cookie: str
    requests: int
    seconds: list[float]
    failure: str = ""

    def run(self, start: threading.Barrier) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            for _ in range(WARM_UP):
                self._ask(connection)
            start.wait(60)
            for _ in range(self.requests):
                began = time.perf_counter()
                self._ask(connection)
                self.seconds.append(time.perf_counter() - began)
        except Exception as error:
            self.failure = f"{self.page.name}: {error!r}"
            start.abort()
        finally:
            connection.close()

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        headers = {"Host": f"localhost:{self.port}", "Cookie": f"banyan={self.cookie}"}
        connection.request("GET", self.page.path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or self.page.word.encode() not in body:
            raise RuntimeError(f"{answer.status}, without {self.page.word!r}: {body[:300]!r}")


def run(size: Size) -> None:
    """Print the lines of ``pages``."""
    with house.running("proxy", "site") as place:
        for page in _pages(place, size):
            report.say(f"  {page.name}")
            statements = _statements(place, page)
            before = place.cpu_seconds("gunicorn")
            seconds, elapsed = _load(place, page, size.requests)
            computed = place.cpu_seconds("gunicorn") - before
            report.spread(
                page.name,
                seconds,
                queries=statements,
                requests_per_second=len(seconds) / elapsed,
                site_cpu=computed / (len(seconds) + CLIENTS * WARM_UP),
                clients=CLIENTS,
            )


def _pages(place: house.House, size: Size) -> list[Page]:
    began = time.monotonic()
    with place.app.app_context():
        demo.load_sections()
        code, handles = campus.build(size)
        report.say(f"  built in {time.monotonic() - began:.0f} s")
        documents = campus.index()
        report.say(f"  {documents} documents found after {time.monotonic() - began:.0f} s")
        world.grade_without_running(handles[:CLIENTS], world.COURSE)
    readers = tuple(place.sign_in(handles[n % len(handles)]) for n in range(CLIENTS))
    staff = tuple(place.sign_in(world.TEACHER) for _ in range(CLIENTS))
    return [
        Page("pages.home", "/", readers, code),
        Page("pages.catalog", f"/search?kind=course&q={quote(SEARCHED)}", readers, "<mark>"),
        Page("pages.course", "/courses/benchmark-1", readers, "benchmark-1-0"),
        Page("pages.lesson", f"/learn/{code}/lessons/{LESSON}", readers, "<math"),
        Page("pages.roster", f"/teaching/{code}/students", staff, "C1140"),
        Page("pages.search", f"/search?q={quote(SEARCHED_EVERYWHERE)}", readers, "/labs/"),
    ]


def _load(place: house.House, page: Page, requests: int) -> tuple[list[float], float]:
    """Seconds of each request of all clients, and how long all of them took together."""
    clients = [
        Client(place.port, page, cookie, -(-requests // CLIENTS), []) for cookie in page.cookies
    ]
    start = threading.Barrier(CLIENTS + 1)
    threads = [threading.Thread(target=client.run, args=(start,)) for client in clients]
    for thread in threads:
        thread.start()
    with suppress(threading.BrokenBarrierError):  # a client says why
        start.wait(60)
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    for client in clients:
        if client.failure:
            raise RuntimeError(client.failure)
    return [second for client in clients for second in client.seconds], elapsed


def _statements(place: house.House, page: Page) -> int:
    """How many statements one request sends, in a process that has served the page before."""
    app = place.app
    client = app.test_client(use_cookies=False)
    headers = {"Host": f"localhost:{place.port}", "Cookie": f"banyan={page.cookies[0]}"}
    with app.app_context():
        bound = db.engine
    seen: list[str] = []
    assert client.get(page.path, headers=headers).status_code == 200
    end = count_statements(bound, seen.append)
    try:
        assert client.get(page.path, headers=headers).status_code == 200
    finally:
        end()
    return sum(1 for statement in seen if not statement.startswith(UNCOUNTED))
