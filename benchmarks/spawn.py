"""``spawn``: from the click on “Open lab” to the kernel's first reply, and what a server costs."""

import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from urllib.parse import urlsplit

import httpx
import psutil

from app.workspaces.hub import RestHub
from benchmarks import house, report, world
from benchmarks.kernels import KernelDoor, ToLoopback
from benchmarks.memory import tree_mb
from benchmarks.size import Size
from benchmarks.stock_hub import StockHub
from jupyter_config.processes import ServerProcess
from jupyter_config.spawner import sockets_folder

AT_ONCE = 2


def run(size: Size) -> None:
    """Print ``spawn.ready`` and ``spawn.idle-memory``, each beside a Hub as it comes."""
    with house.running("proxy", "site", "hub") as place, StockHub() as stock:
        with place.app.app_context():
            world.fill_catalogue(1)
            handles = world.make_students(max(size.spawns + 1, size.people))
            world.section(world.LIGHT_COURSE).capacity = len(handles)
            code = world.enrol(handles, world.LIGHT_COURSE)
        students = [Student(place, handle, code) for handle in handles]
        try:
            ours, theirs = [], []
            # The first of each reads the programs from the disk; it is not counted.
            for number, student in enumerate(students[: size.spawns + 1]):
                report.say(f"  server {number} of {size.spawns}")
                ours.append(student.open_lab())
                student.stop()
                theirs.append(stock.open_lab(student.handle))
                stock.stop(student.handle)
            report.spread(
                "spawn.ready",
                ours[1:],
                stock_p50=statistics.median(theirs[1:]),
                peer="the Hub with LocalProcessSpawner, by its REST API",
            )
            _memory(students[: size.people], stock)
        finally:
            for student in students:
                student.close()


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

    def open_lab(self) -> float:
        """Seconds from the click to the first reply of the notebook's kernel."""
        page = self.http.get(self.lab).raise_for_status().text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        began = time.perf_counter()
        opening = self.http.post(f"{self.lab}/workspace", data={"csrf_token": token[1]})
        notebook = self.http.get(self._follow(opening.raise_for_status().text)).raise_for_status()
        path = urlsplit(str(notebook.url)).path.partition("/tree/")[2]
        assert path == f"{self.code}/{world.LIGHT_LAB}/{world.LIGHT_LAB}.ipynb", notebook.url
        base = f"http://{self.handle}.labs.localhost:{self.place.port}/user/{self.handle}/"
        KernelDoor(self.http, base, self.place.port).first_reply(path)
        return time.perf_counter() - began

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

    def stop(self) -> None:
        self.hub.forget(self.handle)

    def memory_mb(self) -> float:
        """Memory of everything in her sandbox, shared pages by their share."""
        record = sockets_folder(self.place.instance) / f"{self.handle}.json"
        process = ServerProcess.load(record)
        assert process is not None
        return tree_mb(psutil.Process(process.pid))

    def close(self) -> None:
        self.http.close()


def _address(page: str) -> str | None:
    found = re.search(r'data-live-go="([^"]+)"', page)
    return unescape(found[1]) if found else None
