"""The images' definitions: what goes in, what stays out, who runs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from jupyter_config import profiles
from jupyter_config.spawners import profiled
from tests.deploy.manifests import CHECKOUT, DEPLOY, pods, values

IMAGES = DEPLOY / "images"
NAMES = ("site", "hub", "lab")
SECRET = re.compile(r"(?i)(password|token|secret|api_?key|credential)")


@cache
def instructions(name: str) -> list[tuple[str, list[str]]]:
    """The instructions of an image: (verb, words), continued lines joined."""
    text = (IMAGES / f"{name}.Containerfile").read_text()
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.split()[0], line.split()[1:]) for line in lines if line.strip()]


def words_of(name: str, verb: str) -> list[list[str]]:
    return [words for found, words in instructions(name) if found == verb]


@pytest.mark.parametrize("name", NAMES)
class TestAnImage:
    def test_passes_the_linter(self, name):
        linter = Path(sys.executable).with_name("hadolint")
        done = subprocess.run(
            [linter, "--no-color", IMAGES / f"{name}.Containerfile"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, "")

    def test_copies_what_there_is_and_what_its_ignore_file_lets_in(self, name):
        let_in = (IMAGES / f"{name}.Containerfile.dockerignore").read_text().splitlines()
        assert "*" in let_in
        copied = set()
        for words in words_of(name, "COPY"):
            if not words[0].startswith("--from="):
                copied |= set(words[:-1])
        assert copied and all((CHECKOUT / place).exists() for place in copied)
        assert {f"!{place}" for place in copied} == {w for w in let_in if w.startswith("!")}

    def test_runs_as_nobody_special(self, name):
        assert words_of(name, "USER")[-1] == ["1000:1000"]
        assert instructions(name)[-1][0] == "CMD" and instructions(name)[-2][0] == "ENTRYPOINT"

    def test_knows_no_secret(self, name):
        for verb in ("ENV", "ARG"):
            for words in words_of(name, verb):
                assert not SECRET.search(" ".join(words))
        assert not any("instance" in words for words in words_of(name, "COPY"))

    def test_has_a_base_that_an_operator_may_pin(self, name):
        (argument,) = [w for w in words_of(name, "ARG") if w[0].startswith("PYTHON=")]
        assert re.fullmatch(r"PYTHON=docker\.io/library/python:3\.11-slim-\w+", argument[0])
        assert all(words[0] == "${PYTHON}" for words in words_of(name, "FROM"))

    def test_installs_the_versions_of_the_lock(self, name):
        (sync,) = [w for w in words_of(name, "RUN") if w[:2] == ["uv", "sync"]]
        assert {"--locked", "--no-default-groups", "--no-install-project"} <= set(sync)


@cache
def locked(group: str) -> frozenset[str]:
    """Every distribution that the lock installs for a dependency group."""
    lock = tomllib.loads((CHECKOUT / "uv.lock").read_text())
    by_name = {package["name"]: package for package in lock["package"]}
    waiting = [item["name"] for item in by_name["banyan"]["dev-dependencies"][group]]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        package = by_name[name]
        waiting += [item["name"] for item in package.get("dependencies", [])]
        for extra in package.get("optional-dependencies", {}).values():
            waiting += [item["name"] for item in extra]
    return frozenset(found)


def imported(*entries: str) -> set[str]:
    """The top-level modules that ENTRIES import, with the modules of jupyter_config they use."""
    waiting, seen, found = [CHECKOUT / entry for entry in entries], set(), set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for node in ast.walk(ast.parse(path.read_text())):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            for name in names:
                if name.partition(".")[0] != "jupyter_config":
                    found.add(name.partition(".")[0])
                    continue
                place = CHECKOUT / name.replace(".", "/")
                for candidate in (place.with_suffix(".py"), place / "__init__.py"):
                    if candidate.exists():
                        waiting.append(candidate)
    return found


@pytest.mark.parametrize(
    ("group", "entries"),
    [
        ("lab", [
            "jupyter_config/singleuser.py",
            "jupyter_config/lab/jupyter_server_config.py",
            "jupyter_config/lab/nbgrader_config.py",
            "jupyter_config/lab_extension/__init__.py",
        ]),
        ("hub", [
            "jupyter_config/jupyterhub_config.py",
            "jupyter_config/spawners/kubernetes.py",
            "jupyter_config/spawners/docker.py",
        ]),
    ],
)  # fmt: skip
def test_an_image_without_the_site_holds_all_that_is_imported_there(group, entries):
    outside = imported(*entries) - set(sys.stdlib_module_names)
    assert outside and "app" not in outside
    distributions = packages_distributions()
    for module in outside:
        names = {name.lower().replace("_", "-") for name in distributions[module]}
        assert names & locked(group), module


def test_the_deep_learning_lab_is_the_lab_with_pytorch():
    assert locked("lab") < locked("lab-deep-learning")
    assert "torch" in locked("lab-deep-learning") - locked("lab")


def test_spawners_start_what_the_lab_image_holds():
    (copied,) = [w for w in words_of("lab", "COPY") if w[0] == "jupyter_config"]
    (place,) = words_of("lab", "WORKDIR")[-1]
    assert f"{place}/{copied[1]}" == profiled.PACKAGE
    (venv,) = [w for w in words_of("lab", "COPY") if w[0].startswith("--from=")]
    assert f"{place}/{venv[2]}/bin/python" == profiled.PYTHON
    command = " ".join(words_of("lab", "CMD")[0])
    assert profiled.PYTHON in command and f"{profiled.PACKAGE}/singleuser.py" in command
    packages = " ".join(" ".join(words) for words in words_of("lab", "RUN"))
    assert "util-linux" in packages  # prlimit, which pods start with


def test_the_site_image_can_grade():
    packages = " ".join(" ".join(words) for words in words_of("site", "RUN"))
    assert "bubblewrap" in packages and "util-linux" in packages


def test_every_image_that_is_asked_for_is_defined():
    images = {profile.image for profile in profiles.read({}).profiles.values()}
    assert images == {"banyan-lab:0.1.0", "banyan-lab-deep-learning:0.1.0"}
    wanted = {pod["spec"]["containers"][0]["image"] for pod in pods().values()}
    assert wanted == {"registry.example.edu/banyan/site:0.1.0"}
    assert values()["hub"]["image"]["name"] == "registry.example.edu/banyan/hub"
