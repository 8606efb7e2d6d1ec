"""Where the parts of the house stand: ports, sockets, the public address."""

import socket

import pytest

from app.hosting.errors import HostingError
from app.hosting.house import furnish
from app.hosting.places import Listen, internal_ports, listen_address, socket_folder
from app.kernel.config import Config


def configure(tmp_path, **environ: str) -> Config:
    return Config.from_environ({"BANYAN_INSTANCE": str(tmp_path / "instance"), **environ})


class TestThePublicAddress:
    @pytest.mark.parametrize(
        ("environ", "expected"),
        [
            ({}, Listen("127.0.0.1", 8000)),
            ({"PORT": "8010"}, Listen("127.0.0.1", 8010)),
            ({"BANYAN_URL": "http://localhost:9000"}, Listen("127.0.0.1", 9000)),
            ({"BANYAN_URL": "https://learn.example.edu"}, Listen("127.0.0.1", 8000)),
            ({"BANYAN_LISTEN": "0.0.0.0:80", "PORT": "8010"}, Listen("0.0.0.0", 80)),
            ({"BANYAN_LISTEN": "[::1]:80"}, Listen("::1", 80)),
        ],
    )
    def test_follows_the_environment(self, tmp_path, environ, expected):
        assert listen_address(configure(tmp_path, **environ), environ) == expected

    def test_that_cannot_be_understood_is_refused_with_an_example(self, tmp_path):
        with pytest.raises(HostingError, match=r"0\.0\.0\.0:8000"):
            listen_address(configure(tmp_path), {"BANYAN_LISTEN": "everywhere"})


class TestInternalPorts:
    def test_are_kept_while_they_are_free_and_chosen_anew_when_taken(self, tmp_path):
        first = internal_ports(tmp_path, ("site", "proxy_api"), avoid=8000)
        assert internal_ports(tmp_path, ("site", "proxy_api"), avoid=8000) == first
        with socket.socket() as thief:
            thief.bind(("127.0.0.1", first["site"]))
            thief.listen()
            second = internal_ports(tmp_path, ("site", "proxy_api"), avoid=8000)
        assert second["site"] != first["site"]
        assert second["proxy_api"] == first["proxy_api"]

    def test_are_never_the_public_one(self, tmp_path):
        first = internal_ports(tmp_path, ("site",), avoid=8000)
        assert internal_ports(tmp_path, ("site",), avoid=first["site"]) != first

    def test_survive_a_file_that_is_broken(self, tmp_path):
        (tmp_path / "ports.json").write_text("{")
        assert internal_ports(tmp_path, ("site",), avoid=8000)["site"] > 1024


class TestSocketFolders:
    def test_are_in_the_instance_when_the_path_is_short(self, tmp_path):
        assert socket_folder(tmp_path / "run", "hub") == tmp_path / "run" / "hub"

    def test_are_links_to_a_short_private_place_when_it_is_long(self, tmp_path, monkeypatch):
        short = tmp_path / "s"
        short.mkdir()
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
        run = tmp_path / ("deep" * 25) / "run"
        folder = socket_folder(run, "hub")
        assert folder.is_relative_to(short)
        assert folder.parent.stat().st_mode & 0o077 == 0
        assert (run / "hub").resolve() == folder
        assert socket_folder(run, "hub") == folder
        folder.rmdir()
        assert socket_folder(run, "hub").is_dir()


class TestTheHouse:
    def test_needs_a_second_database_for_the_hub_with_a_server_of_ones_own(self, tmp_path):
        environ = {"DATABASE_URL": "postgresql://a:b@127.0.0.1/c"}
        with pytest.raises(HostingError, match="HUB_DATABASE_URL"):
            furnish(configure(tmp_path, **environ), environ)

    def test_starts_no_database_with_a_server_of_ones_own(self, tmp_path):
        environ = {
            "DATABASE_URL": "postgresql://a:b@127.0.0.1/c",
            "HUB_DATABASE_URL": "postgresql://a:b@127.0.0.1/d",
        }
        house = furnish(configure(tmp_path, **environ), environ)
        assert house.cluster is None
        assert house.environment["HUB_DATABASE_URL"] == "postgresql+psycopg://a:b@127.0.0.1/d"
        assert not (tmp_path / "instance" / "postgres").exists()

    def test_gives_the_proxy_nothing_of_the_house_but_its_token(self, tmp_path):
        house = furnish(configure(tmp_path), {"AWS_SECRET": "x", "PATH": "/usr/bin"})
        proxy = next(part for part in house.parts if part.name == "proxy")
        assert set(proxy.environment) == {"PATH", "CONFIGPROXY_AUTH_TOKEN"}
        assert not any(
            proxy.environment["CONFIGPROXY_AUTH_TOKEN"] in word for word in proxy.command
        )
