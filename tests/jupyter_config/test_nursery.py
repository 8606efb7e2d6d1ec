"""The Hub's side of the warm process: what it does when there is none to be had."""

import os
import sys
import time

import pytest

from jupyter_config import nursery, sandbox
from jupyter_config.nursery import Nursery, NurseryFailed, Planting
from jupyter_config.sandbox import Sandbox, python_paths

needs_sandbox = pytest.mark.skipif(sandbox.available() is not None, reason=str(sandbox.available()))


@pytest.fixture
def planting(tmp_path):
    log = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT)
    box = Sandbox(read_only=python_paths(), die_with_parent=False)
    yield Planting(box, listener=log, log=log, package=str(tmp_path / "jupyter_config"))
    os.close(log)


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Replace what the warm process runs."""

    def write(text):
        path = tmp_path / "warm.py"
        path.write_text(text)
        monkeypatch.setattr(nursery, "PROGRAM", path)

    return write


@pytest.fixture
def warm():
    found = Nursery()
    yield found
    found.close()


class TestANursery:
    def test_that_cannot_start_says_why_and_is_not_tried_for_every_server(
        self, warm, planting, program
    ):
        program("raise SystemExit('no library')")
        began = time.monotonic()
        with pytest.raises(NurseryFailed, match="no library"):
            warm.plant(planting)
        assert time.monotonic() - began < nursery.START_SECONDS / 2, "its end is noticed at once"
        with pytest.raises(NurseryFailed, match="a moment ago"):
            warm.plant(planting)

    @needs_sandbox
    def test_whose_fork_fails_leaves_no_sandbox_behind(self, warm, planting, program, monkeypatch):
        program(
            "import socket, sys\n"
            "control = socket.socket(fileno=int(sys.argv[1]))\n"
            "control.send(b'ready')\n"
            "while True:\n"
            "    _, fds, _, _ = socket.recv_fds(control, 1, 1)\n"
            "    line = socket.socket(fileno=fds[0])\n"
            "    line.recv(100_000)\n"
            "    line.send(b'OSError: setns')\n"
        )
        keepers = []
        hold = nursery._hold

        def remember(box):
            keepers.append(hold(box))
            return keepers[-1]

        monkeypatch.setattr(nursery, "_hold", remember)
        with pytest.raises(NurseryFailed, match="setns"):
            warm.plant(planting)
        assert [keeper.poll() is None for keeper, _, _ in keepers] == [False]

    def test_gets_an_environment_without_a_word_of_the_hubs(self, warm, planting, program):
        program(
            "import os, sys\n"
            "raise SystemExit(repr(sorted(os.environ)) + os.getcwd() + sys.executable)"
        )
        os.environ["HUB_SECRET"] = "secret"
        try:
            with pytest.raises(NurseryFailed) as said:
                warm.plant(planting)
        finally:
            del os.environ["HUB_SECRET"]
        assert "HUB_SECRET" not in str(said.value)
        assert str(said.value).endswith("/" + sys.executable)
