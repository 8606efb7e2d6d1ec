"""The supervisor, with small real programs in place of the site, the Hub and the worker."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from app.hosting.places import CHECKOUT
from app.hosting.ports import free_port
from app.hosting.postgres import cluster_of
from app.kernel.secrets import secret

STANDINS = Path(__file__).parent / "standins.py"


class Standing:
    """A house that stands in a process of its own."""

    def __init__(self, instance: Path, port: int, *options: str) -> None:
        self.instance = instance
        self.port = port
        self.output = instance.parent / f"output-{time.monotonic_ns()}"
        with self.output.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, str(STANDINS), str(instance), str(port), *options],
                cwd=CHECKOUT,
                stdout=file,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1"},
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait_for(self, text: str, seconds: float = 30) -> None:
        wait_until(lambda: text in self.said() or self.process.poll() is not None, seconds)
        assert text in self.said(), self.said()

    def part(self, name: str) -> psutil.Process:
        marks = {"proxy": "configurable-http-proxy", "site": "do_GET", "hub": "start_new_session"}
        return next(
            child
            for child in psutil.Process(self.process.pid).children()
            if any(marks[name] in word for word in child.cmdline())
        )

    def everything(self) -> list[psutil.Process]:
        """All its processes but PostgreSQL's."""
        descendants = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in descendants if "postgres" not in child.name()]

    def get(self, path: str = "/") -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=10, trust_env=False)

    def answers_as_site(self) -> bool:
        try:
            return self.get().text.startswith("site")
        except httpx.HTTPError:
            return False

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)


def lives(process: psutil.Process) -> bool:
    """A zombie that nobody has collected yet does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


@pytest.fixture
def open_house(tmp_path: Path) -> Iterator[Callable[..., Standing]]:
    opened: list[Standing] = []

    def opener(*options: str, port: int | None = None) -> Standing:
        opened.append(Standing(tmp_path / "instance", port or free_port(), *options))
        return opened[-1]

    yield opener
    for house in opened:
        if house.process.poll() is None:
            house.interrupt()
    cluster_of(tmp_path / "instance").stop()


@pytest.fixture
def house(open_house) -> Standing:
    standing = open_house()
    standing.wait_for("Ctrl-C stops everything")
    return standing


class TestTheHouse:
    def test_answers_on_one_port_and_leaves_nothing_running_after_ctrl_c(self, house):
        assert house.answers_as_site()
        everything = house.everything()
        assert len(everything) >= 5
        assert house.interrupt() == 0
        assert not [process for process in everything if lives(process)]
        assert not cluster_of(house.instance).is_running()
        said = house.said()
        order = [said.index(f"  {name:<10} stopped") for name in ("worker", "hub", "site", "proxy")]
        assert order == sorted(order)
        assert said.index("postgres   stopped") > order[-1]

    def test_starts_again_with_the_same_ports_and_skips_what_has_not_changed(
        self, house, open_house
    ):
        ports = (house.instance / "run" / "ports.json").read_text()
        house.interrupt()
        assert "prepare    done" in house.said()
        again = open_house(port=house.port)
        again.wait_for("Ctrl-C stops everything")
        assert "prepare    unchanged" in again.said()
        assert (house.instance / "run" / "ports.json").read_text() == ports

    def test_a_second_start_says_where_the_first_one_is(self, house, open_house):
        second = open_house()
        assert second.process.wait(20) == 1
        assert f"already running at http://localhost:{house.port}" in second.said()
        assert house.answers_as_site()

    def test_says_so_when_its_port_is_taken(self, open_house):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            refused = open_house(port=port)
            assert refused.process.wait(20) == 1
        assert f"Port {port} is taken" in refused.said()
        assert f"PORT={port + 10}" in refused.said()

    def test_closes_in_order_on_sigterm_too(self, house):
        everything = house.everything()
        house.process.terminate()
        assert house.process.wait(40) == 0
        assert not [process for process in everything if lives(process)]


class TestWhenAPartFalls:
    def test_the_site_comes_back_and_people_see_a_page_meanwhile(self, house):
        before = house.part("site")
        before.kill()
        wait_until(lambda: house.get().status_code == 503)
        page = house.get()
        assert "暫時無法回應" in page.text
        assert "Not answering for the moment" in page.text
        wait_until(house.answers_as_site)
        assert house.part("site").pid != before.pid
        house.wait_for("site       is back")

    def test_the_proxy_comes_back_and_its_routes_are_asked_for(self, house):
        house.part("proxy").kill()
        wait_until((house.instance / "run" / "routes_restored").exists)
        wait_until(house.answers_as_site)

    def test_peoples_servers_survive_the_hub_but_not_the_house(self, house):
        server = psutil.Process(int((house.instance / "run" / "grandchild").read_text()))
        hub = house.part("hub")
        hub.kill()
        wait_until(lambda: "hub        ended" in house.said())
        house.wait_for("hub        is back")
        assert lives(server)
        house.interrupt()
        wait_until(lambda: not lives(server))

    def test_an_orphan_that_ends_is_collected(self, house):
        server = psutil.Process(int((house.instance / "run" / "grandchild").read_text()))
        house.part("hub").kill()
        house.wait_for("hub        is back")
        server.kill()
        wait_until(lambda: not psutil.pid_exists(server.pid))

    def test_postgres_comes_back_on_its_port(self, house):
        cluster = cluster_of(house.instance)
        port, postmaster = cluster.port, cluster.postmaster()
        postmaster.send_signal(signal.SIGKILL)
        house.wait_for("postgres   is back")
        assert cluster.port == port
        assert cluster.postmaster().pid != postmaster.pid

    def test_a_worker_that_ends_with_code_0_is_started_again_with_pauses(self, open_house):
        house = open_house("worker-exits")
        house.wait_for("Ctrl-C stops everything")
        (house.instance / "run" / "exit").touch()
        house.wait_for("worker     ended (code 0); starting it again in 1 s")
        assert house.said().count("worker     ended") <= 4


class TestKillNine:
    def test_takes_the_parts_along_and_the_next_start_uses_the_database_that_is_left(
        self, house, open_house
    ):
        everything = house.everything()
        server = psutil.Process(int((house.instance / "run" / "grandchild").read_text()))
        parts = [process for process in everything if process.pid != server.pid]
        postmaster = cluster_of(house.instance).postmaster().pid
        house.process.kill()
        house.process.wait()
        wait_until(lambda: not [process for process in parts if lives(process)])
        again = open_house(port=house.port)
        again.wait_for("Ctrl-C stops everything")
        assert cluster_of(house.instance).postmaster().pid == postmaster
        server.kill()


def test_secrets_are_not_on_any_command_line(house):
    password = secret(house.instance, "postgres_password")
    for process in [psutil.Process(house.process.pid), *house.everything()]:
        assert not [word for word in process.cmdline() if password in word or word == "token"]
