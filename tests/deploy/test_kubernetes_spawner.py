"""The pod that the Hub would ask the cluster for."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import pytest
from kubernetes_asyncio.client import ApiClient

from tests.deploy.conftest import spawner_for, wait_for

CLUSTER = "1.34"


def as_data(thing: Any) -> dict[str, Any]:
    """What goes over the wire."""
    return ApiClient.sanitize_for_serialization(ApiClient.__new__(ApiClient), thing)


def pod_of(spawner: Any) -> dict[str, Any]:
    return as_data(wait_for(spawner.get_pod_manifest()))


@pytest.fixture
def pod(in_cluster):
    return pod_of(spawner_for(in_cluster(), environment="standard"))


@pytest.fixture
def container(pod):
    (only,) = pod["spec"]["containers"]
    return only


def variables(container: dict[str, Any]) -> dict[str, str]:
    return {item["name"]: item.get("value", "") for item in container["env"]}


def test_a_pod_is_what_the_cluster_understands(in_cluster):
    for profile in ("standard", "scientific", "deep-learning", "gpu"):
        spawner = spawner_for(in_cluster(), profile=profile)
        pod = pod_of(spawner)
        kubernetes_validate.validate(pod, CLUSTER, strict=True)
        claim = as_data(spawner.get_pvc_manifest())
        kubernetes_validate.validate(claim, CLUSTER, strict=True)


def test_a_pod_fulfils_the_restricted_standard(pod, container):
    """https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"""
    spec = pod["spec"]
    assert not {"hostNetwork", "hostPID", "hostIPC"} & {key for key, on in spec.items() if on}
    assert "initContainers" not in spec or spec["initContainers"] == []
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] >= 200_000
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    allowed = {"emptyDir", "persistentVolumeClaim"}
    assert all(set(volume) - {"name"} <= allowed for volume in spec["volumes"])
    inside = container["securityContext"]
    assert inside["allowPrivilegeEscalation"] is False
    assert inside["capabilities"] == {"drop": ["ALL"]}
    assert not inside.get("privileged")
    assert all("hostPort" not in port for port in container["ports"])


def test_a_pod_has_no_way_to_the_cluster(pod, container):
    spec = pod["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    assert spec.get("serviceAccountName") in (None, "")
    assert "KUBERNETES_SERVICE_HOST" not in variables(container)


def test_nothing_of_the_image_can_be_changed(container):
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    writable = {m["mountPath"] for m in container["volumeMounts"] if not m.get("readOnly")}
    assert writable == {"/home/mei", "/tmp", "/dev/shm"}


def test_the_profile_gives_processor_memory_and_disk(in_cluster):
    spawner = spawner_for(in_cluster(), environment="deep-learning")
    pod = pod_of(spawner)
    resources = pod["spec"]["containers"][0]["resources"]
    assert resources["limits"] == {
        "cpu": 4, "memory": 8192 * 2**20, "ephemeral-storage": "4352Mi",
    }  # fmt: skip
    assert resources["requests"] == {
        "cpu": 0.25, "memory": 1536 * 2**20, "ephemeral-storage": "64Mi",
    }  # fmt: skip
    claim = as_data(spawner.get_pvc_manifest())
    assert claim["spec"]["resources"]["requests"]["storage"] == "20480Mi"
    (scratch,) = [v for v in pod["spec"]["volumes"] if v["name"] == "scratch"]
    assert scratch["emptyDir"]["sizeLimit"] == "4096Mi"


def test_processes_are_limited_for_each_person(container):
    assert container["args"][:4] == ["/usr/bin/prlimit", "--core=0", "--nproc=256", "--"]


def test_people_have_uids_of_their_own(in_cluster):
    config = in_cluster()
    uids = [
        pod_of(spawner_for(config, name))["spec"]["securityContext"]["runAsUser"]
        for name in ("mei", "lin", "mei")
    ]
    assert uids[0] == uids[2] != uids[1]


def test_the_lab_side_package_finds_hub_and_exchange(container):
    told = variables(container)
    assert told["JUPYTERHUB_API_URL"] == "http://hub:8081/hub/api"
    assert told["BANYAN_EXCHANGE_URL"] == "http://exchange.banyan:8010/api/exchange/v1"
    assert told["BANYAN_URL"] == "https://learn.example.edu"
    assert told["JUPYTERHUB_SERVICE_URL"].startswith("http://0.0.0.0:8888")
    assert container["args"][-1] == "/opt/banyan/jupyter_config/singleuser.py"
    assert told["BANYAN_IDLE_SECONDS"] == "7200"


def test_nothing_of_the_hubs_environment_comes_in(in_cluster, monkeypatch):
    monkeypatch.setenv("PATH", "/the/hubs/own")
    monkeypatch.setenv("PYTHONPATH", "/the/hubs/own")
    (container,) = pod_of(spawner_for(in_cluster()))["spec"]["containers"]
    words = " ".join(variables(container).values())
    assert "/the/hubs/own" not in words
    assert "db.example.edu" not in words and "abab" not in words


def test_network_policies_know_it_by_its_labels(pod):
    labels = pod["metadata"]["labels"]
    assert labels["banyan.tw/lab"] == "true"
    assert labels["hub.jupyter.org/network-access-hub"] == "true"
    assert labels["component"] == "singleuser-server"


def test_a_gpu_is_asked_of_the_nodes_that_have_one(in_cluster):
    pod = pod_of(spawner_for(in_cluster(), profile="gpu"))
    spec = pod["spec"]
    resources = spec["containers"][0]["resources"]
    assert resources["limits"]["nvidia.com/gpu"] == resources["requests"]["nvidia.com/gpu"] == "1"
    assert spec["nodeSelector"] == {"banyan.tw/gpu": "true"}
    assert spec["tolerations"] == [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
    ]
    assert spec["activeDeadlineSeconds"] == 120 * 60


def test_nobody_takes_a_gpu_past_the_queue(in_cluster):
    pod = pod_of(spawner_for(in_cluster(), profile="gpu", by="herself"))
    assert pod["metadata"]["labels"]["banyan.tw/profile"] == "standard"
    assert "nvidia.com/gpu" not in pod["spec"]["containers"][0]["resources"]["limits"]


def test_somebody_who_is_called_site_is_not_the_site(in_cluster):
    spawner = spawner_for(in_cluster(), "site", profile="gpu", by="herself")
    assert spawner.profile.name == "standard"


def test_what_else_a_person_asks_for_has_no_effect(in_cluster, pod):
    asked = spawner_for(
        in_cluster(), environment="standard", image="evil", privileged=True, uid=0, volumes=[]
    )
    assert pod_of(asked) == pod


def test_a_profile_that_is_not_there_is_refused(in_cluster):
    with pytest.raises(ValueError, match="no profile 'huge'"):
        spawner_for(in_cluster(), profile="huge")


def test_the_profile_of_a_running_server_is_known_after_the_hubs_restart(in_cluster):
    config = in_cluster()
    before = spawner_for(config, profile="gpu")
    after = spawner_for(config)
    after.load_state(before.get_state())
    assert after.profile.name == "gpu"


def test_homes_may_be_folders_of_one_volume(in_cluster, tmp_path):
    (tmp_path / "labs.yaml").write_text("homes: {kind: directory, volume: everybody}\n")
    config = in_cluster(LABS_PROFILES=str(tmp_path / "labs.yaml"))
    spawner = spawner_for(config)
    pod = pod_of(spawner)
    (home,) = [m for m in pod["spec"]["containers"][0]["volumeMounts"] if m["name"] == "home"]
    assert home["subPath"] == "mei" and home["mountPath"] == "/home/mei"
    assert {"name": "home", "persistentVolumeClaim": {"claimName": "everybody"}} in [
        volume for volume in pod["spec"]["volumes"]
    ]
    assert spawner.storage_pvc_ensure is False
    assert "fsGroup" not in pod["spec"]["securityContext"]
    assert "--nproc=256" not in pod["spec"]["containers"][0]["args"]


def test_data_sets_are_read_only_and_only_the_open_ones(in_cluster, tmp_path):
    (tmp_path / "labs.yaml").write_text("data_sets: {volume: banyan-data}\n")
    pod = pod_of(spawner_for(in_cluster(LABS_PROFILES=str(tmp_path / "labs.yaml"))))
    (mount,) = [m for m in pod["spec"]["containers"][0]["volumeMounts"] if m["name"] == "data"]
    assert mount == {"name": "data", "mountPath": "/data", "subPath": "open", "readOnly": True}
    (volume,) = [v for v in pod["spec"]["volumes"] if v["name"] == "data"]
    assert volume["persistentVolumeClaim"] == {"claimName": "banyan-data", "readOnly": True}


def test_what_the_site_grants_a_course_goes_before_the_profile(in_cluster):
    """As jupyter_config/admission.py leaves it on the spawner."""
    spawner = spawner_for(in_cluster(), environment="scientific")
    spawner.resident_mb = 1024
    spawner.environment = {"BANYAN_IDLE_SECONDS": "600"}
    (container,) = pod_of(spawner)["spec"]["containers"]
    assert container["resources"]["limits"]["memory"] == 1024 * 2**20
    assert container["resources"]["requests"]["memory"] <= 1024 * 2**20
    assert variables(container)["BANYAN_IDLE_SECONDS"] == "600"
    spawner.resident_mb = 1_000_000  # but no more than the profile
    (container,) = pod_of(spawner)["spec"]["containers"]
    assert container["resources"]["limits"]["memory"] == 4096 * 2**20


def test_the_site_is_asked_before_a_server_starts(in_cluster):
    assert spawner_for(in_cluster()).pre_spawn_hook.__module__ == "jupyter_config.admission"
