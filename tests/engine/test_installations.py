"""Where Banyan is installed does not change what its labs can import."""

from pathlib import Path

from app.engine.zygote_executor import forks_keep_their_libraries


def test_an_installation_below_the_covered_folder_is_not_forked():
    """Seen: below /tmp every library that was not loaded yet was missing, and scores were wrong."""
    assert not forks_keep_their_libraries([Path("/usr"), Path("/tmp/banyan/.venv")])


def test_an_installation_elsewhere_is():
    assert forks_keep_their_libraries([Path("/usr"), Path("/srv/banyan/.venv"), Path("/tmpfs")])
