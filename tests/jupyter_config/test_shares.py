"""Processor time and disk of people on one machine: who takes too much stands behind the others."""

import logging
import os
import sys
from pathlib import Path

import pytest

from jupyter_config import cgroups, sandbox, shares
from jupyter_config.caretaker import Caretaker
from jupyter_config.home_watch import SMALL_FILE, HomeWatch
from jupyter_config.limits import LimitError, LocalLimits
from jupyter_config.measures import usage
from jupyter_config.processes import ServerProcess, started_at
from jupyter_config.sandbox import Sandbox, python_paths
from tests.jupyter_config.test_processes_and_homes import until

needs_sandbox = pytest.mark.skipif(sandbox.available() is not None, reason=str(sandbox.available()))
MB = 1024 * 1024


@pytest.fixture
def server(tmp_path):
    """A sandbox whose first child stands for the server; CODE runs beside it."""
    home = tmp_path / "home"
    home.mkdir(mode=0o777)
    home.chmod(0o777)
    for folder in home.parents:
        if folder != Path("/tmp") and folder.is_relative_to("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o011)
    started = []

    def start(code):
        box = Sandbox(
            read_only=python_paths(),
            read_write=((home, "/home/mei"),),
            home="/home/mei",
            die_with_parent=False,
            uid=os.geteuid() or 64000,
            gid=os.getegid() or 64000,
        )
        outer = (
            "import subprocess, sys, time\n"
            f"subprocess.Popen([sys.executable, '-c', {code!r}], start_new_session=True)\n"
            "time.sleep(100)"
        )
        popen = box.popen([sys.executable, "-c", outer])
        process = None
        while process is None:
            assert popen.poll() is None
            process = ServerProcess.of(popen.pid)
        started.append((popen, process))
        until(lambda: len(process.members()) > 2)
        return home, process

    yield start
    for popen, process in started:
        process.kill()
        popen.wait(10)


SPIN = "import os\nfor _ in range(3): os.fork()\nwhile True: pass"


@needs_sandbox
class TestProcessorTime:
    def test_above_the_share_puts_the_busy_ones_behind_and_not_the_server(self, server):
        _, process = server(SPIN)
        until(lambda: len(process.members()) >= 10)
        watch = shares.CpuWatch(cores=0.02, nice=5)
        assert watch.look(process) is None
        used = sum(map(shares.cpu_seconds, process.members()))
        until(lambda: sum(map(shares.cpu_seconds, process.members())) > used + 1.0, seconds=30)
        taken = watch.look(process)
        assert taken > 0.02
        held = watch.held
        assert held and all(nice(pid) == shares.BEHIND for pid in held)
        assert nice(process.members()[1]) == 0
        leader = next(pid for pid in held if os.getsid(pid) == pid)
        assert "nice 19" in Path(f"/proc/{leader}/autogroup").read_text()

    def test_below_it_changes_nothing(self, server):
        _, process = server("import time; time.sleep(100)")
        watch = shares.CpuWatch(cores=1.0, nice=5)
        watch.look(process, now=0.0)
        assert watch.look(process, now=10.0) < 1.0
        assert watch.held == set()

    @pytest.mark.skipif(os.geteuid() != 0, reason="a normal user takes no nice back")
    def test_who_is_calm_again_comes_back(self, server):
        _, process = server(SPIN)
        watch = shares.CpuWatch(cores=0.01, nice=5)
        watch.look(process, now=0.0)
        until(lambda: sum(map(shares.cpu_seconds, process.members()[2:])) > 0.5)
        watch.look(process, now=1.0)
        held = set(watch.held)
        assert held
        watch.look(process, now=100_000.0)  # what little they took since then is nothing in so long
        assert not watch.held
        assert {nice(pid) for pid in held} == {5}

    def test_is_bounded_from_the_start_for_all_that_follows(self, server):
        _, process = server(
            "import os, time\nwhile True:\n os.fork() or os._exit(0)\n time.sleep(.2)"
        )
        core = min(os.sched_getaffinity(0))
        shares.settle(process, cores=frozenset({core}), nice=7)
        for pid in process.members():
            with_it = started_at(pid)
            if with_it is not None:
                assert os.sched_getaffinity(pid) == {core}
                assert nice(pid) == 7


def nice(pid):
    return os.getpriority(os.PRIO_PROCESS, pid)


class TestCores:
    def test_are_the_same_for_a_person_each_time_and_spread_over_people(self):
        given = range(8)
        hers = shares.cores_of("mei", 2, given)
        assert len(hers) == 2
        assert hers == shares.cores_of("mei", 2, given)
        names = ["mei", "an-chi", "ya-wen", "ting", "wei", "jun", "li", "hao"]
        assert len({shares.cores_of(name, 2, given) for name in names}) > 3

    def test_are_all_when_there_are_no_more(self):
        assert shares.cores_of("mei", 4, {1, 2}) == {1, 2}
        assert shares.cores_of("mei", 0, {1, 2, 3}) == {1, 2, 3}


FILL = (
    "import os, time, errno\n"
    "n = 0\n"
    "while True:\n"
    "  try:\n"
    "    open(f'/home/mei/f{n}', 'wb').write(b'x' * 300_000)\n"
    "  except OSError as e:\n"
    "    if e.errno != errno.EFBIG: raise\n"
    "    open('/home/mei/said', 'w').write('refused')\n"
    "    time.sleep(100)\n"
    "  n += 1\n"
)


def file_limit(pid):
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    said = next(line for line in lines if line.startswith("Max file size")).split()[3]
    return None if said == "unlimited" else int(said)


@needs_sandbox
class TestAFullHome:
    def watch(self, home, **bounds):
        return HomeWatch(
            home, **{"most_bytes": 5 * MB, "most_files": 0, "file_bytes": 100 * MB} | bounds
        )

    def look_until(self, watch, process, condition):
        until(lambda: condition(watch.look(process)), seconds=90)

    def test_lets_nothing_but_small_files_be_written_until_there_is_room(self, server):
        home, process = server(FILL)
        watch = self.watch(home)
        writer = process.members()[2]
        self.look_until(watch, process, lambda _: (home / "said").exists())
        assert watch.is_full
        assert file_limit(writer) == SMALL_FILE
        assert started_at(writer) is not None, "what it computed is not lost"
        assert file_limit(process.members()[1]) != SMALL_FILE
        for path in home.glob("f*"):
            path.unlink()
        self.look_until(watch, process, lambda seen: seen is not None and not seen.is_full)
        assert file_limit(writer) == 100 * MB

    def test_ends_who_goes_on_with_small_files_and_spares_the_server(self, server):
        code = (
            "n = 0\nwhile True:\n  n += 1\n"
            "  with open(f'/home/mei/s{n}', 'wb') as f: f.write(b'x' * 60_000)"
        )
        home, process = server(code)
        watch = self.watch(home)
        ended = []
        self.look_until(
            watch, process, lambda seen: bool(seen and ended.extend(seen.ended)) or ended
        )
        until(lambda: started_at(ended[0]) is None)
        assert started_at(process.members()[1]) is not None

    def test_counts_files_too(self, server):
        code = "n = 0\nwhile True:\n  n += 1\n  open(f'/home/mei/e{n}', 'wb').close()"
        home, process = server(code)
        watch = self.watch(home, most_bytes=0, most_files=300)
        ended = []
        self.look_until(
            watch, process, lambda seen: bool(seen and ended.extend(seen.ended)) or ended
        )
        assert usage(home).file_count > 300

    def test_ends_who_raises_her_limit_again_and_goes_on(self, server):
        code = (
            "import resource\n"
            "hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]\n"
            "with open('/home/mei/big', 'wb', 0) as f:\n"
            "  while True:\n"
            "    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))\n"
            "    try: f.write(b'x' * 100_000)\n"
            "    except OSError: pass\n"
        )
        home, process = server(code)
        watch = self.watch(home)
        writer = process.members()[2]
        ended = []
        self.look_until(watch, process, lambda seen: (seen and ended.extend(seen.ended)) or ended)
        assert writer in ended


class TestControlGroups:
    def unit(self, tmp_path, controllers="cpu io memory pids"):
        unit = tmp_path / "banyan-hub.service"
        unit.mkdir()
        (unit / "cgroup.controllers").write_text(controllers)
        (unit / "cgroup.procs").write_text("")
        return unit

    def test_leave_the_units_own_processes_aside(self, tmp_path):
        unit = self.unit(tmp_path)
        (unit / "cgroup.procs").write_text("17\n")
        assert cgroups.beginning(unit) == unit / "labs"
        assert (unit / "house" / "cgroup.procs").read_text() == "17"
        assert (unit / "cgroup.subtree_control").read_text() == "+cpu +memory +pids"
        assert (unit / "labs" / "cgroup.subtree_control").read_text() == "+cpu +memory +pids"

    def test_are_found_again_by_a_hub_that_stepped_aside(self, tmp_path):
        unit = self.unit(tmp_path)
        cgroups.beginning(unit)
        assert cgroups.beginning(unit / "house") == unit / "labs"

    def test_are_not_used_where_nothing_was_given(self, tmp_path):
        assert cgroups.beginning(None) is None
        assert cgroups.beginning(self.unit(tmp_path, "")) is None
        assert cgroups.beginning(tmp_path / "missing") is None

    def test_hold_a_person_to_her_limits(self, tmp_path):
        group = cgroups.PersonalGroup(tmp_path / "mei")
        group.limit(memory_bytes=4096 * MB, processes=256, most_cores=2)
        said = {path.name: path.read_text() for path in group.folder.iterdir()}
        assert said == {
            "cpu.weight": "100",
            "cpu.max": "200000 100000",
            "memory.max": str(4096 * MB),
            "memory.swap.max": "0",
            "pids.max": "256",
        }

    @needs_sandbox
    def test_take_a_whole_server_in(self, tmp_path, server, caplog):
        _, process = server("import time; time.sleep(100)")
        limits = LocalLimits(groups=tmp_path)
        keeper = Caretaker("mei", tmp_path, limits, MB, logging.getLogger("test"))
        keeper.begin(process, memory_bytes=MB, processes=9)
        last = (tmp_path / "mei" / "cgroup.procs").read_text()
        assert int(last) in process.members()
        assert caplog.records == []


class TestSettings:
    def test_have_defaults_that_work(self):
        found = LocalLimits.from_environ({})
        assert (found.home_mb, found.home_files, found.cores, found.nice) == (4096, 200_000, 1.0, 5)
        assert found.groups is None

    def test_are_read_from_the_environment(self):
        given = {"LABS_HOME_MB": "1000", "LABS_CORES": "0.5", "LABS_NICE": "0"}
        found = LocalLimits.from_environ(given)
        assert (found.home_mb, found.cores, found.nice) == (1000, 0.5, 0)

    @pytest.mark.parametrize(
        "given",
        [
            {"LABS_HOME_MB": "much"},
            {"LABS_NICE": "-5"},
            {"LABS_CGROUP": "mine"},
            {"LABS_CORES": "0"},
        ],
    )
    def test_that_cannot_be_kept_are_refused_by_name(self, given):
        with pytest.raises(LimitError, match=next(iter(given))):
            LocalLimits.from_environ(given)
