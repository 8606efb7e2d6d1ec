"""Processes known by more than a pid, and homes that stay their owner's."""

import json
import os
import signal
import sys
import time

import pytest

from jupyter_config import homes, sandbox
from jupyter_config.processes import ServerProcess, resident_bytes, started_at, stop_all
from jupyter_config.sandbox import Sandbox, python_paths

needs_sandbox = pytest.mark.skipif(sandbox.available() is not None, reason=str(sandbox.available()))


@pytest.fixture
def boxes():
    """Start commands in sandboxes that survive their parent; end them after the test."""
    started = []

    def start(*argv, env=None):
        box = Sandbox(read_only=python_paths(), die_with_parent=False, env=env or {})
        popen = box.popen(argv)
        process = None
        while process is None and popen.poll() is None:
            process = ServerProcess.of(popen.pid)
            time.sleep(0.01)
        assert process is not None
        started.append((popen, process))
        return popen, process

    yield start
    for popen, process in started:
        process.kill()
        popen.wait(10)


def until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@needs_sandbox
class TestAServersProcess:
    def test_is_known_by_its_start_and_not_by_its_pid_alone(self, boxes):
        _, process = boxes("/bin/sleep", "100")
        assert process.alive()
        namesake = ServerProcess(process.pid, process.started + 1, process.init, 1)
        assert not namesake.alive()
        namesake.kill()
        assert process.alive()

    def test_when_killed_takes_what_had_left_its_session_along(self, boxes):
        popen, process = boxes("/bin/sh", "-c", "setsid sleep 100 & sleep 0.3")
        popen.wait(10)
        orphans = process.members()[1:]
        assert orphans, "the orphan outlives the command"
        process.kill()
        until(lambda: not any(started_at(pid) for pid in orphans))

    def test_is_written_down_and_read_again(self, boxes, tmp_path):
        _, process = boxes("/bin/sleep", "100")
        process.save(tmp_path / "mei.json")
        assert ServerProcess.load(tmp_path / "mei.json") == process

    def test_stops_with_all_others_of_a_folder(self, boxes, tmp_path):
        popens = []
        for name in ("mei", "an-chi"):
            popen, process = boxes("/bin/sh", "-c", "trap '' TERM; sleep 100 & wait; wait")
            until(lambda at=process: len(at.members()) > 2)  # the signal is trapped before that
            process.save(tmp_path / f"{name}.json")
            popens.append(popen)
        (tmp_path / "damaged.json").write_text("{")
        assert stop_all(tmp_path, patience_seconds=0.2) == 2
        assert [popen.wait(5) for popen in popens] == [128 + signal.SIGKILL] * 2
        assert list(tmp_path.iterdir()) == []

    def test_above_its_memory_loses_its_largest_child_and_not_itself(self, boxes):
        code = (
            "import subprocess, sys, time\n"
            "child = subprocess.Popen([sys.executable, '-c',"
            " \"b = b'x' * 200_000_000; import time; time.sleep(100)\"])\n"
            "time.sleep(100)"
        )
        _, process = boxes(sys.executable, "-c", code)
        until(lambda: sum(map(resident_bytes, process.members())) > 190_000_000)
        assert process.end_largest_above(10**9) is None
        victim = process.members()[2]
        assert process.end_largest_above(150_000_000) == victim
        until(lambda: started_at(victim) is None)
        assert process.alive()


class TestHomes:
    def test_are_private(self, tmp_path):
        home = homes.prepare_home(tmp_path / "homes", "mei")
        assert home.path.stat().st_mode & 0o777 == 0o700

    @pytest.mark.parametrize("handle", ["../x", "a/b", "Mei", "", "m", ".uids.json", "a" * 31])
    def test_refuse_a_handle_that_could_be_a_path(self, tmp_path, handle):
        with pytest.raises(ValueError, match="handle"):
            homes.prepare_home(tmp_path, handle)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives uids")
    def test_keep_one_uid_each_for_good(self, tmp_path):
        first = homes.prepare_home(tmp_path, "mei")
        second = homes.prepare_home(tmp_path, "an-chi")
        assert first.uid != second.uid
        assert homes.prepare_home(tmp_path, "mei").uid == first.uid
        kept = json.loads((tmp_path / ".uids.json").read_text())
        assert kept == {"mei": first.uid, "an-chi": second.uid}

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives uids")
    def test_restored_from_a_backup_belong_to_her_again_and_links_are_not_followed(self, tmp_path):
        home = homes.prepare_home(tmp_path / "homes", "mei")
        outside = tmp_path / "outside"
        outside.touch()
        (home.path / "link").symlink_to(outside)
        (home.path / "work").touch()
        os.chown(home.path, 0, 0)
        homes.prepare_home(tmp_path / "homes", "mei")
        assert (home.path / "work").stat().st_uid == home.uid
        assert outside.stat().st_uid == 0
