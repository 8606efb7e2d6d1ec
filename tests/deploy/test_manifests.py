"""The site's own objects in a cluster: valid, confined, and of one piece with the code."""

from __future__ import annotations

import shlex
from typing import Any
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import yaml

from app.cli import main
from app.kernel.config import Config
from app.kernel.secrets import NAMES
from tests.deploy.manifests import (
    KUBERNETES,
    files,
    matches,
    named,
    objects,
    of_kind,
    pods,
    variables_read,
)

#: The first in which pods have users of their own by default, and the newest that is known.
VERSIONS = ("1.33", "1.37")
SITE_READS = ("app/kernel", "app/hosting", "app/worker.py", "app/factory.py", "app/cli.py")
DOCUMENTED_SECRETS = {
    "banyan-database": {"site_url", "hub_url"},
    "banyan-mail": {"url"},
    "banyan-secrets": {"secret_key", "hub_api_token", "hub_client_secret", "metrics_token"},
}


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_what_the_cluster_understands(path, version):
    for item in yaml.safe_load_all(path.read_text()):
        kubernetes_validate.validate(item, version, strict=True)


def test_everything_is_applied_but_what_runs_once():
    listed = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())["resources"]
    there = {str(path.relative_to(KUBERNETES)) for path in files()}
    assert set(listed) == there - {"site/migrate.yaml"} and len(set(listed)) == len(listed)


def test_no_object_holds_a_secret():
    assert of_kind("Secret") == []
    words = "".join(path.read_text() for path in KUBERNETES.rglob("*") if path.is_file())
    assert "password" not in words.replace("passwords are in the Secrets", "")


@pytest.mark.parametrize("name", pods())
class TestAPod:
    def test_has_no_powers_but_those_that_grading_takes(self, name):
        spec = pods()[name]["spec"]
        (container,) = spec["containers"]
        inside, around = container["securityContext"], spec["securityContext"]
        assert inside["allowPrivilegeEscalation"] is False
        assert inside["capabilities"] == {"drop": ["ALL"]}
        assert inside["readOnlyRootFilesystem"] is True
        assert around["runAsNonRoot"] is True and around["runAsUser"] == 1000
        assert spec["automountServiceAccountToken"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
        special = {key: inside[key] for key in inside if key.endswith("Profile")}
        if name == "worker":
            # A whole /proc would show the node's, were the pod's users not its own.
            assert spec["hostUsers"] is False and inside["procMount"] == "Unmasked"
            assert special["seccompProfile"]["type"] == "Localhost"
        else:
            assert special == {} and "procMount" not in inside
            assert around["seccompProfile"] == {"type": "RuntimeDefault"}

    def test_says_what_it_needs_and_takes_no_more_memory(self, name):
        (container,) = pods()[name]["spec"]["containers"]
        resources = container["resources"]
        assert {"cpu", "memory", "ephemeral-storage"} <= resources["requests"].keys()
        assert {"memory", "ephemeral-storage"} <= resources["limits"].keys()

    def test_mounts_what_there_is(self, name):
        spec = pods()[name]["spec"]
        (container,) = spec["containers"]
        assert {m["name"] for m in container["volumeMounts"]} == {
            v["name"] for v in spec["volumes"]
        }
        claims = {
            item["metadata"]["name"]
            for item in of_kind("PersistentVolumeClaim")
            if item["metadata"]["namespace"] == "banyan"
        }
        for volume in spec["volumes"]:
            if "persistentVolumeClaim" in volume:
                assert volume["persistentVolumeClaim"]["claimName"] in claims
            elif "secret" in volume:
                assert volume["secret"]["secretName"] in DOCUMENTED_SECRETS

    def test_is_told_only_what_the_code_reads(self, name):
        (container,) = pods()[name]["spec"]["containers"]
        known = variables_read(*SITE_READS)
        config = named("ConfigMap", "banyan")["data"]
        assert {item["name"] for item in container["env"]} | config.keys() <= known
        for item in container["env"]:
            reference = item["valueFrom"].get("secretKeyRef")
            if reference:
                assert reference["key"] in DOCUMENTED_SECRETS[reference["name"]]

    def test_does_what_the_program_can(self, name):
        (container,) = pods()[name]["spec"]["containers"]
        script = "\n".join(container["args"]) if container["args"][0] == "sh" else None
        lines = script.splitlines() if script else [shlex.join(container["args"])]
        commands = [line.split()[3:] for line in lines if line.startswith("python -m app.cli")]
        if name == "site":
            assert container["args"][2:4] == ["gunicorn", "wsgi:app"]
        else:
            assert commands
        for words in commands:
            command: Any = main
            for word in words:
                if hasattr(command, "commands"):
                    command = command.commands[word]
            assert not hasattr(command, "commands")


def test_the_site_starts_with_what_it_is_told(tmp_path):
    data = dict(named("ConfigMap", "banyan")["data"], BANYAN_INSTANCE=str(tmp_path))
    config = Config.from_environ({**data, "DATABASE_URL": "postgresql://site@db/site"})
    assert config.uses_https and not config.demo
    assert config.exchange_port in {
        bind.rpartition(":")[2] for bind in pods()["site"]["spec"]["containers"][0]["args"]
    }


def test_the_secrets_that_the_site_mounts_are_those_that_it_reads():
    """Others of NAMES belong to the Hub, the proxy or the embedded database."""
    elsewhere = {"hub_cookie_secret", "hub_crypt_key", "proxy_auth_token", "postgres_password"}
    assert DOCUMENTED_SECRETS["banyan-secrets"] == set(NAMES) - elsewhere


def test_services_find_pods_and_ingresses_find_services():
    for service in of_kind("Service"):
        chosen = [
            pod
            for pod in pods().values()
            if matches({"matchLabels": service["spec"]["selector"]}, pod["metadata"]["labels"])
        ]
        assert len(chosen) == 1
        ports = {port["name"]: port for port in chosen[0]["spec"]["containers"][0]["ports"]}
        for port in service["spec"]["ports"]:
            assert ports[port["targetPort"]]["containerPort"] == port["port"]
    site = named("Ingress", "site")["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert named("Service", site["name"])["spec"]["ports"][0]["name"] == site["port"]["name"]


def test_both_hosts_and_every_labs_name_have_a_way_in_and_a_certificate():
    config = named("ConfigMap", "banyan")["data"]
    site, labs = (urlsplit(config[name]).hostname for name in ("BANYAN_URL", "LABS_URL"))
    for ingress, hosts in (
        (named("Ingress", "site"), [site]),
        (named("Ingress", "labs", "banyan-labs"), [labs, f"*.{labs}"]),
    ):
        assert [rule["host"] for rule in ingress["spec"]["rules"]] == hosts
        (tls,) = ingress["spec"]["tls"]
        assert tls["hosts"] == hosts and tls["secretName"]


def test_budgets_and_scaling_name_what_there_is():
    for item in of_kind("PodDisruptionBudget"):
        labels = pods()[item["metadata"]["name"]]["metadata"]["labels"]
        assert matches(item["spec"]["selector"], labels)
    (scaling,) = of_kind("HorizontalPodAutoscaler")
    target = scaling["spec"]["scaleTargetRef"]
    site = named(target["kind"], target["name"])
    assert site["spec"]["replicas"] == scaling["spec"]["minReplicas"] >= 2


class TestTheNetwork:
    def test_lets_nothing_through_that_is_not_named(self):
        closed = named("NetworkPolicy", "nothing-else")["spec"]
        assert closed == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}

    def test_reaches_the_metadata_of_no_cloud(self):
        for policy in of_kind("NetworkPolicy"):
            for rule in policy["spec"].get("egress", []):
                assert rule["to"]
                for peer in rule["to"]:
                    block = peer.get("ipBlock", {"cidr": "10.0.0.1/32"})
                    wide = block["cidr"].endswith("/0")
                    assert not wide or "169.254.0.0/16" in block["except"]

    def test_lets_every_pod_ask_the_database(self):
        policy = named("NetworkPolicy", "everybody-asks-the-database")["spec"]
        for pod in pods().values():
            assert matches(policy["podSelector"], pod["metadata"]["labels"])
        assert {port["port"] for rule in policy["egress"] for port in rule["ports"]} == {53, 5432}

    def test_shows_the_site_to_people_and_hub_and_the_exchange_to_labs(self):
        people, labs = named("NetworkPolicy", "site-is-asked")["spec"]["ingress"]
        assert [port["port"] for port in people["ports"]] == [8000]
        assert [port["port"] for port in labs["ports"]] == [8010]
        (who,) = labs["from"]
        assert who["podSelector"] == {"matchLabels": {"banyan.tw/lab": "true"}}


def test_labs_namespace_enforces_the_restricted_standard():
    (labs,) = [
        item for item in objects()
        if item["kind"] == "Namespace" and item["metadata"]["name"] == "banyan-labs"
    ]  # fmt: skip
    assert labs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
