"""The seccomp profile of workers' pods lets grading make its sandboxes, and forbids the rest."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from jupyter_config import sandbox
from tests.deploy.manifests import CHECKOUT, KUBERNETES, pods

PROFILE = KUBERNETES / "site" / "grading-seccomp.json"
PROGRAM = Path(__file__).with_name("under_profile.py")
SYSTEM_PYTHON = Path("/usr/bin/python3")


def as_an_ordinary_user() -> list[str]:
    """The beginning of a command that runs as the pod's user: without powers, for good."""
    powerless = ["setpriv", "--no-new-privs"]
    powerless += [f"--{kind}=-all" for kind in ("bounding-set", "inh-caps", "ambient-caps")]
    if os.geteuid() != 0:
        return [sys.executable]
    # Root's own Python may lie where others cannot read.
    return [*powerless, "--reuid=1000", "--regid=1000", "--clear-groups", str(SYSTEM_PYTHON)]


@pytest.mark.skipif(
    not list(Path("/usr/lib").glob("*/libseccomp.so.2"))
    or not SYSTEM_PYTHON.exists()
    or shutil.which("setpriv") is None
    or sandbox.available() is not None,
    reason="libseccomp or sandboxes are not here",
)
def test_sandboxes_can_be_made_under_it_by_somebody_without_powers():
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to other users
        place = Path(folder)
        place.chmod(0o755)
        for path in (PROFILE, PROGRAM):
            (place / path.name).write_text(path.read_text())
        done = subprocess.run(
            [*as_an_ordinary_user(), place / PROGRAM.name, place / PROFILE.name, CHECKOUT],
            capture_output=True, text=True, check=False, timeout=120, cwd="/",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said.pop("uid") != 0
    assert said == {"obstacle": None, "one within another": 0, "refused": True}


def test_it_forbids_what_leads_out_of_a_container():
    (rule,) = json.loads(PROFILE.read_text())["syscalls"]
    worst = {"bpf", "init_module", "kexec_load", "keyctl", "open_by_handle_at", "ptrace", "reboot"}
    assert worst <= set(rule["names"])
    assert not {"clone", "clone3", "unshare", "mount", "pivot_root", "setns"} & set(rule["names"])


def test_the_worker_asks_for_it():
    inside = pods()["worker"]["spec"]["containers"][0]["securityContext"]
    assert inside["seccompProfile"]["localhostProfile"] == f"banyan/{PROFILE.name}"
