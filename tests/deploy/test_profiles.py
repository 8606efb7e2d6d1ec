"""Profiles as data, an operator's file before the house's, and what is said of mistakes."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest
from traitlets.config import Config

from jupyter_config import profiles, spawners

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def read(tmp_path):
    """Read the profiles with an operator's file of the given text."""

    def reading(text: str) -> profiles.Profiles:
        place = tmp_path / "labs.yaml"
        place.write_text(text)
        return profiles.read({"LABS_PROFILES": str(place)})

    return reading


def test_every_environment_of_labs_has_a_profile():
    found = profiles.read({})
    assert found.for_environment("standard").name == "standard"
    assert found.for_environment("scientific").name == "scientific"
    assert found.for_environment("deep-learning").name == "deep-learning"
    assert found.for_environment("a new one").name == "standard"


def test_images_carry_this_version():
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
    for profile in profiles.read({}).profiles.values():
        assert profile.image.endswith(f":{version}")


def test_a_graphics_card_is_for_whom_the_queue_calls():
    (gpu,) = profiles.read({}).queued
    assert gpu.environments == ()
    assert gpu.quota == profiles.Quota(servers=4, per_school=2, per_course=2, minutes=120)
    assert gpu.gpu == profiles.Gpu(count=1, resource="nvidia.com/gpu")


def test_an_operators_file_changes_what_it_names_and_nothing_else(read):
    before, after = profiles.read({}), read("profiles: {standard: {memory_mb: 3072}}")
    assert after.named("standard").memory_mb == 3072
    assert after.named("standard").cpu == before.named("standard").cpu
    assert after.named("gpu") == before.named("gpu")


def test_a_new_profile_may_be_like_another(read):
    text = """
    profiles:
      large:
        like: scientific
        title: {zh-Hant-TW: 大型, en: Large}
        environments: []
        memory_mb: 16384
    """
    large = read(text).named("large")
    assert (large.memory_mb, large.image) == (16384, "banyan-lab:0.1.0")


def test_a_profile_can_be_taken_away(read):
    assert read("profiles: {gpu: null}").queued == ()


def test_images_come_from_the_operators_registry(read):
    found = read("images: {prefix: registry.example.edu/banyan/, tag: '2.0'}")
    image = found.named("gpu").image
    assert image == "registry.example.edu/banyan/lab-deep-learning:2.0"


def test_an_image_with_a_digest_stays_as_it_is(read):
    image = "registry.example.edu/lab@sha256:" + "0" * 64
    assert read(f"profiles: {{standard: {{image: '{image}'}}}}").named("standard").image == image


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("profiles: {standard: {memory_mb: 4GB}}",
         "profiles.standard.memory_mb: is '4GB'; give a whole number from 256 to"),
        ("profiles: {standard: {memory: 4}}", "profiles.standard.memory: no such key; there are"),
        ("profiles: {standard: {cpu: true}}", "profiles.standard.cpu: is True; give a number"),
        ("profiles: {standard: {memory_reserved_mb: 4096}}",
         "profiles.standard.memory_reserved_mb: is above the limit memory_mb"),
        ("profiles: {gpu: {quota: {servers: 0}}}", "profiles.gpu.quota.servers: is 0; give"),
        ("profiles: {gpu: {environments: [standard]}}", "nobody gets a profile with a quota"),
        ("profiles: {gpu: {gpu: {resource: nvidia}}}", "profiles.gpu.gpu.resource: give"),
        ("profiles: {gpu: {node_selector: {gpu: true}}}", "profiles.gpu.node_selector: give"),
        ("profiles: {gpu: {tolerations: [gpu]}}", "profiles.gpu.tolerations: give a list"),
        ("profiles: {scientific: {environments: [standard]}}", "standard opens in standard"),
        ("profiles: {scientific: {like: huge}}", "scientific.like: 'huge' is no other profile"),
        ("profiles: {standard: {like: gpu}}", "is no other profile"),
        ("profiles: {Big: {like: gpu}}", "profiles.Big: a profile's name has small letters"),
        ("profiles: {standard: {title: Big}}", "profiles.standard.title: give words for"),
        ("profiles: {standard: {image: '-v /:/host'}}", "profiles.standard.image: is"),
        ("default: gpu", "default: name a profile that has no quota"),
        ("homes: {kind: directory}", "homes.volume: name the volume claim"),
        ("homes: {kind: nfs}", "homes.kind: say claim or directory"),
        ("images: {tag: 1.0}", "images.tag: 1.0 is no word; put it in quotes"),
        ("imges: {}", "imges: no such key"),
        ("[1, 2]", "must be a table of keys"),
        ("{", "is not YAML"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_key_and_what_to_give(read, text, sentence):
    with pytest.raises(profiles.ProfileError) as refusal:
        read(text)
    assert sentence in str(refusal.value)
    assert "labs.yaml" in str(refusal.value)


def test_all_mistakes_are_named_at_once(read):
    with pytest.raises(profiles.ProfileError) as refusal:
        read("profiles: {gpu: {cpu: x, processes: 1, idle_minutes: 0}}")
    assert len(str(refusal.value).splitlines()) == 3


def test_a_file_that_is_not_there_stops_the_hub():
    with pytest.raises(profiles.ProfileError, match="cannot be read"):
        profiles.read({"LABS_PROFILES": "/nowhere/labs.yaml"})


class TestTheChoice:
    def test_is_local_unless_somebody_says_otherwise(self, tmp_path):
        config = Config()
        spawners.configure(config, {}, instance=tmp_path, site_url="http://localhost:8000")
        assert config == {} and spawners.kind_of({}) == "local"

    def test_refuses_what_there_is_not(self, hub_config):
        with pytest.raises(spawners.SpawnerError, match=r"'swarm'\. Say one of local, docker"):
            hub_config(LABS_SPAWNER="swarm", HUB_BIND="http://:8081")

    def test_says_how_to_install_what_is_missing(self, in_cluster, monkeypatch):
        monkeypatch.setitem(sys.modules, "kubespawner", None)
        monkeypatch.delitem(sys.modules, "jupyter_config.spawners.kubernetes", raising=False)
        with pytest.raises(spawners.SpawnerError, match="make setup EXTRAS=deploy"):
            in_cluster()

    def test_keeps_the_local_limits_out_of_containers(self, in_cluster):
        config = in_cluster()
        assert config.JupyterHub.hub_connect_url == "http://hub:8081"
        assert config.Spawner.start_timeout == 300

    def test_takes_the_charts_token_of_the_proxy(self, in_cluster):
        token = in_cluster(CONFIGPROXY_AUTH_TOKEN="the chart's").ConfigurableHTTPProxy.auth_token
        assert token == "the chart's"
