"""Where the lab servers' sockets are: a path that a socket and the Hub can have."""

import tempfile
from pathlib import Path

import pytest

from jupyter_config.spawner import sockets_folder


@pytest.fixture
def elsewhere(monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


def test_is_in_the_instance(elsewhere, tmp_path_factory):
    instance = Path(tempfile.gettempdir()) / f"labs-{tmp_path_factory.getbasetemp().name}"
    try:
        assert sockets_folder(instance) == instance / "run" / "servers"
    finally:
        (instance / "run" / "servers").rmdir()
        (instance / "run").rmdir()
        instance.rmdir()


@pytest.mark.parametrize("name", ["Banyan", "b" * 90])
def test_is_elsewhere_when_the_path_is_long_or_has_capitals(elsewhere, name):
    instance = elsewhere / name
    folder = sockets_folder(instance)
    assert folder.parent == elsewhere and folder.stat().st_mode & 0o777 == 0o700
    assert sockets_folder(instance) == folder != sockets_folder(elsewhere / f"{name}X")
