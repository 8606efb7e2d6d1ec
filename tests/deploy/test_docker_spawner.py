"""The container that the Hub would ask Docker for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.deploy.conftest import spawner_for, wait_for

MEBIBYTE = 2**20


class Recorder(docker.APIClient):
    """Docker's own client up to the wire: it notes what it would send."""

    def __init__(self) -> None:
        super().__init__(base_url="http://127.0.0.1:1", version="1.45")
        self.sent: list[dict[str, Any]] = []

    def create_container_from_config(self, config: Any, *args: Any, **kwargs: Any) -> Any:
        self.sent.append(dict(config))
        return {"Id": "0123456789ab"}


@pytest.fixture
def asked(on_docker):
    """Return what Docker is asked for, for a server with the given options."""

    def ask(**options: Any) -> dict[str, Any]:
        spawner = spawner_for(on_docker(), **options)
        recorder = Recorder()
        type(spawner)._client = recorder
        try:
            wait_for(spawner.create_object())
        finally:
            recorder.close()
            type(spawner)._client = None
        (sent,) = recorder.sent
        return sent

    return ask


def variables(sent: dict[str, Any]) -> dict[str, str]:
    return dict(item.split("=", 1) for item in sent["Env"])


def test_a_container_has_no_powers(asked):
    host = asked()["HostConfig"]
    assert host["CapDrop"] == ["ALL"] and not host.get("CapAdd")
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert not host.get("Privileged")
    assert host["ReadonlyRootfs"] is True
    assert host["NetworkMode"] == "banyan-labs"
    assert not host.get("PortBindings")


def test_a_container_is_nobody_special_on_the_host(asked):
    uid, gid = map(int, asked()["User"].split(":"))
    assert uid == gid != 0
    if os.geteuid() == 0:
        assert uid >= 200_000


def test_the_profile_gives_memory_processor_and_processes(asked):
    sent = asked(environment="scientific")
    host = sent["HostConfig"]
    assert sent["Image"] == "banyan-lab:0.1.0"
    assert host["Memory"] == host["MemorySwap"] == 4096 * MEBIBYTE
    assert host["MemoryReservation"] == 512 * MEBIBYTE
    assert host["CpuQuota"] / host["CpuPeriod"] == 2
    assert host["PidsLimit"] == 256
    assert "size=1024m" in host["Tmpfs"]["/tmp"]
    assert {"Name": "core", "Soft": 0, "Hard": 0} in host["Ulimits"]


def test_only_her_home_can_be_written(asked, tmp_path):
    binds = {place.split(":")[1]: place.split(":") for place in asked()["HostConfig"]["Binds"]}
    assert set(binds) == {"/home/mei", "/run/banyan/hub", "/run/banyan/exchange", "/data"}
    assert {target for target, bind in binds.items() if bind[2] == "rw"} == {"/home/mei"}
    assert Path(binds["/home/mei"][0]) == (tmp_path / "instance" / "homes" / "mei").resolve()
    assert binds["/data"][0].endswith("/data/open")


def test_hub_and_exchange_come_in_as_sockets(asked):
    told = variables(asked())
    hub = "http+unix://%2Frun%2Fbanyan%2Fhub%2Fhub.sock/hub/api"
    assert told["JUPYTERHUB_API_URL"] == hub
    assert told["JUPYTERHUB_ACTIVITY_URL"] == f"{hub}/users/mei/activity"
    exchange = "http+unix://%2Frun%2Fbanyan%2Fexchange%2Fsite.sock/api/exchange/v1"
    assert told["BANYAN_EXCHANGE_URL"] == exchange


def test_nothing_of_the_hubs_environment_comes_in(asked, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/the/hubs/own")
    words = " ".join(asked()["Env"])
    assert "/the/hubs/own" not in words
    assert "db.example.edu" not in words and "abab" not in words


def test_a_gpu_comes_with_its_profile_only(asked):
    assert asked(profile="gpu")["HostConfig"]["DeviceRequests"] == [
        {"Driver": "nvidia", "Count": 1, "DeviceIDs": [], "Capabilities": [["gpu"]], "Options": {}}
    ]
    refused = asked(profile="gpu", by="herself")
    assert refused["Labels"]["banyan.profile"] == "standard"
    assert not refused["HostConfig"].get("DeviceRequests")


def test_an_image_of_her_own_is_not_taken(on_docker):
    spawner = spawner_for(on_docker(), image="evil:latest", by="herself")

    class NoPull(Exception):
        pass

    async def pull_image(image: str) -> None:
        raise NoPull(image)

    spawner.pull_image = pull_image
    with pytest.raises(NoPull, match=r"banyan-lab:0\.1\.0"):
        wait_for(spawner.start())
