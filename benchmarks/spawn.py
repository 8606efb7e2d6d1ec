"""``spawn``: from the click on “Open lab” to the kernel's first reply, and what a server costs."""

import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
from playwright.sync_api import sync_playwright

from app.workspaces.hub import RestHub
from benchmarks import house, report, world
from benchmarks.kernels import KernelDoor, ToLoopback
from benchmarks.memory import pss_mb
from benchmarks.size import Size
from benchmarks.stock_hub import StockHub
from jupyter_config.processes import ServerProcess
from jupyter_config.spawner import sockets_folder

AT_ONCE = 2
OPEN = "workspace"
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_WORDS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True)
class Way:
    """Seconds of the three parts of a way into a lab."""

    server: float
    """From the click until the site says that the server is there."""
    page: float
    """Until JupyterLab's page has come: signing in at the Hub and fetching the lab included."""
    kernel: float
    """Until the notebook's kernel has answered."""

    @property
    def whole(self) -> float:
        return self.server + self.page + self.kernel


def run(size: Size) -> None:
    """Print ``spawn.ready`` and its like, each beside a Hub as it comes where that has the same."""
    with house.running("proxy", "site", "hub", with_courses=False) as place, StockHub() as stock:
        with place.app.app_context():
            world.fill_catalogue(1)
            handles = world.make_students(max(size.spawn_warm_up + size.spawns, size.crowd))
            world.section(world.LIGHT_COURSE).capacity = len(handles)
            code = world.enrol(handles, world.LIGHT_COURSE)
        students = [Student(place, handle, code) for handle in handles]
        try:
            _ready(students[: size.spawn_warm_up + size.spawns], stock, size.spawn_warm_up)
            _visible(students[: size.visits])
            _memory(students[: size.people], stock)
            _many(students[: size.crowd])
        finally:
            for student in students:
                student.http.close()


def _ready(students: "list[Student]", stock: StockHub, warm_up: int) -> None:
    """Everybody comes back to her lab, here and at the other Hub in turn, one after another."""
    first: list[float] = []
    ours: list[Way] = []
    theirs: list[float] = []
    for number, student in enumerate(students):
        report.say(f"  person {number + 1}")
        first.append(student.open_lab().whole)
        student.stop()
        ours.append(student.open_lab())
        student.stop()
        theirs.append(stock.open_lab(student.handle))
        stock.stop(student.handle)
    ours, theirs, first = ours[warm_up:], theirs[warm_up:], first[warm_up:]
    report.spread(
        "spawn.ready",
        [way.whole for way in ours],
        server_p50=statistics.median(way.server for way in ours),
        page_p50=statistics.median(way.page for way in ours),
        kernel_p50=statistics.median(way.kernel for way in ours),
        first_time_p50=statistics.median(first),
        stock_p50=statistics.median(theirs),
        stock="JupyterHub with SimpleLocalProcessSpawner, asked by REST, without pages",
    )


def _visible(students: "list[Student]") -> None:
    """The same way in Chromium, to a first cell that can be typed into; her second visit counts."""
    seconds: list[float] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_WORDS)
        for number, student in enumerate(students):
            report.say(f"  person {number + 1} in Chromium")
            context = chromium.new_context()
            context.add_cookies([student.cookie()])
            page = context.new_page()
            for visit in ("first", "second"):
                page.goto(student.lab)
                began = time.perf_counter()
                page.get_by_role("main").locator(f"form[action$='/{OPEN}'] button").first.click()
                cell = page.locator(".jp-Notebook .jp-CodeCell .cm-content").first
                cell.wait_for(timeout=120_000)
                cell.click()
                if visit == "second":
                    seconds.append(time.perf_counter() - began)
                page.goto("about:blank")
                student.stop()
            context.close()
        chromium.close()
    report.line("spawn.visible", statistics.median(seconds), "s", p50=statistics.median(seconds))


def _memory(students: "list[Student]", stock: StockHub) -> None:
    report.say(f"  {len(students)} servers at once")
    handles = [student.handle for student in students]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(Student.open_lab, students))
    ours = [student.memory_mb() for student in students]
    for student in students:
        student.stop()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(stock.open_lab, handles))
    theirs = stock.memory_mb()
    report.line(
        "spawn.idle-memory",
        statistics.mean(ours),
        "MB",
        stock=statistics.mean(theirs),
        people=len(students),
    )
    for handle in handles:
        stock.stop(handle)


def _many(students: "list[Student]") -> None:
    """A whole hall opens its lab in the same minute: how much memory, and how long each waits."""
    report.say(f"  {len(students)} people at once")
    began = time.perf_counter()
    with ThreadPoolExecutor(len(students)) as pool:
        waits = [way.whole for way in pool.map(Student.open_lab, students)]
    whole = time.perf_counter() - began
    report.line(
        "spawn.many",
        sum(student.memory_mb() for student in students),
        "MB",
        people=len(students),
        seconds=whole,
        p50=statistics.median(waits),
        p95=report.percentile(waits, 95),
    )
    for student in students:
        student.stop()


class Student:
    """One person at her browser."""

    def __init__(self, place: house.House, handle: str, code: str) -> None:
        self.place = place
        self.handle = handle
        self.code = code
        self.lab = f"http://localhost:{place.port}/learn/{code}/labs/{world.LIGHT_LAB}"
        self.http = httpx.Client(transport=ToLoopback(), follow_redirects=True, timeout=120)
        self.http.cookies.set("banyan", place.sign_in(handle), domain="localhost.local")
        self.hub = RestHub(place.app.extensions["config"])

    def open_lab(self) -> Way:
        """Click, follow the pages to the notebook, open its kernel."""
        page = self.http.get(self.lab).raise_for_status().text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        began = time.perf_counter()
        opening = self.http.post(
            f"{self.lab}/workspace", data={"csrf_token": token[1]}, follow_redirects=False
        )
        address = opening.headers["Location"]
        if "/banyan/" not in address:  # it is not there yet: the page shows how it comes up
            page = self.http.get(urljoin(self.lab, address)).raise_for_status().text
            address = self._follow(page)
        ready = time.perf_counter()
        notebook = self.http.get(address).raise_for_status()
        shown = time.perf_counter()
        path = urlsplit(str(notebook.url)).path.partition("/tree/")[2]
        assert path == f"{self.code}/{world.LIGHT_LAB}/{world.LIGHT_LAB}.ipynb", notebook.url
        base = f"http://{self.handle}.labs.localhost:{self.place.port}/user/{self.handle}/"
        KernelDoor(self.http, base).first_reply(path)
        return Way(ready - began, shown - ready, time.perf_counter() - shown)

    def _follow(self, page: str) -> str:
        """Do as live.js does until the page says where the notebook is."""
        if ready := _address(page):
            return ready
        with self.http.stream("GET", f"{self.lab}/workspace/events") as events:
            for said in events.iter_lines():
                if not said.startswith("data:"):
                    continue
                page = self.http.get(f"{self.lab}/workspace/progress").raise_for_status().text
                if ready := _address(page):
                    return ready
        raise RuntimeError(f"The server of {self.handle} did not start:\n{page}")

    def cookie(self) -> dict[str, str]:
        """What makes a browser hers."""
        value = self.http.cookies.get("banyan", domain="localhost.local")
        return {
            "name": "banyan",
            "value": value or "",
            "url": f"http://localhost:{self.place.port}",
        }

    def stop(self) -> None:
        """Put the server away; she stays signed in."""
        self.hub.stop(self.handle)
        house.wait_for(
            lambda: self.hub.status(self.handle).state == "stopped" and not self._record().exists(),
            f"the end of {self.handle}'s server",
            step=0.05,
        )

    def memory_mb(self) -> float:
        """Memory of everything in her sandbox, shared pages by their share."""
        process = ServerProcess.load(self._record())
        assert process is not None
        return sum(pss_mb(pid) for pid in (process.pid, *process.members()))

    def _record(self) -> Path:
        return sockets_folder(self.place.instance) / f"{self.handle}.json"


def _address(page: str) -> str | None:
    found = re.search(r'data-live-go="([^"]+)"', page)
    return unescape(found[1]) if found else None
