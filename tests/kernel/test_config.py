"""A wrong configuration stops the boot with a sentence that says what to do."""

import stat

import pytest

from app.kernel import secrets
from app.kernel.config import Config, ConfigError


def read(tmp_path, **environ):
    return Config.from_environ({"BANYAN_INSTANCE": str(tmp_path / "instance"), **environ})


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"PORT": "eighty"}, "number from 1 to 65535"),
        ({"BANYAN_URL": "learn.example.edu"}, "scheme and host"),
        ({"BANYAN_URL": "https://learn.example.edu/banyan"}, "scheme and host"),
        (
            {"BANYAN_URL": "https://a.example", "LABS_URL": "https://a.example"},
            "a host of their own",
        ),
        ({"DATABASE_URL": "mysql://x"}, "PostgreSQL 17 or newer"),
        ({"SMTP_URL": "mail.example.edu"}, "smtp://"),
        (
            {"BANYAN_URL": "https://learn.example.edu", "BANYAN_DEMO": "1"},
            "banyan operator create",
        ),
        ({"BANYAN_LISTEN": "0.0.0.0:8000", "BANYAN_DEMO": "1"}, "lets others in"),
        ({"BANYAN_LISTEN": "[::]:8000", "BANYAN_DEMO": "1"}, "lets others in"),
        ({"BANYAN_DEMO": "perhaps"}, "Say 1 or 0"),
        ({"BANYAN_WORKER_CONCURRENCY": "0"}, "1 to 256"),
    ],
)
def test_says_which_variable_and_what_to_do(tmp_path, environ, says):
    with pytest.raises(ConfigError, match=says):
        read(tmp_path, **environ)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="BANYAN_INSTANCE"):
        Config.from_environ({"BANYAN_INSTANCE": str(tmp_path / "file" / "instance")})


def test_labs_are_beside_the_site_on_a_host_of_their_own(tmp_path):
    config = read(tmp_path, PORT="8123")
    assert config.site_url == "http://localhost:8123"
    assert config.labs_url == "http://labs.localhost:8123"
    assert config.is_loopback


def test_secrets_are_made_once_and_for_the_owner_only(tmp_path):
    first = secrets.secret(tmp_path, "secret_key")
    assert secrets.secret(tmp_path, "secret_key") == first and len(first) == 64
    path = tmp_path / "secrets" / "secret_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert secrets.secret(tmp_path, "another") != first
