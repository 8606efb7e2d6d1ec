"""The sandbox, tried from inside with what a curious or hostile person would try."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jupyter_config import sandbox
from jupyter_config.sandbox import Rlimits, Sandbox, python_paths

CHECKOUT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sandbox.available() is not None, reason=str(sandbox.available()))


def shell(script: str, box: Sandbox | None = None) -> str:
    done = (box or Sandbox()).run(["/bin/sh", "-c", script], timeout=60)
    return done.stdout.decode() + done.stderr.decode()


class TestWhatTheSandboxHides:
    def test_the_shadow_file_does_not_exist(self):
        assert "No such file" in shell("cat /etc/shadow")

    def test_host_accounts_are_unknown(self):
        assert "www-data" not in shell("cat /etc/passwd")

    def test_the_checkout_does_not_exist(self):
        assert "No such file" in shell(f"ls {CHECKOUT}/jupyter_config")
        assert "No such file" in shell(f"ls {CHECKOUT}/instance")

    def test_the_home_of_the_caller_is_empty(self):
        box = Sandbox(read_only=python_paths())
        assert "secret" not in shell(f"ls -a {Path.home()}; cat {Path.home()}/.ssh/*", box)

    def test_a_loopback_port_of_the_host_is_out_of_reach(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
            done = Sandbox(read_only=python_paths()).run([sys.executable, "-c", code], timeout=60)
        assert b"ConnectionRefusedError" in done.stderr

    def test_an_abstract_socket_of_the_host_is_out_of_reach(self):
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("\0banyan-test-sandbox")
            server.listen()
            code = "import socket; socket.socket(socket.AF_UNIX).connect('\\0banyan-test-sandbox')"
            done = Sandbox(read_only=python_paths()).run([sys.executable, "-c", code], timeout=60)
        assert b"ConnectionRefusedError" in done.stderr

    def test_other_processes_are_invisible(self):
        listed = shell("ls /proc | grep -c '^[0-9]'")
        assert int(listed) <= 4

    def test_the_callers_environment_does_not_leak(self, monkeypatch):
        monkeypatch.setenv("SITE_SECRET", "tell-nobody")
        assert "tell-nobody" not in shell("env; cat /proc/*/environ 2>/dev/null")


class TestWhatThePersonInsideMayDo:
    def test_she_is_not_root_and_has_no_capability(self):
        status = shell("grep -E '^(Uid|Groups|Cap|NoNewPrivs)' /proc/self/status")
        facts = dict(line.split(":", 1) for line in status.splitlines())
        assert facts["Uid"].split() == ["64000"] * 4
        assert {facts[name].strip() for name in facts if name.startswith("Cap")} <= {"0" * 16} or (
            os.geteuid() != 0 and facts["CapEff"].strip() == "0" * 16
        )
        assert facts["NoNewPrivs"].strip() == "1"

    def test_her_files_on_the_host_are_not_roots(self, tmp_path):
        home = tmp_path / "home"
        home.mkdir()
        if os.geteuid() == 0:
            os.chown(home, 64123, 64123)
            home.chmod(0o700)
        box = Sandbox(
            read_write=((home, "/home/mei"),),
            home="/home/mei",
            uid=64123,
            gid=64123,
            user_name="mei",
        )
        assert shell("pwd; whoami; echo hello > note", box).split() == ["/home/mei", "mei"]
        assert (home / "note").read_text() == "hello\n"
        assert (home / "note").stat().st_uid == (64123 if os.geteuid() == 0 else os.geteuid())

    def test_system_and_given_folders_are_read_only(self, tmp_path):
        tmp_path.chmod(0o777)
        box = Sandbox(read_only=((tmp_path, "/opt/given"),))
        assert "Read-only file system" in shell("touch /opt/given/x", box)
        assert not list(tmp_path.iterdir())
        said = shell("touch /usr/x")
        assert "Read-only" in said or "denied" in said

    def test_her_python_is_the_same_one(self):
        box = Sandbox(read_only=python_paths())
        done = box.run([sys.executable, "-c", "import sys, yaml; print(sys.prefix)"], timeout=60)
        assert done.stdout.decode().strip() == sys.prefix

    def test_shared_memory_and_temporary_files_are_writable(self):
        assert shell("touch /tmp/a /dev/shm/b && echo fine").strip() == "fine"

    def test_a_temporary_folder_has_an_end(self):
        box = Sandbox(tmpfs=(("/tmp", 1024 * 1024),))
        assert "No space left" in shell("head -c 2000000 /dev/zero > /tmp/big", box)

    def test_given_files_are_there(self):
        assert shell("cat /srv/a/b", Sandbox(files={"/srv/a/b": b"text"})) == "text"


class TestLimits:
    def test_address_space_is_limited(self):
        box = Sandbox(
            read_only=python_paths(), limits=Rlimits(address_space_bytes=300 * 1024 * 1024)
        )
        done = box.run([sys.executable, "-c", "b'x' * 400_000_000"], timeout=60)
        assert b"MemoryError" in done.stderr

    def test_a_fork_bomb_ends_at_the_number_of_processes(self):
        code = "import os\nn = 0\ntry:\n while os.fork(): n += 1\nexcept OSError: print(n)"
        box = Sandbox(read_only=python_paths(), limits=Rlimits(processes=20), uid=64777)
        printed = box.run([sys.executable, "-c", code], timeout=60).stdout.split()
        assert printed and int(printed[0]) < 20

    def test_a_file_is_limited(self):
        box = Sandbox(limits=Rlimits(file_bytes=1000))
        said = shell("head -c 5000 /dev/zero > /tmp/f; stat -c size=%s /tmp/f", box)
        assert "size=1000" in said

    def test_at_the_timeout_nothing_survives(self, tmp_path):
        tmp_path.chmod(0o777)
        script = "for i in 1 2 3; do (while :; do date > /out/$i; sleep 0.1; done) & done; wait"
        with pytest.raises(subprocess.TimeoutExpired):
            Sandbox(read_write=((tmp_path, "/out"),)).run(["/bin/sh", "-c", script], timeout=0.7)
        for path in tmp_path.iterdir():
            path.unlink()
        time.sleep(0.4)
        assert not list(tmp_path.iterdir())


class TestMistakesOfTheCaller:
    def test_root_is_refused(self):
        with pytest.raises(ValueError, match="never runs as root"):
            Sandbox(uid=0)

    def test_a_relative_place_is_refused(self):
        with pytest.raises(ValueError, match="absolute"):
            Sandbox(files={"here": b""}).prepare(["/bin/true"])

    def test_a_line_break_in_a_name_is_refused(self):
        with pytest.raises(ValueError, match="user name"):
            Sandbox(user_name="mei\nroot:x:0:0")


@pytest.mark.skipif(os.geteuid() != 0, reason="steps down from root")
@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="needs the system's Python")
def test_a_normal_user_builds_the_same_walls(tmp_path_factory):
    # A person who is not root may not enter root's home, so the module travels to her by itself.
    script = Path(sandbox.__file__).read_text() + (
        "\nprint(available())\n"
        "print(Sandbox().run(['/bin/sh', '-c', 'id -u; cat /etc/shadow; unshare -Ur true;"
        " grep CapBnd /proc/self/status; ls -d /proc/[0-9]* | wc -l'], timeout=10))\n"
    )
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    done = subprocess.run(
        [*command, "/usr/bin/python3", "-"], input=script.encode(), capture_output=True, cwd="/"
    )
    said = done.stdout.decode()
    assert said.startswith("None\n"), said + done.stderr.decode()
    assert "64000" in said and "0000000000000000" in said
    assert "/etc/shadow: No such file" in said and "unshare failed" in said
