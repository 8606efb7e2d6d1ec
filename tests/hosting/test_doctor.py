"""The doctor says in sentences what is missing."""

import socket

from click.testing import CliRunner

from app.hosting import cli, doctor
from app.hosting.ports import free_port
from app.kernel.config import Config


def examine(tmp_path, **environ: str):
    environ = {"BANYAN_INSTANCE": str(tmp_path), "PORT": str(free_port()), **environ}
    return doctor.examine(Config.from_environ(environ), environ)


def problems(findings) -> str:
    return " ".join(finding.sentence for finding in findings if not finding.is_well)


class TestDoctor:
    def test_finds_nothing_on_a_machine_that_is_set_up(self, tmp_path):
        assert problems(examine(tmp_path)) == ""

    def test_names_the_package_when_bubblewrap_is_missing(self, tmp_path, monkeypatch):
        monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
        assert "apt-get install bubblewrap" in problems(examine(tmp_path))

    def test_says_that_a_port_is_taken_and_how_to_choose_another(self, tmp_path):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            assert f"make run PORT={port + 10}" in problems(examine(tmp_path, PORT=str(port)))

    def test_says_that_a_database_does_not_answer(self, tmp_path):
        url = f"postgresql://nobody:x@127.0.0.1:{free_port()}/none"
        said = problems(examine(tmp_path, DATABASE_URL=url))
        assert "DATABASE_URL does not answer" in said
        assert "HUB_DATABASE_URL is missing" in said

    def test_command_fails_when_there_is_a_problem(self, tmp_path):
        command = next(command for command in cli.commands if command.name == "doctor")
        environ = {"BANYAN_INSTANCE": str(tmp_path), "BANYAN_LISTEN": "nonsense"}
        done = CliRunner(env=environ).invoke(command)
        assert done.exit_code == 1
        assert "PROBLEM" in done.output
        assert "BANYAN_LISTEN" in done.output
