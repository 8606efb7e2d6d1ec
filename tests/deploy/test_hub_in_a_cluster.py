"""The chart's values: the Hub that they make, and the pods that it would start."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import yaml

from jupyter_config import profiles
from tests.deploy.conftest import SECRETS, spawner_for
from tests.deploy.manifests import matches, named, of_kind, pods, values, variables_read
from tests.deploy.test_kubernetes_spawner import pod_of

LABS = "banyan-labs"


@pytest.fixture(scope="module")
def hub():
    return values()["hub"]


@pytest.fixture
def told(hub, tmp_path):
    """The Hub's environment, with the file of profiles that the chart would write."""
    (file,) = hub["extraFiles"].values()
    (tmp_path / "labs.yaml").write_text(yaml.safe_dump(file["data"], allow_unicode=True))
    environment = {
        name: value if isinstance(value, str) else "postgresql+psycopg://hub@db/hub"
        for name, value in hub["extraEnv"].items()
    }
    assert environment.pop("LABS_PROFILES") == file["mountPath"]
    environment.pop("BANYAN_INSTANCE")  # the test's own holds the secrets
    return {**environment, "LABS_PROFILES": str(tmp_path / "labs.yaml")}


@pytest.fixture
def started(hub_config, told):
    """Return the pod of a server that somebody starts."""
    return lambda **options: pod_of(spawner_for(hub_config(**told), **options))


def test_it_runs_our_configuration(hub):
    assert hub["args"][2] == "/opt/banyan/jupyter_config/jupyterhub_config.py"


def test_it_is_told_all_that_it_must_know_and_nothing_that_nobody_reads(hub):
    read = variables_read("jupyter_config")
    assert hub["extraEnv"].keys() <= read
    needed = {"HUB_BIND", "HUB_DATABASE_URL", "PROXY_API_URL", "LABS_SPAWNER", "HUB_CONNECT_URL"}
    assert needed <= hub["extraEnv"].keys() & read


def test_its_secrets_are_files_where_it_looks(hub, hub_config, told):
    (volume,) = [item for item in hub["extraVolumes"] if "secret" in item]
    (mount,) = [item for item in hub["extraVolumeMounts"] if item["name"] == volume["name"]]
    assert mount["mountPath"] == f"{hub['extraEnv']['BANYAN_INSTANCE']}/secrets"
    given = {item["path"] for item in volume["secret"]["items"]}
    config = hub_config(**told, CONFIGPROXY_AUTH_TOKEN="the chart's")
    assert config.ConfigurableHTTPProxy.auth_token == "the chart's"
    assert given == set(SECRETS) - {"proxy_auth_token"}  # which the chart gives


def test_site_and_hub_find_each_other(hub):
    site = urlsplit(hub["extraEnv"]["BANYAN_INTERNAL_URL"])
    name, namespace = site.hostname.split(".")
    assert named("Service", name, namespace)["spec"]["ports"][0]["port"] == site.port
    api = urlsplit(named("ConfigMap", "banyan")["data"]["HUB_API_URL"])
    assert api.hostname == f"hub.{LABS}" and hub["extraEnv"]["HUB_BIND"].endswith(f":{api.port}")
    assert hub["networkPolicy"]["interNamespaceAccessLabels"] == "accept"
    for name in ("site", "worker"):  # what the chart's policy then asks of who comes
        assert pods()[name]["metadata"]["labels"]["hub.jupyter.org/network-access-hub"] == "true"
    config = named("ConfigMap", "banyan")["data"]
    for name in ("BANYAN_URL", "LABS_URL"):
        assert hub["extraEnv"][name] == config[name]


class TestAServer:
    def test_reaches_the_exchange_by_a_service_at_its_port(self, started):
        (container,) = started()["spec"]["containers"]
        variables = {item["name"]: item.get("value") for item in container["env"]}
        exchange = urlsplit(variables["BANYAN_EXCHANGE_URL"])
        name, namespace = exchange.hostname.split(".")
        (port,) = named("Service", name, namespace)["spec"]["ports"]
        assert port["port"] == exchange.port
        assert named("ConfigMap", "banyan")["data"]["BANYAN_EXCHANGE_PORT"] == str(exchange.port)

    def test_reaches_names_the_hub_and_the_exchange_and_nothing_else(self, started):
        policy = named("NetworkPolicy", "labs", LABS)["spec"]
        assert matches(policy["podSelector"], started()["metadata"]["labels"])
        assert policy["policyTypes"] == ["Ingress", "Egress"]
        names, hub, exchange = policy["egress"]
        assert {port["port"] for port in names["ports"]} == {53}
        assert [port["port"] for port in hub["ports"]] == [8081]
        assert [port["port"] for port in exchange["ports"]] == [8010]
        peers = [peer for rule in policy["egress"] for peer in rule["to"]]
        assert all("podSelector" in peer and "ipBlock" not in peer for peer in peers)
        assert matches(exchange["to"][0]["podSelector"], pods()["site"]["metadata"]["labels"])
        labs = started()["metadata"]["labels"]
        assert not any(
            matches(peer["podSelector"], labs) for peer in peers if "namespaceSelector" not in peer
        )

    def test_is_reached_by_no_other_server(self, started):
        (rule,) = named("NetworkPolicy", "labs", LABS)["spec"]["ingress"]
        (peer,) = rule["from"]
        assert [port["port"] for port in rule["ports"]] == [8888]
        assert not matches(peer["podSelector"], started()["metadata"]["labels"])

    def test_is_under_no_policy_of_the_charts(self):
        assert values()["singleuser"]["networkPolicy"]["enabled"] is False

    def test_mounts_claims_of_its_own_namespace(self, started):
        there = {
            item["metadata"]["name"]
            for item in of_kind("PersistentVolumeClaim")
            if item["metadata"]["namespace"] == LABS
        }
        claims = {
            volume["persistentVolumeClaim"]["claimName"]
            for volume in started()["spec"]["volumes"]
            if "persistentVolumeClaim" in volume
        }
        assert claims - there == {"home-mei"}

    def test_has_an_image_that_nodes_pull_before(self, hub_config, told):
        hub_config(**told)
        chart = values()
        pulled = {
            f"{image['name']}:{image['tag']}"
            for image in (
                chart["singleuser"]["image"],
                *chart["prePuller"]["extraImages"].values(),
            )
        }
        wanted = {profile.image for profile in profiles.read(told).profiles.values()}
        assert wanted == pulled


def test_every_profile_fits_into_the_limits_of_the_namespace(told):
    (limit,) = named("LimitRange", "labs", LABS)["spec"]["limits"]
    quota = named("ResourceQuota", "labs", LABS)["spec"]["hard"]
    found = profiles.read(told)
    assert limit["max"] == {"cpu": "8", "memory": "32Gi"}
    for profile in found.profiles.values():
        assert profile.cpu <= 8 and profile.memory_mb <= 32 * 1024
    (gpu,) = found.queued
    assert gpu.quota.servers * gpu.gpu.count <= int(quota["requests.nvidia.com/gpu"])


def test_every_part_of_the_chart_fulfils_the_restricted_standard():
    """The namespace enforces it; the chart's own defaults are not relied on."""
    chart = values()
    for place in (chart["hub"], chart["proxy"]["chp"]):
        context = place["containerSecurityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert context["runAsUser"] != 0
    assert chart["singleuser"]["cloudMetadata"]["blockWithIptables"] is False
    assert "--host-routing" in chart["proxy"]["chp"]["extraCommandLineFlags"]
