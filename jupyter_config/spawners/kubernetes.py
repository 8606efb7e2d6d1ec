"""LABS_SPAWNER=kubernetes: each person's server is a pod that fulfils the *restricted* standard.

What the pod may reach is not said here but in deploy/kubernetes/labs/network-policies.yaml, which
knows it by the labels that it gets here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from kubespawner import KubeSpawner

from jupyter_config.profiles import Profile, Profiles
from jupyter_config.spawners.profiled import (
    DATA,
    MEBIBYTE,
    PORT,
    SHARED_MEMORY_MB,
    ProfiledSpawner,
)

__all__ = ["LABELS", "LabPodSpawner", "configure", "pod_uid"]

#: deploy/kubernetes selects lab pods, and lets them in at the Hub, by these.
LABELS: Final = {"app": "jupyterhub", "hub.jupyter.org/network-access-hub": "true"}
#: Above the uids of ordinary accounts, as for homes on one machine.
FIRST_UID: Final = 200_000
UIDS: Final = 200_000
SHARED_UID: Final = 1000


class LabPodSpawner(ProfiledSpawner, KubeSpawner):
    """One person's server as a pod."""

    async def get_pod_manifest(self) -> Any:
        """Return the pod of this person and profile."""
        self.fit()
        return await super().get_pod_manifest()

    def get_pvc_manifest(self) -> Any:
        """Return the claim of her home, as large as her profile says."""
        self.fit()
        return super().get_pvc_manifest()

    def get_env(self) -> dict[str, str]:
        env = {**super().get_env(), **self.lab_environment()}
        return {key: str(value) for key, value in env.items() if value is not None}

    async def load_user_options(self) -> None:
        """Do nothing: profiles are ours, and were taken before."""

    def fit(self) -> None:
        """Make the pod as the profile says; last, so that nothing that was asked for remains."""
        profile, homes = self.profile, self.profiles.homes
        name = self.user.name
        uid = pod_uid(name) if homes.kind == "claim" else SHARED_UID
        self.image = profile.image
        self.cmd = [*_limits(profile, counted=homes.kind == "claim"), *self.command()]
        self.working_dir = f"/home/{name}"
        self.cpu_limit, self.cpu_guarantee = profile.cpu, profile.cpu_reserved
        self.mem_limit = self.memory_mb * MEBIBYTE
        self.mem_guarantee = min(profile.memory_reserved_mb, self.memory_mb) * MEBIBYTE
        scratch = f"{profile.scratch_mb + SHARED_MEMORY_MB}Mi"
        cards = {profile.gpu.resource: str(profile.gpu.count)} if profile.gpu else {}
        self.extra_resource_limits = {"ephemeral-storage": scratch, **cards}
        self.extra_resource_guarantees = {"ephemeral-storage": "64Mi", **cards}
        self.node_selector = dict(profile.node_selector)
        self.tolerations = [dict(one) for one in profile.tolerations]
        self.storage_pvc_ensure = homes.kind == "claim"
        self.storage_capacity = f"{profile.disk_mb}Mi"
        self.volumes, self.volume_mounts = self._volumes(profile)
        self.pod_security_context = {
            "runAsNonRoot": True,
            "runAsUser": uid,
            "runAsGroup": uid,
            # Everybody's folders in one volume must not change hands with each start.
            **(
                {"fsGroup": uid, "fsGroupChangePolicy": "OnRootMismatch"}
                if homes.kind == "claim"
                else {}
            ),
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        self.container_security_context = {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "privileged": False,
            "readOnlyRootFilesystem": True,
        }
        self.extra_labels = {**LABELS, "banyan.tw/lab": "true", "banyan.tw/profile": profile.name}
        self.extra_pod_config = {
            "enableServiceLinks": False,
            "hostname": "lab",
            "terminationGracePeriodSeconds": 15,
            # The cluster itself ends what has a term, whatever becomes of the site and the Hub.
            **({"activeDeadlineSeconds": profile.quota.minutes * 60} if profile.quota else {}),
        }

    def _volumes(self, profile: Profile) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the pod's volumes and where they are: home, data sets, what only it has."""
        homes, data_sets = self.profiles.homes, self.profiles.data_sets
        claim = self.pvc_name if homes.kind == "claim" else homes.volume
        home = {"name": "home", "mountPath": f"/home/{self.user.name}"}
        if homes.kind == "directory":
            home["subPath"] = self.user.name
        volumes: list[dict[str, Any]] = [
            {"name": "home", "persistentVolumeClaim": {"claimName": claim}},
            {"name": "scratch", "emptyDir": {"sizeLimit": f"{profile.scratch_mb}Mi"}},
            {
                "name": "shared-memory",
                "emptyDir": {"medium": "Memory", "sizeLimit": f"{SHARED_MEMORY_MB}Mi"},
            },
        ]
        mounts: list[dict[str, Any]] = [
            home,
            {"name": "scratch", "mountPath": "/tmp"},  # noqa: S108  # the pod's own
            {"name": "shared-memory", "mountPath": "/dev/shm"},  # noqa: S108
        ]
        if data_sets.volume:
            volume = {"claimName": data_sets.volume, "readOnly": True}
            volumes.append({"name": "data", "persistentVolumeClaim": volume})
            mounts.append({"name": "data", "mountPath": DATA, "subPath": "open", "readOnly": True})
        return volumes, mounts


def pod_uid(handle: str) -> int:
    """Return the uid of a person's pods: the same for good, without a list to keep.

    Two people may have the same one. That joins nothing but the count of their processes where
    both are on one node: their pods and volumes are apart.
    """
    digest = hashlib.sha256(handle.encode()).digest()
    return FIRST_UID + int.from_bytes(digest[:8]) % UIDS


def _limits(profile: Profile, *, counted: bool) -> list[str]:
    """Return the prefix that limits each process. Kubernetes itself has no such field.

    Processes are counted by uid and node, so only where a person has a uid of her own; elsewhere
    the kubelet's ``podPidsLimit`` is the limit.
    """
    processes = [f"--nproc={profile.processes}"] if counted else []
    return ["/usr/bin/prlimit", "--core=0", *processes, "--"]


def configure(c: Any, environ: Mapping[str, str], found: Profiles, instance: Path) -> None:
    """Set what is the same for everybody."""
    c.JupyterHub.spawner_class = LabPodSpawner
    c.LabPodSpawner.exchange_url = environ.get(
        "LABS_EXCHANGE_URL", "http://exchange.banyan:8010/api/exchange/v1"
    )
    c.LabPodSpawner.namespace = environ.get("LABS_NAMESPACE", "banyan-labs")
    c.LabPodSpawner.pod_name_template = "lab-{user_server}"
    c.LabPodSpawner.pvc_name_template = "home-{user_server}"
    c.LabPodSpawner.storage_access_modes = ["ReadWriteOnce"]
    if found.homes.storage_class:
        c.LabPodSpawner.storage_class = found.homes.storage_class
    c.LabPodSpawner.port = PORT
    c.LabPodSpawner.ip = "0.0.0.0"  # the pod's own; the network policy says who comes in
    c.LabPodSpawner.automount_service_account_token = False
    c.LabPodSpawner.image_pull_policy = "IfNotPresent"
    if secret := environ.get("LABS_PULL_SECRET"):
        c.LabPodSpawner.image_pull_secrets = [secret]
    c.LabPodSpawner.delete_pvc = False  # a home outlives its owner's account at the Hub
    c.LabPodSpawner.events_enabled = True
