"""The units of one machine: understood by systemd, confined, and of one piece with the code."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from click.testing import CliRunner

from app.cli import main
from app.kernel.config import Config
from app.kernel.secrets import NAMES
from tests.deploy.manifests import CHECKOUT, DEPLOY, variables_read

SYSTEMD = DEPLOY / "systemd"
UNITS = sorted(
    path
    for path in [*SYSTEMD.iterdir(), *(DEPLOY / "docker").iterdir()]
    if path.suffix in (".service", ".timer", ".target")
)
SERVICES = [path for path in UNITS if path.suffix == ".service"]
#: A part that runs in sandboxes of its own making may not be under a mount that covers /proc.
MAKE_SANDBOXES = ("banyan-hub.service", "banyan-worker.service", "banyan-whole.service")
COVER_PROC = (
    "ProtectKernelTunables", "ProtectKernelLogs", "ProtectHostname", "ProtectProc", "ProcSubset",
)  # fmt: skip
#: systemd's own measure of what a service could do, from 0 to 10.
EXPOSURE = {"banyan-proxy": 25, "banyan-site": 25, "banyan-backup": 25, "banyan-hub": 70,
            "banyan-worker": 70, "banyan-migrate": 50, "banyan-restore-check": 25}  # fmt: skip

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here"
)


def settings(path: Path) -> list[tuple[str, str]]:
    """The assignments of a unit, in order."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    return [
        (key, value)
        for line in lines
        if "=" in line and not line.startswith("#")
        for key, _equals, value in [line.partition("=")]
    ]


def of(path: Path, key: str) -> list[str]:
    return [value for name, value in settings(path) if name == key]


def environment_file() -> dict[str, str]:
    lines = (SYSTEMD / "banyan.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="module")
def units_here(tmp_path_factory):
    """The units as they would stand if this checkout were /srv/banyan."""
    folder = tmp_path_factory.mktemp("units")
    for path in UNITS:
        (folder / path.name).write_text(path.read_text().replace("/srv/banyan", str(CHECKOUT)))
    for name in ("docker.service", "postgresql.service"):
        (folder / name).write_text("[Service]\nExecStart=/bin/true\n")
    return folder


@needs_systemd
def test_systemd_understands_every_unit_and_finds_every_program(units_here):
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(units_here.glob("banyan*"))],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units_here}:"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "banyan" in line]
    assert (ours, done.returncode) == ([], 0)


@needs_systemd
@pytest.mark.parametrize("name", EXPOSURE)
def test_a_service_can_do_little_beyond_its_work(name, units_here):
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager",
         f"--threshold={EXPOSURE[name]}", units_here / f"{name}.service"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.splitlines()[-1:]


def test_every_path_of_the_checkout_is_there():
    named = {
        word
        for path in SERVICES
        for line in of(path, "ExecStart")
        for word in re.findall(r"/srv/banyan(/[\w./-]+)", line)
    }
    assert {"/node_modules/configurable-http-proxy/bin/configurable-http-proxy"} < named
    assert all((CHECKOUT / word.lstrip("/")).exists() for word in named)


def test_every_command_is_one_that_the_program_has():
    found = 0
    for path in SERVICES:
        for line in of(path, "ExecStart"):
            words = shlex.split(line)
            if "app.cli" not in words:
                continue
            command = main
            for word in words[words.index("app.cli") + 1 :]:
                if hasattr(command, "commands"):
                    command = command.commands[word]
            assert not hasattr(command, "commands"), line
            found += 1
    assert found >= 7


def test_the_target_starts_every_part():
    wanted = set(of(SYSTEMD / "banyan.target", "Wants")[0].split())
    parts = {f"banyan-{name}.service" for name in ("proxy", "site", "hub", "worker")}
    assert parts | {"banyan-backup.timer", "banyan-restore-check.timer"} == wanted
    for name in wanted:
        assert of(SYSTEMD / name, "PartOf") == ["banyan.target"]


@pytest.mark.parametrize("name", ["banyan-hub.service", "banyan-whole.service"])
def test_people_have_control_groups_of_their_own(name):
    unit = SYSTEMD / name
    assert of(unit, "Delegate") == ["cpu memory pids"]
    assert "LABS_CGROUP=delegated" in of(unit, "Environment")
    assert of(unit, "ProtectControlGroups") == ["no"], "they are made by the Hub"


def test_no_part_runs_as_root_or_gains_powers():
    for path in SERVICES:
        if path.parent.name == "docker":
            continue
        assert of(path, "User") == ["banyan"], path.name
        assert of(path, "NoNewPrivileges") == ["yes"]
        assert of(path, "ProtectSystem") == ["strict"] and of(path, "ProtectHome") == ["yes"]


@pytest.mark.parametrize("name", MAKE_SANDBOXES)
def test_nothing_covers_proc_where_sandboxes_are_made(name):
    names = {key for key, _value in settings(SYSTEMD / name)}
    assert not names & set(COVER_PROC)
    for allowed in of(SYSTEMD / name, "RestrictNamespaces"):
        assert {"user", "mnt", "pid", "net", "ipc", "uts"} <= set(allowed.split())
    assert of(SYSTEMD / name, "OOMPolicy") == ["continue"]


def test_peoples_servers_outlive_the_hub():
    assert of(SYSTEMD / "banyan-hub.service", "KillMode") == ["process"]


def test_parts_are_told_only_what_the_code_reads():
    read = variables_read("app/kernel", "app/hosting", "jupyter_config")
    assert environment_file().keys() <= read
    for path in SERVICES:
        for line in of(path, "Environment"):
            names = {word.partition("=")[0] for word in shlex.split(line)}
            assert names - {"PATH", "PYTHONUNBUFFERED"} <= read, path.name


def test_the_file_is_a_configuration_that_starts(tmp_path):
    given = {**environment_file(), "BANYAN_INSTANCE": str(tmp_path)}
    config = Config.from_environ({**given, "DATABASE_URL": "postgresql://banyan@/banyan"})
    assert config.uses_https and not config.demo
    assert given["HUB_API_URL"] == f"{given['HUB_BIND']}/hub/api"


def test_parts_find_each_other():
    told = environment_file()
    proxy = " ".join(of(SYSTEMD / "banyan-proxy.service", "ExecStart"))
    site = " ".join(of(SYSTEMD / "banyan-site.service", "ExecStart"))
    internal, api = urlsplit(told["BANYAN_INTERNAL_URL"]), urlsplit(told["PROXY_API_URL"])
    assert f"--bind {internal.netloc}" in site
    assert f"--default-target {told['BANYAN_INTERNAL_URL']}" in proxy
    assert f"--api-ip {api.hostname} --api-port {api.port}" in proxy
    socket = unquote(urlsplit(told["HUB_BIND"]).netloc)
    assert told["HUB_BIND"] == f"http+unix://{quote(socket, safe='')}"
    assert socket == f"{told['BANYAN_INSTANCE']}/run/hub/hub.sock"
    made = of(SYSTEMD / "banyan-migrate.service", "ExecStart")[0].split()
    assert {str(Path(socket).parent), f"{told['BANYAN_INSTANCE']}/run/exchange"} <= set(made)
    assert f"unix:{told['BANYAN_INSTANCE']}/run/exchange/site.sock" in site
    caddy = (SYSTEMD / "Caddyfile").read_text()
    assert "reverse_proxy 127.0.0.1:8000" in caddy and "--port 8000" in proxy
    site_host, labs_host = (urlsplit(told[name]).hostname for name in ("BANYAN_URL", "LABS_URL"))
    assert f"{site_host}, {labs_host}, *.{labs_host} {{" in caddy


def test_a_restore_is_tried_away_from_the_installation():
    unit = SYSTEMD / "banyan-restore-check.service"
    assert of(unit, "EnvironmentFile") == []  # not its databases
    assert of(unit, "ReadWritePaths") == []
    (told,) = of(unit, "Environment")
    assert "BANYAN_INSTANCE=/var/lib/banyan-restore-check/instance" in told


def test_secrets_are_in_no_file_of_ours():
    for path in [*SYSTEMD.iterdir(), *(DEPLOY / "docker").iterdir()]:
        assert not re.search(r"postgresql://\w+:\w+@|smtp://\w+:\w+@", path.read_text())


def test_lab_containers_have_a_network_that_leads_nowhere():
    (command,) = of(DEPLOY / "docker" / "banyan-labs-network.service", "ExecStart")
    assert "--internal" in command and "enable_icc=false" in command
    bridge = re.search(r"bridge\.name=(\S+)", command)
    assert bridge is not None
    rules = (DEPLOY / "docker" / "banyan-labs.nft").read_text()
    assert f'iifname "{bridge.group(1)}" drop' in rules
    assert command.rstrip("'").endswith("banyan-labs")


def test_secrets_are_made_before_a_part_reads_them(tmp_path):
    done = CliRunner().invoke(main, ["secrets"], env={"BANYAN_INSTANCE": str(tmp_path)})
    assert done.exit_code == 0, done.output
    made = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()}
    assert set(made) == set(NAMES) and set(made.values()) == {0o600}
    first = (tmp_path / "secrets" / "hub_api_token").read_text()
    CliRunner().invoke(main, ["secrets"], env={"BANYAN_INSTANCE": str(tmp_path)})
    assert (tmp_path / "secrets" / "hub_api_token").read_text() == first
