"""The site's exchange as labs reach it, and what the database says of what was handed in."""

import base64
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
import psutil
import psycopg

from app.kernel.database import db
from benchmarks import house, hub_stand_in, world

SENDERS = 24
"""How many submissions are on their way at once, at most."""
PATIENCE_SECONDS = 1800.0


@dataclass
class Exchange:
    """The site's exchange as labs reach it, and what it answered."""

    place: house.House
    course: str
    receipts: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.place.app.app_context():
            files = world.solution(world.LIGHT_COURSE, world.LIGHT_LAB)
            db.session.remove()
        self._body = {
            "files": [
                {"path": path, "content": base64.b64encode(content).decode()}
                for path, content in files.items()
            ]
        }
        socket = (self.place.instance / "run" / "exchange").resolve() / "site.sock"
        self._socket = str(socket)

    def send(self, handles: list[str], seconds: float) -> None:
        """Hand in once for each of HANDLES, evenly over SECONDS; return when all are answered."""
        began = time.perf_counter()

        def one(number: int) -> None:
            due = began + number * seconds / len(handles)
            time.sleep(max(0.0, due - time.perf_counter()))
            try:
                answer = self._post(handles[number])
            except httpx.HTTPError as error:
                self.refused.append(repr(error))
                return
            if answer.status_code == 201:
                self.receipts.append(answer.json()["receipt"])
            else:
                self.refused.append(f"{answer.status_code} {answer.text[:200]}")

        with ThreadPoolExecutor(SENDERS) as pool:
            list(pool.map(one, range(len(handles))))

    def _post(self, handle: str) -> httpx.Response:
        """Hand in over a connection of its own, as every lab does."""
        transport = httpx.HTTPTransport(uds=self._socket, verify=False)  # no TLS on a socket
        with httpx.Client(transport=transport, timeout=120) as client:
            return client.post(
                f"http://exchange/api/exchange/v1/assignments/{self.course}/{world.LIGHT_LAB}"
                "/submissions",
                json=self._body,
                headers={"Authorization": f"token {hub_stand_in.PREFIX}{handle}"},
            )


@dataclass
class Book:
    """What the database says of the submissions."""

    dsn: str

    def __enter__(self) -> "Book":
        self._asking = psycopg.connect(self.dsn, autocommit=True)
        return self

    def __exit__(self, *error: object) -> None:
        self._asking.close()

    def ask(self, question: str, *values: object) -> tuple[float, ...]:
        found = self._asking.execute(question, values).fetchone()  # type: ignore[call-overload]
        return tuple(float(value or 0) for value in found or ())

    def drain(self, count: int, *workers: psutil.Process) -> None:
        """Return when COUNT attempts are finished. Raises TimeoutError, RuntimeError."""

        def is_done() -> bool:
            if not all(worker.is_running() and worker.status() != "zombie" for worker in workers):
                raise RuntimeError("A worker has ended.")
            (finished,) = self.ask("SELECT count(*) FROM attempts WHERE finished_at IS NOT NULL")
            return finished >= count

        house.wait_for(is_done, "the last result", PATIENCE_SECONDS, step=0.2)

    def lost_and_twice(self, exchange: Exchange) -> tuple[int, int]:
        """Submissions that have a receipt and no score; work that was kept or done twice."""
        rows = self._asking.execute(
            "SELECT receipt FROM submissions JOIN attempts"
            " ON attempts.submission_id = submissions.id WHERE attempts.state = 'graded'"
        ).fetchall()
        graded = Counter(receipt for (receipt,) in rows)
        (stored,) = self.ask("SELECT count(*) FROM submissions")
        (again,) = self.ask("SELECT count(*) FROM attempts WHERE number > 1 OR claim_count > 1")
        (doubled,) = self.ask(
            "SELECT count(*) FROM (SELECT 1 FROM notebook_scores"
            " GROUP BY attempt_id, name HAVING count(*) > 1) AS doubled"
        )
        sent = len(exchange.receipts) + len(exchange.refused)
        lost = sum(graded[receipt] == 0 for receipt in exchange.receipts)
        same = len(exchange.receipts) - len(set(exchange.receipts))
        return lost, int(again) + int(doubled) + same + max(0, int(stored) - sent)

    def rate_at_last(self, count: int) -> float:
        """Results a second over the last COUNT of them."""
        (seconds,) = self.ask(
            "SELECT extract(epoch FROM max(finished_at) - min(finished_at)) FROM"
            " (SELECT finished_at FROM attempts ORDER BY finished_at DESC LIMIT %s) AS latest",
            count + 1,
        )
        return count / seconds
