"""Servers forked from the warm process: nothing of it or of another person comes along."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from jupyter_config.processes import started_at
from tests.jupyter_config.conftest import wait

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def an_chi(house):
    house.start_server("an-chi")
    return house.process("an-chi")


@pytest.fixture(scope="module")
def mei(house, an_chi):
    """Mei's server, forked after another person's."""
    if house.api("GET", "/users/mei").json().get("server"):
        house.stop_server("mei")
    house.start_server("mei")
    return house.process("mei")


class TestWhatAForkBringsAlong:
    def test_no_open_file_but_its_own(self, house, mei):
        # Of every process that she can look into: the server, the seed beside it, a kernel.
        said = house.run_code(
            "mei",
            "import os\n"
            "for pid in filter(str.isdigit, os.listdir('/proc')):\n"
            "    for fd in os.listdir(f'/proc/{pid}/fd'):\n"
            "        try: print(os.readlink(f'/proc/{pid}/fd/{fd}'))\n"
            "        except OSError: pass",
        )
        places = {line for line in said.split() if line.startswith("/") and line != "/dev/null"}
        own = {place for place in places if place.startswith(("/home/mei/", "/tmp/", "/proc/"))}
        assert places - own <= {str(house.instance / "logs" / "labs" / "mei.log")}

    def test_no_way_to_the_file_that_it_was_started_from(self, house, mei):
        said = house.run_code(
            "mei",
            "import os\n"
            "for pid in filter(str.isdigit, os.listdir('/proc')):\n"
            "    for way in ('exe', 'cwd', 'root'):\n"
            "        try: place = os.readlink(f'/proc/{pid}/{way}')\n"
            "        except OSError: continue\n"
            "        if way != 'exe':\n"
            "            if place not in ('/', '/home/mei'): print(pid, way, place)\n"
            "            continue\n"
            "        try: os.open(f'/proc/{pid}/exe', os.O_WRONLY); print('open', place)\n"
            "        except OSError: pass\n"
            "        if place.startswith('/memfd'):\n"
            "            import fcntl\n"
            "            fd = os.open(f'/proc/{pid}/exe', os.O_RDONLY)\n"
            "            print('sealed', fcntl.fcntl(fd, fcntl.F_GET_SEALS) & fcntl.F_SEAL_WRITE)",
        )
        lines = said.split("\n")
        assert [line for line in lines if line.startswith("sealed")] == ["sealed 8"] * 3
        assert [line for line in lines if line and not line.startswith("sealed")] == []

    def test_no_word_of_another_person_or_of_the_hub_in_its_memory(self, house, mei, an_chi):
        theirs = house.run_code("an-chi", "import os; print(os.environ['JUPYTERHUB_API_TOKEN'])")
        secrets = [path.read_text() for path in (house.instance / "secrets").iterdir()]
        needles = [word.strip().encode() for word in (theirs, *secrets)]
        own = house.run_code("mei", "import os; print(os.environ['JUPYTERHUB_API_TOKEN'])")
        server, *_ = (pid for pid in mei.members() if pid == mei.server)
        assert found_in(server, [own.strip().encode()]), "the search finds what is there"
        for pid in mei.members():
            assert not found_in(pid, needles)

    def test_nor_in_the_memory_that_all_are_forked_from(self, house, mei):
        nursery = nursery_of(house)
        tokens = [
            house.run_code(who, "import os; print(os.environ['JUPYTERHUB_API_TOKEN'])")
            for who in ("mei", "an-chi")
        ]
        assert not found_in(nursery.pid, [token.strip().encode() for token in tokens])

    def test_nothing_that_should_be_drawn_by_lot(self, house, mei):
        code = (
            "import multiprocessing, random, uuid\n"
            "print(random.random(), uuid.uuid4(), multiprocessing.current_process().authkey.hex())"
        )
        drawn = [house.run_code(who, code).split() for who in ("mei", "mei", "an-chi")]
        assert all(len(set(column)) == 3 for column in zip(*drawn, strict=True))

    def test_no_capability_and_no_other_user(self, house, mei):
        for pid in mei.members():
            status = dict(
                line.split(":\t", 1)
                for line in Path(f"/proc/{pid}/status").read_text().splitlines()
                if ":\t" in line
            )
            assert status["NoNewPrivs"] == "1"
            for name in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
                assert int(status[name], 16) == 0, (pid, name)
            if os.geteuid() == 0 and pid != mei.init:  # which is bubblewrap itself
                assert set(status["Uid"].split()) == {str(house_uid(house, "mei"))}
                assert status["Groups"].split() in ([], [str(house_uid(house, "mei"))])

    def test_the_same_name_spaces_as_process_1(self, mei):
        for pid in mei.members():
            for kind in ("mnt", "pid", "net", "ipc", "uts", "user", "cgroup"):
                assert os.readlink(f"/proc/{pid}/ns/{kind}") == os.readlink(
                    f"/proc/{mei.init}/ns/{kind}"
                )


class TestForkedKernels:
    def test_come_from_the_seed_and_end_with_it(self, house, mei):
        said = house.run_code(
            "mei", "import os; print(open(f'/proc/{os.getppid()}/comm').read(), os.getppid())"
        )
        assert said.split()[0] == "seed"

    def test_her_own_module_wins_over_one_that_is_loaded_already(self, house, mei):
        folder = house.instance / "homes" / "mei"
        (folder / "requests.py").write_text("mine = 'hers'")
        try:
            assert house.run_code("mei", "import requests; print(requests.mine)") == "hers\n"
        finally:
            (folder / "requests.py").unlink()
        assert "hers" not in house.run_code("mei", "import requests; print(requests.__file__)")

    def test_begin_with_the_path_and_arguments_of_any_kernel(self, house, mei):
        code = (
            "import os, sys; print([p for p in sys.path], sys.executable, sys.flags.safe_path,"
            " os.getcwd(), os.environ.get('TZ'), __name__, os.getpgid(0) == os.getpid())"
        )
        forked = house.run_code("mei", code)
        house.start_server("ya-wen", warm=False)
        cold = house.run_code("ya-wen", code)
        assert forked.replace("/home/mei", "") == cold.replace("/home/ya-wen", "")

    def test_start_cold_when_the_seed_is_gone(self, house, mei):
        house.stop_server("an-chi")
        house.start_server("an-chi")
        seed = next(pid for pid in house.process("an-chi").members() if comm(pid) == "seed")
        os.kill(seed, signal.SIGKILL)
        assert house.run_code("an-chi", "print(6 * 7)") == "42\n"
        assert "No warm kernel" in (house.instance / "logs" / "labs" / "an-chi.log").read_text()


class TestTheWarmProcess:
    def test_is_replaced_when_it_dies_and_what_came_from_it_lives_on(self, house, mei):
        first = nursery_of(house)
        first.kill()
        assert house.run_code("mei", "print(6 * 7)") == "42\n"
        house.stop_server("an-chi")
        house.start_server("an-chi")
        assert house.process("an-chi").server
        assert nursery_of(house).pid != first.pid
        assert started_at(mei.server) == mei.server_started

    def test_ends_with_the_hub_and_servers_do_not(self, house, mei):
        nursery = nursery_of(house)
        house.stop_hub()
        wait(lambda: started_at(nursery.pid) is None, "the end of the warm process", 10)
        house.start_hub()
        wait(lambda: house.api("GET", "/users/mei").json()["server"], "the server again")
        assert started_at(mei.server) == mei.server_started
        assert house.run_code("mei", "print(6 * 7)") == "42\n"

    def test_a_stopped_server_leaves_nothing(self, house, mei):
        house.run_code("mei", "import subprocess; subprocess.Popen(['setsid', 'sleep', '1000'])")
        members = mei.members()
        house.stop_server("mei")
        wait(lambda: not any(started_at(pid) for pid in members), "the end", 3)


def comm(pid):
    return Path(f"/proc/{pid}/comm").read_text().strip()


def nursery_of(house):
    return next(
        child
        for child in psutil.Process(house.hub.pid).children()
        if comm(child.pid) == "banyan-warm"
    )


def house_uid(house, handle):
    return (house.instance / "homes" / handle).stat().st_uid


def found_in(pid, needles):
    """Return which of the needles lie in the process's own memory."""
    found = set()
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, mode, *_ = line.split()
            if "w" not in mode or "[v" in line:
                continue
            first, last = (int(part, 16) for part in span.split("-"))
            try:
                memory.seek(first)
                content = memory.read(last - first)
            except OSError:
                continue
            found |= {needle for needle in needles if needle in content}
    return found
